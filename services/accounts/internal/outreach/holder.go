package outreach

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/store"
)

// Holders move contacts and the budget with their customer.
func (o *Outreach) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of("outreach", o.contacts, func(c *Contact) (*string, *[]string) { return &c.Customer, &c.Origins }, func(d *store.Doc[Contact], s holdings.Split) bool {
			return d.Body.For != nil && s.Gives(d.Body.For.Kind, d.Body.For.ID)
		}),
		attention{o},
	}
}

// attention is the holder of the contact budget: there is one for one customer.
type attention struct{ o *Outreach }

func (attention) Kind() string { return "contact_budget" }

func (a attention) Count(ctx context.Context, customer string) (int64, error) {
	_, err := a.o.budgets.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return 1, err
}

func (a attention) Fold(ctx context.Context, from, into string) error {
	return a.o.absorb(ctx, from, into)
}

// Unfold gives both what was said to the one that they were, and each what waits for it.
func (a attention) Unfold(ctx context.Context, s holdings.Split) error {
	d, err := a.o.budgets.Get(ctx, s.Into)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var moving []string
	for _, slot := range d.Body.Slots {
		if slot.State != budget.Waiting {
			continue
		}
		if c, err := a.o.contacts.Get(ctx, slot.ID); err == nil && c.Body.Customer == s.From {
			moving = append(moving, slot.ID)
		}
	}
	now := a.o.Clock()
	v, err := a.o.view(now)
	if err != nil {
		return err
	}
	f, err := a.o.file(ctx, s.From)
	if err != nil {
		return err
	}
	r := budget.RulesOf(v, f.TimeZone)
	if _, err := a.o.spend(ctx, s.From, func(b *budget.Budget) bool {
		b.Absorb(d.Body.Part(moving), now, r)
		return true
	}); err != nil {
		return err
	}
	_, err = a.o.spend(ctx, s.Into, func(b *budget.Budget) bool {
		gone := false
		for _, id := range moving {
			gone = b.Release(id, now, r) || gone
		}
		return gone
	})
	return err
}
