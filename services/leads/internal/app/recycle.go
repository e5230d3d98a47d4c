package app

import (
	"context"
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/ownership"
)

// Outcome answers an effect that a newer state may have made void.
type Outcome struct {
	Applied bool   `json:"applied"`
	Why     string `json:"why,omitempty" doc:"Why nothing was done: ended, other_owner, newer_follow_up, customer_followed, nobody"`
	Owner   string `json:"owner,omitempty" doc:"Who is responsible now; empty in the public pool"`
}

// held is a lead or deal as recycling and reassigning see it.
type held struct {
	kind, id, customer, owner string
	open                      bool
}

func (h held) aggregate() string { return h.kind + "/" + h.id }

func (a *App) heldFor(ctx context.Context, kind, id string) (held, error) {
	if kind == catalogue.KindDeal {
		d, err := a.dealForEffect(ctx, id)
		if err != nil {
			return held{}, err
		}
		return held{kind, id, d.Body.Customer, d.Body.Owner, d.Body.Open}, nil
	}
	d, err := a.leadFor(ctx, id, access.Effect)
	if err != nil {
		return held{}, err
	}
	return held{kind, id, d.Body.Customer, d.Body.Owner, d.Body.Open}, nil
}

// Recycle takes a lead or deal, with its customer, back to the public pool
// . It is void if somebody else holds it by now, or if the customer was
// followed up since the rule looked. A deal that has no customer yet cannot be
// listed in the pool, so the next person in turn gets it.
func (a *App) Recycle(ctx context.Context, kind, id string, in effects.Recycle) (Outcome, error) {
	h, err := a.heldFor(ctx, kind, id)
	if err != nil {
		return Outcome{}, err
	}
	if done, o, err := a.doneBefore(ctx, h); done || err != nil {
		return o, err
	}
	if why, err := a.voidRecycling(ctx, h, in); why != "" || err != nil {
		return Outcome{Why: why, Owner: h.owner}, err
	}
	switch {
	case h.customer != "":
		return a.poolCustomer(ctx, h, in)
	case h.kind == catalogue.KindDeal:
		return a.Reassign(ctx, kind, id, effects.Reassign{Reason: ownership.Rotation, From: in.From})
	}
	pooled, err := a.placeLead(ctx, httpx.Command(ctx), id, in.From, "", ownership.Recycle, in.Reason)
	if err != nil || pooled {
		return Outcome{Applied: pooled}, err
	}
	return Outcome{Why: "other_owner"}, nil
}

// doneBefore tells whether the effect was carried out before.
func (a *App) doneBefore(ctx context.Context, h held) (bool, Outcome, error) {
	command := httpx.Command(ctx)
	if command == "" {
		return false, Outcome{}, nil
	}
	if h.kind == catalogue.KindLead {
		if d, err := a.Leads.Get(ctx, h.id); err != nil || d.Did(command) {
			return err == nil, Outcome{Applied: true, Owner: h.owner}, err
		}
	} else if d, err := a.Deals.Get(ctx, h.id); err != nil || d.Did(command) {
		return err == nil, Outcome{Applied: true, Owner: h.owner}, err
	}
	if h.customer == "" {
		return false, Outcome{}, nil
	}
	o, err := a.Ownerships.Get(ctx, h.customer)
	if errors.Is(err, store.ErrNotFound) || err == nil && !o.Did(command) {
		return false, Outcome{}, nil
	}
	if err != nil {
		return false, Outcome{}, err
	}
	return true, Outcome{Applied: true, Owner: o.Body.Owner}, a.follow(ctx, h.customer)
}

func (a *App) voidRecycling(ctx context.Context, h held, in effects.Recycle) (string, error) {
	switch {
	case !h.open:
		return "ended", nil
	case h.owner != in.From || h.owner == "":
		return "other_owner", nil
	}
	last, err := a.lastCounting(ctx, h.aggregate())
	if err != nil {
		return "", err
	}
	// The rule may know a follow-up by when it happened or by when it was recorded.
	if !last.RecordedAt.IsZero() && last.OccurredAt != in.LastFollowUp && last.RecordedAt > in.LastFollowUp {
		return "newer_follow_up", nil
	}
	if h.customer == "" {
		return "", nil
	}
	return a.customerFollowed(ctx, h)
}

// customerFollowed tells whether another open lead or deal of the customer was
// followed up, or arrived, within the recycle time: then the customer is not
// forgotten, whatever became of this one.
func (a *App) customerFollowed(ctx context.Context, h held) (string, error) {
	at, v, err := a.now()
	if err != nil {
		return "", err
	}
	v = v.On(a.People.Calendar(h.owner))
	fresh := func(kind, id string, from instant.Time) (bool, error) {
		if id == h.id {
			return false, nil
		}
		last, err := a.lastCounting(ctx, kind+"/"+id)
		return v.After(max(from, last.OccurredAt), v.Sections.Ownership.RecycleAfter) > at, err
	}
	found := false
	visit := func(kind, id string, from instant.Time) error {
		yes, err := fresh(kind, id, from)
		if err == nil && yes {
			found, err = true, errFound
		}
		return err
	}
	err = each(ctx, a.Leads, store.Query{Index: "customer", Equal: []any{h.customer}, Limit: 100}, func(d *LeadDoc) error {
		if !d.Body.Open {
			return nil
		}
		return visit(catalogue.KindLead, d.ID, d.Body.ClocksFrom)
	})
	if err == nil {
		err = each(ctx, a.Deals, store.Query{Index: "customer_open", Equal: []any{h.customer, true}, Limit: 100}, func(d *DealDoc) error { return visit(catalogue.KindDeal, d.ID, d.Body.ClocksFrom) })
	}
	if found {
		return "customer_followed", nil
	}
	return "", err
}

// lastCounting gives the newest follow-up of an aggregate that counts, zero if there is none.
func (a *App) lastCounting(ctx context.Context, aggregate string) (catalogue.FollowUp, error) {
	kind := (&catalogue.FollowUpRecorded{}).Kind().Type
	var newest catalogue.FollowUp
	for after := int64(0); ; {
		events, next, err := a.History(ctx, aggregate, after, historyBatch)
		if err != nil {
			return newest, err
		}
		for _, e := range events {
			if e.Type != kind {
				continue
			}
			f, err := facts.Decode[catalogue.FollowUpRecorded](e)
			if err != nil {
				return newest, err
			}
			if f.FollowUp.Counts && f.FollowUp.OccurredAt >= newest.OccurredAt {
				newest = f.FollowUp
			}
		}
		if next == 0 {
			return newest, nil
		}
		after = next
	}
}

func (a *App) poolCustomer(ctx context.Context, h held, in effects.Recycle) (Outcome, error) {
	out := Outcome{Applied: true}
	err := a.onOwnership(ctx, httpx.Command(ctx), h.customer, func(o *OwnershipDoc, at instant.Time) (catalogue.Data, error) {
		if o.Body.Owner != in.From {
			out = Outcome{Why: "other_owner", Owner: o.Body.Owner}
			return nil, nil
		}
		before := o.Body.Ownership
		o.Body.Ownership, o.Body.Change = ownership.Pool(before, in.Reason, at), ownership.Recycle
		return &catalogue.CustomerPooled{Before: before, After: o.Body.Ownership, Reason: in.Reason}, nil
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, a.afterOwnerChange(ctx, h.customer)
}

// onOwnership reads, changes and commits the ownership of a customer. No fact is no change.
func (a *App) onOwnership(ctx context.Context, command, customer string, change func(o *OwnershipDoc, at instant.Time) (catalogue.Data, error)) error {
	return retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			return problem.Missing("客户归属", "ownership of a customer", customer)
		}
		if err != nil || o.Did(command) {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		fact, err := change(o, at)
		if err != nil || fact == nil {
			return err
		}
		return commitAs(ctx, command, a.Ownerships, o, stampOf(customer, at, v), fact)
	})
}

// afterOwnerChange is what a change of owner leads to; it is repeated for the fact.
func (a *App) afterOwnerChange(ctx context.Context, customer string) error {
	if err := a.follow(ctx, customer); err != nil {
		return err
	}
	return a.dropTransfers(ctx, customer)
}
