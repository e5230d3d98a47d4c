package app

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// root follows folded files to the one that they became.
func (a *Accounts) root(ctx context.Context, id string) (*store.Doc[customer.File], error) {
	for range 10_000 {
		d, err := a.docs.Customers.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if d.Body.MergedInto == "" {
			d.Body.IdentifyContacts()
			return d, nil
		}
		id = d.Body.MergedInto
	}
	return nil, fmt.Errorf("customer %s: folded without end", id)
}

// fold makes one of two files that are not folded: the larger id points to the
// smaller, which first takes in its content. In that order a crash in between
// loses nothing, and the winner remembers what it was about to do.
func (a *Accounts) fold(ctx context.Context, x, y *store.Doc[customer.File]) (*store.Doc[customer.File], error) {
	winner, loser := x, y
	if loser.ID < winner.ID {
		winner, loser = loser, winner
	}
	before := winner.Body.Before()
	changed := winner.Body.Absorb(loser.Body, a.clock())
	for _, id := range append([]string{loser.ID}, loser.Body.Folding...) {
		winner.Body.Folding = appendMissing(winner.Body.Folding, id)
	}
	winner.Body.Unfinished = true
	if err := a.commit(ctx, winner, &catalogue.CustomerChanged{Before: before, After: winner.Body.Customer, Changed: orEmpty(changed)}); err != nil {
		return nil, err
	}
	loser.Body.MergedInto, loser.Body.UpdatedAt = winner.ID, a.clock()
	if err := a.commit(ctx, loser, &catalogue.CustomerFolded{From: loser.ID, Into: winner.ID}); err != nil {
		return nil, err
	}
	return winner, nil
}

// folded tells whether everything that the file was about to fold is folded, or
// turned out to be a firm with another tax id.
func (a *Accounts) folded(ctx context.Context, f customer.File) bool {
	for _, id := range f.Folding {
		if d, err := a.docs.Customers.Get(ctx, id); err != nil || d.Body.MergedInto == "" && f.MayBe(d.Body) {
			return false
		}
	}
	return true
}

// FinishFolds completes folds that a crash left half done; it gives how many
// files it looked at.
func (a *Accounts) FinishFolds(ctx context.Context) (int, error) {
	n, after := 0, ""
	for {
		page, err := a.docs.Customers.Page(ctx, store.Query{Index: storage.Unfinished, Equal: []any{true}, Limit: 100, After: after})
		if err != nil {
			return n, err
		}
		for _, d := range page.Docs {
			n++
			if err := retry(ctx, func() error { return a.finish(ctx, d.ID) }); err != nil {
				return n, err
			}
		}
		if after = page.Next; after == "" {
			return n, nil
		}
	}
}

func (a *Accounts) finish(ctx context.Context, id string) error {
	d, err := a.docs.Customers.Get(ctx, id)
	if err != nil || !d.Body.Unfinished {
		return err
	}
	others := d.Body.Folding
	if d.Body.TaxID != "" {
		holder, err := a.taxHolder(ctx, d)
		if err != nil {
			return err
		}
		others = append(others, holder)
	}
	for _, other := range others {
		if err := a.foldInto(ctx, id, other); err != nil {
			return err
		}
	}
	if d, err = a.docs.Customers.Get(ctx, id); err != nil {
		return err
	}
	if d.Body.MergedInto == "" && !a.folded(ctx, d.Body) {
		return nil // somebody began another fold: the next sweep
	}
	d.Body.Folding, d.Body.Unfinished = nil, false
	return a.docs.Customers.Commit(ctx, d, "")
}

// foldInto makes one of two files unless they are one already or never can be.
func (a *Accounts) foldInto(ctx context.Context, id, other string) error {
	x, err := a.root(ctx, id)
	if err != nil {
		return err
	}
	y, err := a.root(ctx, other)
	if err != nil || x.ID == y.ID || !x.Body.MayBe(y.Body) {
		return err
	}
	_, err = a.fold(ctx, x, y)
	return err
}

// taxHolder gives who holds the key of a file's tax id, the file itself if nobody did.
func (a *Accounts) taxHolder(ctx context.Context, d *store.Doc[customer.File]) (string, error) {
	key := matching.Key{Kind: matching.KeyTax, Value: d.Body.TaxID}.ID()
	k, err := a.docs.Keys.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return d.ID, a.docs.Keys.Commit(ctx, store.New(key, storage.Key{Customer: d.ID, At: a.clock()}), "")
	}
	if err != nil {
		return "", err
	}
	return k.Body.Customer, nil
}

// commit stores a file with the fact that tells what happened.
func (a *Accounts) commit(ctx context.Context, d *store.Doc[customer.File], fact catalogue.Data) error {
	return a.commitAs(ctx, d, "", fact)
}

func (a *Accounts) commitAs(ctx context.Context, d *store.Doc[customer.File], command string, fact catalogue.Data) error {
	f, err := facts.Record(ctx, facts.Stamp{Source: "liuke/accounts", At: a.clock(), Customer: d.ID}, d.Version+1, fact)
	if err != nil {
		return err
	}
	return a.docs.Customers.Commit(ctx, d, command, f)
}

func appendMissing(list []string, v string) []string {
	for _, have := range list {
		if have == v {
			return list
		}
	}
	return append(list, v)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
