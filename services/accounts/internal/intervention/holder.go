package intervention

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Holders move interventions, plans and what is known of endangered customers
// with their customer.
func (s *Interventions) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.WithJourney(catalogue.KindIntervention, s.cases, func(c *Case) (*string, *[]string) { return &c.Customer, &c.Origins }, nil, s.Clock),
		holdings.Of("wake_up_plan", s.plans, func(w *Plan) (*string, *[]string) { return &w.Customer, &w.Origins }, nil),
		holdings.Of("wake_up_offer", s.offers, func(o *Offer) (*string, *[]string) { return &o.Customer, &o.Origins }, nil),
		open{s},
	}
}

// open is the holder of which team is open: one customer has one.
type open struct{ s *Interventions }

func (open) Kind() string { return "endangered" }

func (o open) Count(ctx context.Context, customer string) (int64, error) {
	_, err := o.s.endangered.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return 1, err
}

// Fold lets the one customer have the other's open team, unless there is one; the
// other's then works on until it is closed.
func (o open) Fold(ctx context.Context, from, into string) error {
	d, err := o.s.endangered.Get(ctx, from)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = o.s.mark(ctx, into, func(e *Endangered) bool {
		e.Planned = e.Planned || d.Body.Planned
		if e.Open == "" {
			e.Open = d.Body.Open
		}
		return true
	})
	return err
}

// Unfold gives the open team back to whose it is by now.
func (o open) Unfold(ctx context.Context, s holdings.Split) error {
	d, err := o.s.endangered.Get(ctx, s.Into)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Open == "" {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := o.s.cases.Get(ctx, d.Body.Open)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Body.Customer != s.From {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = o.s.mark(ctx, s.From, func(e *Endangered) bool {
		e.Open = c.ID
		return true
	}); err != nil {
		return err
	}
	_, err = o.s.mark(ctx, s.Into, func(e *Endangered) bool {
		mine := e.Open == c.ID
		if mine {
			e.Open = ""
		}
		return mine
	})
	return err
}
