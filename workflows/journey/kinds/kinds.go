// Package kinds lists the kinds of journeys that there are.
package kinds

import (
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/casework"
	"liuke.dev/workflows/journey/churnreview"
	"liuke.dev/workflows/journey/contract"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/intervention"
	"liuke.dev/workflows/journey/lead"
	"liuke.dev/workflows/journey/maintenance"
	"liuke.dev/workflows/journey/needchange"
	"liuke.dev/workflows/journey/review"
	"liuke.dev/workflows/journey/transfer"
)

// All are the kinds of journeys that a worker runs.
func All() []journey.Process {
	return []journey.Process{journey.Of(lead.Rules), journey.Of(deal.Rules), journey.Of(transfer.Rules), journey.Of(contract.Rules), journey.Of(casework.Rules), journey.Of(needchange.Rules), journey.Of(maintenance.Rules),
		journey.Of(intervention.Rules), journey.Of(churnreview.Rules), journey.Of(review.Rules)}
}
