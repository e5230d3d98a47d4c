// Package workflows is the worker of journeys as a library: router, decisions,
// host and the API that shows where a journey stands.
package workflows

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

// Kinds are the kinds of journeys that the worker runs.
func Kinds() []journey.Process {
	return []journey.Process{journey.Of(lead.Rules), journey.Of(deal.Rules), journey.Of(transfer.Rules), journey.Of(contract.Rules), journey.Of(casework.Rules), journey.Of(needchange.Rules), journey.Of(maintenance.Rules),
		journey.Of(intervention.Rules), journey.Of(churnreview.Rules), journey.Of(review.Rules)}
}
