package maintenance

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Holders are what moves with a customer when files are merged or taken apart.
func (m *Maintenance) Holders() []holdings.Holder {
	return []holdings.Holder{holder{m}, holdings.Of("process", m.archived, func(e *Ended) (*string, *[]string) { return &e.Customer, &e.Origins }, nil)}
}

// holder lets a maintenance stand still while its customer is another's, and go
// on after: it is one document per customer and does not move.
type holder struct{ m *Maintenance }

func (holder) Kind() string { return "maintenance" }

func (h holder) Count(ctx context.Context, customer string) (int64, error) {
	d, err := h.m.docs.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Status == catalogue.MaintenanceStill {
		return 0, nil
	}
	return 1, err
}

func (h holder) Fold(ctx context.Context, from, into string) error { return h.m.Still(ctx, from, into) }

func (h holder) Unfold(ctx context.Context, s holdings.Split) error {
	return h.m.Apart(ctx, s.From, s.Into, s.Given)
}

// Apart lets the maintenance of a file that stands by itself again go on where it
// stood. The other customer's ends if it was maintained for this one's sake only.
// Won deals go where the deals go, see Moved.
func (m *Maintenance) Apart(ctx context.Context, from, into string, given []catalogue.Thing) error {
	if err := m.Resume(ctx, from); err != nil {
		return err
	}
	if err := m.reorder(ctx, from, into, given); err != nil {
		return err
	}
	return m.update(ctx, into, "ended", func(n plan.Now, d *Doc) bool { return d.endUnlessOwn(n, from) })
}
