package app

import (
	"context"
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/storage"
)

// OwnershipDoc is a stored ownership.
type OwnershipDoc = store.Doc[storage.Ownership]

// DealDoc is a stored deal.
type DealDoc = store.Doc[storage.Deal]

// follow brings the open leads and deals of a customer to where its ownership
// stands now. It is called right after the ownership changed and again for the
// fact of it, so that a crash between the two repeats a harmless step; whoever
// is late reads the ownership as it is by then, never as it was.
func (a *App) follow(ctx context.Context, customer string) error {
	for range tries {
		o, err := a.Ownerships.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil || o.Body.MergedInto != "" { // what it had moves to the other customer
			return err
		}
		if err := a.followAll(ctx, o.Body); err != nil {
			return err
		}
		again, err := a.Ownerships.Get(ctx, customer)
		if err != nil || again.Version == o.Version {
			return err
		}
	}
	return store.ErrConflict
}

func (a *App) followAll(ctx context.Context, o storage.Ownership) error {
	leads := store.Query{Index: "customer", Equal: []any{o.Customer}, Limit: 200}
	err := each(ctx, a.Leads, leads, func(d *LeadDoc) error {
		if !d.Body.Open || d.Body.Owner == o.Owner && d.Body.Pooled == o.Pooled {
			return nil
		}
		from, err := a.clocksAfterUndo(ctx, o, "lead/"+d.ID, d.Body.ClocksFrom)
		if err != nil {
			return err
		}
		_, err = a.placeLeadFrom(ctx, "", d.ID, anyone, o.Owner, o.Change, o.Reason, from)
		return err
	})
	if err != nil {
		return err
	}
	deals := store.Query{Index: "customer_open", Equal: []any{o.Customer, true}, Limit: 200}
	return each(ctx, a.Deals, deals, func(d *DealDoc) error {
		if d.Body.Owner == o.Owner && d.Body.Pooled == o.Pooled {
			return nil
		}
		from, err := a.clocksAfterUndo(ctx, o, "deal/"+d.ID, d.Body.ClocksFrom)
		if err != nil {
			return err
		}
		return a.placeDeal(ctx, d.ID, o.Owner, o.Change, from)
	})
}

// anyone stands for "whoever holds it" where a lead is placed.
const anyone = "*"

// placeLead gives an open lead to somebody, or to the pool if to is empty,
// provided that from holds it. It tells whether the lead is there now by this
// very command, or whoever brought it there where from is anyone: of several who
// ask at once for the same, one did it.
func (a *App) placeLead(ctx context.Context, command, id, from, to, reason, why string) (bool, error) {
	return a.placeLeadFrom(ctx, command, id, from, to, reason, why, 0)
}

// placeLeadFrom is placeLead where an undo says from when the owner's clocks count.
func (a *App) placeLeadFrom(ctx context.Context, command, id, from, to, reason, why string, clocks instant.Time) (bool, error) {
	placed := false
	err := retry(ctx, func() error {
		d, err := a.Leads.Get(ctx, id)
		if err != nil {
			return err
		}
		there := d.Body.Owner == to && d.Body.Pooled == (to == "")
		placed = there && (from == anyone || d.Body.Owner == from || d.Did(command))
		if there || !d.Body.Open || from != anyone && d.Body.Owner != from || d.Did(command) {
			return nil
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		placed = true
		f := place(&d.Body, to, reason, why, at)
		if given, ok := f.(*catalogue.LeadAssigned); ok {
			given.ClocksFrom = clocks
		}
		return commitAs(ctx, command, a.Leads, d, stampOf(d.Body.Customer, at, v), f)
	})
	return placed, err
}

// place changes the owner of a lead and gives the fact of it.
func place(d *storage.Lead, to, reason, why string, at instant.Time) catalogue.Data {
	l := d.Lead
	before := l.Owner
	l.Owner, l.Pooled = to, to == ""
	d.Set(l)
	if to == "" {
		d.PooledAt, d.PoolReason = at, why
		return &catalogue.LeadPooled{Lead: l.ID, Before: before, Reason: why}
	}
	d.PooledAt, d.PoolReason = 0, ""
	return &catalogue.LeadAssigned{Lead: l.ID, Before: before, After: to, Reason: reason}
}

// placeDeal gives an open deal to somebody, or to the pool if to is empty.
func (a *App) placeDeal(ctx context.Context, id, to, reason string, clocks instant.Time) error {
	return a.onDealPlain(ctx, "", id, func(d catalogue.Deal, _ instant.Time, _ *policy.View) (deal.Change, error) {
		if d.Outcome != catalogue.DealOpen {
			return deal.Change{Deal: d}, nil
		}
		c := deal.Assign(d, to, reason)
		for _, f := range c.Facts {
			if given, ok := f.(*catalogue.DealAssigned); ok {
				given.ClocksFrom = clocks
			}
		}
		return c, nil
	})
}

// onDealPlain reads, changes and commits a deal, without asking who may.
func (a *App) onDealPlain(ctx context.Context, command, id string, change func(d catalogue.Deal, at instant.Time, v *policy.View) (deal.Change, error)) error {
	return retry(ctx, func() error {
		d, err := a.Deals.Get(ctx, id)
		if err != nil || d.Did(command) {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		c, err := change(d.Body.Deal, at, v)
		if err != nil || c.Empty() {
			return err
		}
		d.Body = storage.NewDeal(c.Deal)
		return commitAs(ctx, command, a.Deals, d, stampOf(c.Deal.Customer, at, v), c.Facts...)
	})
}

// each visits every document of a list. Those that leave the list while it is
// walked do no harm: the cursor goes by value.
func each[T any](ctx context.Context, c store.Collection[T], q store.Query, visit func(*store.Doc[T]) error) error {
	for {
		page, err := c.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := visit(d); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}
