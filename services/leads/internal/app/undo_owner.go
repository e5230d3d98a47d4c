package app

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
)

// Undoing is what taking the last change of owner back would do.
type Undoing struct {
	Change string              `json:"change" doc:"Id of the fact that would be undone"`
	At     instant.Time        `json:"at"`
	By     catalogue.Actor     `json:"by"`
	Reason string              `json:"reason"`
	Now    catalogue.Ownership `json:"now"`
	Back   catalogue.Ownership `json:"back" doc:"Who would be responsible"`
	Leads  []string            `json:"leads" doc:"Open leads that would go along"`
	Deals  []string            `json:"deals" doc:"Open deals that would go along"`
}

// PreviewUndo says what undoing the last change of a customer's owner would do,
// whether it was a transfer, a recycling, a claim or a reassignment.
func (a *App) PreviewUndo(ctx context.Context, customer string) (Undoing, error) {
	o, change, err := a.undoable(ctx, customer)
	if err != nil {
		return Undoing{}, err
	}
	out := Undoing{Change: change.Fact, At: change.At, By: change.By, Reason: change.Reason, Now: o.Body.Ownership, Back: change.Back(a.Clock()), Leads: []string{}, Deals: []string{}}
	err = each(ctx, a.Leads, store.Query{Index: "customer", Equal: []any{o.ID}, Limit: 200}, func(d *LeadDoc) error {
		if d.Body.Open {
			out.Leads = append(out.Leads, d.ID)
		}
		return nil
	})
	if err == nil {
		err = each(ctx, a.Deals, store.Query{Index: "customer_open", Equal: []any{o.ID, true}, Limit: 200}, func(d *DealDoc) error {
			out.Deals = append(out.Deals, d.ID)
			return nil
		})
	}
	return out, err
}

// UndoOwner takes the last change of a customer's owner back: the customer, its
// leads, deals and their tasks return, and their clocks go on where they stood.
// change names the fact that the caller saw; empty: whichever is the last.
func (a *App) UndoOwner(ctx context.Context, customer, change, why string) (*OwnershipDoc, error) {
	customer, err := a.standing(ctx, customer)
	if err != nil {
		return nil, err
	}
	if d, err := a.ownershipOf(ctx, customer); err != nil || d.Did(httpx.Command(ctx)) {
		return d, err
	}
	err = retry(ctx, func() error {
		o, last, err := a.undoable(ctx, customer)
		if err != nil || o.Did(httpx.Command(ctx)) {
			return err
		}
		if change != "" && change != last.Fact {
			return problem.Refuse("undo.newer_change", "此后负责人又有变更，请先查看", "The owner has changed since: look at it first")
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		before := o.Body.Ownership
		o.Body.Undone = &storage.Undone{Fact: last.Fact, At: last.At}
		if !last.After.Pooled && !last.Before.Pooled {
			o.Body.Undone.Since = last.Before.Since
		}
		o.Body.Ownership, o.Body.Change = last.Back(at), ownership.Undo
		return commit(ctx, a.Ownerships, o, stampOf(customer, at, v), backAs(before, o.Body.Ownership, why))
	})
	if err != nil {
		return nil, err
	}
	if err := a.afterOwnerChange(ctx, customer); err != nil {
		return nil, err
	}
	return a.Ownerships.Get(ctx, customer)
}

// backAs gives the fact of an undo.
func backAs(before, after catalogue.Ownership, why string) catalogue.Data {
	if after.Pooled {
		return &catalogue.CustomerPooled{Before: before, After: after, Reason: ownership.Undo}
	}
	return &catalogue.OwnerChanged{Before: before, After: after, Reason: ownership.Undo, Remark: why}
}

// undoable gives an ownership and its last change, provided that the caller may
// take it back now and that whoever gets it back is there.
func (a *App) undoable(ctx context.Context, customer string) (*OwnershipDoc, ownership.Change, error) {
	customer, err := a.standing(ctx, customer)
	if err != nil {
		return nil, ownership.Change{}, err
	}
	o, err := a.ownershipOf(ctx, customer)
	if err != nil {
		return nil, ownership.Change{}, err
	}
	last, err := a.lastChange(ctx, customer)
	if err != nil {
		return nil, last, err
	}
	at, v, err := a.now()
	if err != nil {
		return nil, last, err
	}
	if err := a.Guard.May(ctx, access.OwnerUndo, last.After.Owner); err != nil && a.Guard.May(ctx, access.OwnerUndo, last.Before.Owner) != nil {
		return nil, last, err // neither side's superior
	}
	within := v.Sections.Undo.OwnerWithin
	until := instant.Time(0)
	if !within.IsZero() {
		until = v.After(last.At, within)
	}
	if err := last.Undoable(at, until); err != nil {
		return nil, last, err
	}
	if last.Before.Owner != "" {
		if p, known := a.People.Person(last.Before.Owner); !known || !p.Active {
			return nil, last, problem.Refuse("undo.owner_left", "原负责人已离开，请走转交流程", "The owner before has left: request a transfer instead")
		}
	}
	return o, last, nil
}

// lastChange finds the newest fact that changed who holds a customer.
func (a *App) lastChange(ctx context.Context, customer string) (last ownership.Change, err error) {
	for after := int64(0); ; {
		events, next, err := a.History(ctx, "ownership/"+customer, after, historyBatch)
		if err != nil {
			return last, err
		}
		for _, e := range events {
			c, ok, err := changeOf(e, last.After)
			if err != nil {
				return last, err
			}
			if ok && (c.Before.Owner != c.After.Owner || c.Before.Pooled != c.After.Pooled) {
				last = c
			}
		}
		if next == 0 {
			return last, nil
		}
		after = next
	}
}

// changeOf reads a fact of an ownership; a claim tells only what came of it.
func changeOf(e facts.Event, before catalogue.Ownership) (ownership.Change, bool, error) {
	c := ownership.Change{Fact: e.ID, At: e.Time}
	switch e.Type {
	case typeOf(&catalogue.OwnerChanged{}):
		f, err := facts.Decode[catalogue.OwnerChanged](e)
		c.By, c.Reason, c.Before, c.After = f.Actor, f.Reason, f.Before, f.After
		return c, true, err
	case typeOf(&catalogue.CustomerPooled{}):
		f, err := facts.Decode[catalogue.CustomerPooled](e)
		c.By, c.Reason, c.Before, c.After = f.Actor, f.Reason, f.Before, f.After
		if c.Reason != ownership.Undo {
			c.Reason = ownership.Recycle
		}
		return c, true, err
	case typeOf(&catalogue.CustomerClaimed{}):
		f, err := facts.Decode[catalogue.CustomerClaimed](e)
		c.By, c.Reason, c.Before, c.After = f.Actor, ownership.Claim, before, f.After
		return c, true, err
	}
	return c, false, nil
}

// clocksAfterUndo gives from when the clocks of a lead or deal count that goes
// back with its customer; zero: it goes for another reason.
func (a *App) clocksAfterUndo(ctx context.Context, o storage.Ownership, aggregate string, begun instant.Time) (instant.Time, error) {
	if o.Change != ownership.Undo || o.Undone == nil || o.Owner == "" {
		return 0, nil
	}
	last, err := a.lastCounting(ctx, aggregate)
	if err != nil {
		return 0, err
	}
	quiet := begun
	if last.OccurredAt <= o.Undone.At {
		quiet = max(quiet, last.OccurredAt)
	}
	return ownership.ClocksFrom(o.Undone.At, o.Undone.Since, quiet, a.Clock()), nil
}
