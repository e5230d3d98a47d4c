// Package shown keeps how customers stand in services that show it beside what is
// theirs: leads, deals, tasks, reminders. It is told by the facts of
// accounts alone, and each service has a copy of its own.
package shown

import (
	"context"
	"errors"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// CustomerStanding is how a customer stands: a potential churn customer is shown in
// red in every list and view.
type CustomerStanding struct {
	Red       bool   `json:"red" doc:"Potential churn customer (潜在流失客户), to be shown in red (R-102)"`
	Health    int    `json:"health" minimum:"0" maximum:"100"`
	Lifecycle string `json:"lifecycle" doc:"new, active, silent, churn_risk, churned, won_back"`
}

// kept is the document of a customer; its id is the customer's.
type kept struct {
	Red       bool   `json:"red,omitempty"`
	Health    int    `json:"health"`
	Lifecycle string `json:"lifecycle"`
	Version   int64  `json:"version"` // of what told it
	// FoldedInto is the customer that this one turned out to be, by FoldVersion of
	// its file.
	FoldedInto  string `json:"folded_into,omitempty"`
	FoldVersion int64  `json:"fold_version,omitempty"`
}

var spec = store.Spec{Name: "customer_standing"}

// Standings are what a service knows of how customers stand.
type Standings struct{ docs store.Collection[kept] }

// New declares the collection.
func New(ctx context.Context, e store.Engine) (*Standings, error) {
	return &Standings{store.Of[kept](e, spec)}, e.Declare(ctx, spec)
}

// Types are the facts that Observe reads.
var Types = []string{typeOf(&catalogue.StandingAssessed{}), typeOf(&catalogue.CustomerFolded{}), typeOf(&catalogue.CustomerUnfolded{})}

func typeOf(d catalogue.Data) string { return d.Kind().Type }

// tries bounds how often what lost a race is tried again at once.
const tries = 50

// Observe keeps what a fact tells, by the version of what tells it: facts may come
// twice or late.
func (s *Standings) Observe(ctx context.Context, e facts.Event) error {
	switch e.Type {
	case Types[0]:
		d, err := facts.Decode[catalogue.StandingAssessed](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.edit(ctx, d.After.Customer, func(k *kept) bool {
			if k.Version >= e.Version {
				return false
			}
			k.Red, k.Health, k.Lifecycle, k.Version = d.After.Red, d.After.Health, d.After.Lifecycle, e.Version
			return true
		})
	case Types[1]:
		d, err := facts.Decode[catalogue.CustomerFolded](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.fold(ctx, d.From, d.Into, e.Version)
	case Types[2]:
		d, err := facts.Decode[catalogue.CustomerUnfolded](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.fold(ctx, d.From, "", e.Version)
	}
	return nil
}

func (s *Standings) fold(ctx context.Context, from, into string, version int64) error {
	return s.edit(ctx, from, func(k *kept) bool {
		if k.FoldVersion >= version {
			return false
		}
		k.FoldedInto, k.FoldVersion = into, version
		return true
	})
}

func (s *Standings) edit(ctx context.Context, customer string, do func(*kept) bool) error {
	ctx = store.Background(ctx)
	return race.Again(ctx, tries, func() error {
		d, err := s.docs.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(customer, kept{}), nil
		}
		if err != nil || !do(&d.Body) {
			return err
		}
		return s.docs.Commit(ctx, d, "")
	})
}

// besides is how long a view waits for what it shows besides.
const besides = time.Second

// Of gives how a customer stands, also under the id of a file that was folded into
// it; nil where nothing is known: a view never fails for it.
func (s *Standings) Of(ctx context.Context, customer string) *CustomerStanding {
	ctx, cancel := context.WithTimeout(ctx, besides)
	defer cancel()
	var seen []string
	for customer != "" && !slices.Contains(seen, customer) {
		seen = append(seen, customer)
		d, err := s.docs.Get(ctx, customer)
		switch {
		case err != nil:
			return nil
		case d.Body.FoldedInto != "":
			customer = d.Body.FoldedInto
		case d.Body.Version == 0:
			return nil // it was only ever folded and is back
		default:
			return &CustomerStanding{Red: d.Body.Red, Health: d.Body.Health, Lifecycle: d.Body.Lifecycle}
		}
	}
	return nil
}
