package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// StandingTypes are the facts that tell how customers stand.
var StandingTypes = []string{typeOf(&catalogue.StandingAssessed{})}

// CustomerStanding is how a lead's or deal's customer stands: a potential churn
// customer is shown in red in every list and view.
type CustomerStanding struct {
	Red       bool   `json:"red" doc:"Potential churn customer (潜在流失客户), to be shown in red (R-102)"`
	Health    int    `json:"health" minimum:"0" maximum:"100"`
	Lifecycle string `json:"lifecycle" doc:"new, active, silent, churn_risk, churned, won_back"`
}

// Stood keeps how a customer stands, by the version of what tells it: facts may
// come twice or late.
func (a *App) Stood(ctx context.Context, e facts.Event) error {
	d, err := facts.Decode[catalogue.StandingAssessed](e)
	if err != nil {
		return err
	}
	is := storage.Standing{Red: d.After.Red, Health: d.After.Health, Lifecycle: d.After.Lifecycle, Version: e.Version}
	ctx = store.Background(ctx)
	return retry(ctx, func() error {
		doc, err := a.standings.Get(ctx, d.After.Customer)
		if errors.Is(err, store.ErrNotFound) {
			return a.standings.Commit(ctx, store.New(d.After.Customer, is), "")
		}
		if err != nil || doc.Body.Version >= is.Version {
			return err
		}
		doc.Body = is
		return a.standings.Commit(ctx, doc, "")
	})
}

// besides is how long a view waits for what it shows besides.
const besides = time.Second

// StandingOf gives how a customer stands, nil where nothing is known: a view never
// fails for it.
func (a *App) StandingOf(customer string) *CustomerStanding {
	if customer == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), besides)
	defer cancel()
	d, err := a.standings.Get(ctx, customer)
	if err != nil {
		return nil
	}
	return &CustomerStanding{Red: d.Body.Red, Health: d.Body.Health, Lifecycle: d.Body.Lifecycle}
}
