package app

import (
	"context"

	"liuke.dev/shared/facts"
	"liuke.dev/shared/standing/shown"
)

// StandingTypes are the facts that tell how customers stand.
var StandingTypes = shown.Types

// CustomerStanding is how a lead's or deal's customer stands: a potential churn
// customer is shown in red in every list and view.
type CustomerStanding = shown.CustomerStanding

// Stood keeps how a customer stands.
func (a *App) Stood(ctx context.Context, e facts.Event) error { return a.standings.Observe(ctx, e) }

// StandingOf gives how a customer stands, nil where nothing is known.
func (a *App) StandingOf(customer string) *CustomerStanding {
	return a.standings.Of(context.Background(), customer)
}
