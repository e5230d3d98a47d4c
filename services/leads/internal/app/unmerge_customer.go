package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/ownership"
)

// takeApart gives a customer that a merge had taken in its owner, leads and deals
// back, and what was opened since and is its own.
func (a *App) takeApart(ctx context.Context, e facts.Event) error {
	f, err := facts.Decode[catalogue.CustomerUnfolded](e)
	if err != nil {
		return err
	}
	ctx = facts.WithCause(store.Background(ctx), e.ID)
	if err := a.ownedAgain(ctx, f.From, f.Into); err != nil {
		return err
	}
	err = each(ctx, a.Leads, store.Query{Index: "customer", Equal: []any{f.Into}, Limit: 200}, func(d *LeadDoc) error {
		return a.leadBack(ctx, d.ID, f)
	})
	if err == nil {
		err = each(ctx, a.Deals, store.Query{Index: "customer", Equal: []any{f.Into}, Limit: 200}, func(d *DealDoc) error {
			return a.dealBack(ctx, d.ID, f)
		})
	}
	return errors.Join(err, a.follow(ctx, f.From), a.follow(ctx, f.Into))
}

// ownedAgain gives a customer that is back who was responsible for it.
func (a *App) ownedAgain(ctx context.Context, from, into string) error {
	return retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, from)
		if errors.Is(err, store.ErrNotFound) || err == nil && o.Body.MergedInto != into {
			return nil
		}
		if err != nil {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		before := o.Body.Ownership
		o.Body.MergedInto = ""
		if o.Body.Merged != nil {
			o.Body.Ownership = *o.Body.Merged
		}
		o.Body.Merged, o.Body.Transfer = nil, ""
		if gone, heir := a.heirOf(o.Body.Owner); gone {
			o.Body.Ownership = ownership.Give(o.Body.Ownership, heir, at)
		}
		o.Body.Customer, o.Body.Change = from, ownership.Undo
		o.Body.Undone = nil
		return commitAs(ctx, "", a.Ownerships, o, stampOf(from, at, v), backAs(before, o.Body.Ownership, ""))
	})
}

// goesBack tells whether a thing of the customer that goes on belongs to the one that is back.
func goesBack(f catalogue.CustomerUnfolded, kind, id string, origins []string) (left []string, back bool) {
	if n := len(origins); n > 0 && origins[n-1] == f.From {
		return slices.Clone(origins[:n-1]), true
	}
	return origins, slices.Contains(f.Given, catalogue.Thing{Kind: kind, ID: id})
}

func (a *App) leadBack(ctx context.Context, id string, f catalogue.CustomerUnfolded) error {
	return retry(ctx, func() error {
		d, err := a.Leads.Get(ctx, id)
		if err != nil || d.Body.Customer != f.Into {
			return err
		}
		origins, back := goesBack(f, catalogue.KindLead, id, d.Body.Origins)
		if !back {
			return nil
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		l := d.Body.Lead
		l.Customer, l.Origins = f.From, origins
		d.Body.Set(l)
		return commitAs(ctx, "", a.Leads, d, stampOf(f.From, at, v), &catalogue.LeadLinked{Lead: id, After: l})
	})
}

func (a *App) dealBack(ctx context.Context, id string, f catalogue.CustomerUnfolded) error {
	return a.onDealPlain(ctx, "", id, func(d catalogue.Deal, _ instant.Time, _ *policy.View) (deal.Change, error) {
		origins, back := goesBack(f, catalogue.KindDeal, id, d.Origins)
		if d.Customer != f.Into || !back {
			return deal.Change{Deal: d}, nil
		}
		d.Customer, d.Origins = f.From, origins
		return deal.Change{Deal: d, Facts: []catalogue.Data{&catalogue.DealLinked{Deal: id, Before: f.Into, State: d}}}, nil
	})
}
