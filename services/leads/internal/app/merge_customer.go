package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/storage"
)

// AccountsTypes are the facts of accounts that this service reacts to.
var AccountsTypes = []string{typeOf(&catalogue.CustomerFolded{}), typeOf(&catalogue.CustomerUnfolded{})}

// ReactToAccounts moves what belongs to a customer file that turned out to be
// another one, so that the real customer keeps one owner.
func (a *App) ReactToAccounts(ctx context.Context, e facts.Event) error {
	if e.Type == typeOf(&catalogue.CustomerUnfolded{}) {
		return a.takeApart(ctx, e)
	}
	f, err := facts.Decode[catalogue.CustomerFolded](e)
	if err != nil {
		return err
	}
	ctx = facts.WithCause(store.Background(ctx), e.ID)
	from, err := a.mergeOwnership(ctx, f.From, f.Into)
	if err != nil {
		return err
	}
	if _, err := a.ensureOwned(ctx, f.Into, cmp.Or(from.Owner, from.Previous), from.Company); err != nil {
		return err
	}
	err = each(ctx, a.Leads, store.Query{Index: "customer", Equal: []any{f.From}, Limit: 200}, func(d *LeadDoc) error {
		if err := a.moveLead(ctx, d.ID, f.From, f.Into); err != nil {
			return err
		}
		if f.Merge != "" { // a person's merge can be undone: leads of one need stay two
			return nil
		}
		return a.afterLink(ctx, d.ID, f.Into)
	})
	if err != nil {
		return err
	}
	err = each(ctx, a.Deals, store.Query{Index: "customer", Equal: []any{f.From}, Limit: 200}, func(d *DealDoc) error {
		return a.moveDeal(ctx, d.ID, f.From, f.Into)
	})
	if err != nil {
		return err
	}
	return a.follow(ctx, f.Into)
}

// mergeOwnership lets the ownership of a folded customer lead to the other one;
// nobody owns or claims a customer that is none.
func (a *App) mergeOwnership(ctx context.Context, from, into string) (before storage.Ownership, err error) {
	err = retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, from)
		if errors.Is(err, store.ErrNotFound) {
			o, err = store.New(from, storage.Ownership{Ownership: catalogue.Ownership{Customer: from}}), nil
		}
		if err != nil {
			return err
		}
		before = o.Body
		if o.Body.MergedInto == into {
			return nil
		}
		o.Body.MergedInto, o.Body.Merged = into, &before.Ownership
		if o.Body.Owner != "" {
			o.Body.Previous = o.Body.Owner // whoever goes on after a crash still finds it
		}
		o.Body.Owner, o.Body.Pooled, o.Body.PooledAt = "", false, 0
		return a.Ownerships.Commit(ctx, o, "")
	})
	return before, err
}

// standing gives the customer that a folded one became, or the one given.
func (a *App) standing(ctx context.Context, customer string) (string, error) {
	for range tries {
		o, err := a.Ownerships.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) || err == nil && o.Body.MergedInto == "" {
			return customer, nil
		}
		if err != nil {
			return "", err
		}
		customer = o.Body.MergedInto
	}
	return customer, nil
}

func (a *App) moveLead(ctx context.Context, id, from, into string) error {
	return retry(ctx, func() error {
		d, err := a.Leads.Get(ctx, id)
		if err != nil || d.Body.Customer != from {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		l := d.Body.Lead
		l.Customer, l.Origins = into, append(slices.Clone(l.Origins), from)
		d.Body.Set(l)
		return commitAs(ctx, "", a.Leads, d, stampOf(into, at, v), &catalogue.LeadLinked{Lead: id, After: l})
	})
}

func (a *App) moveDeal(ctx context.Context, id, from, into string) error {
	return a.onDealPlain(ctx, "", id, func(d catalogue.Deal, _ instant.Time, _ *policy.View) (deal.Change, error) {
		if d.Customer != from {
			return deal.Change{Deal: d}, nil
		}
		d.Customer, d.Origins = into, append(slices.Clone(d.Origins), from)
		return deal.Change{Deal: d, Facts: []catalogue.Data{&catalogue.DealLinked{Deal: id, Before: from, State: d}}}, nil
	})
}
