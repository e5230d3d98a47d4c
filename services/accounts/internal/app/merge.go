package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Pair are two files that a person says are one customer. The smaller id wins, as
// in every fold, so that chains of files end; under which name it goes on is the
// person's choice.
type Pair struct {
	Winner, Loser *store.Doc[customer.File]
}

// PairOf gives the two files, if the principal may merge them. Errors name
// the field: keep or drop.
func (a *Accounts) PairOf(ctx context.Context, p auth.Principal, keep, drop string) (Pair, error) {
	k, _, err := a.permitted(ctx, p, access.Merge, keep)
	if err != nil {
		return Pair{}, named("keep", err)
	}
	d, _, err := a.permitted(ctx, p, access.Merge, drop)
	if err != nil {
		return Pair{}, named("drop", err)
	}
	switch {
	case k.ID == d.ID:
		return Pair{}, problem.InvalidFields(problem.FieldError("drop", "same", "与保留的客户是同一个", "is the customer to keep itself"))
	case !k.Body.Compatible(d.Body.TaxID):
		return Pair{}, problem.Refuse("R-032", "两个客户的统一社会信用代码不同，不是同一客户", "The two customers have different tax ids: they are not one")
	case k.Body.Kind != d.Body.Kind:
		return Pair{}, problem.Refuse("merge.kind", "企业客户与个人客户不能合并", "A company and a person cannot be one customer")
	}
	if d.ID < k.ID {
		return Pair{Winner: d, Loser: k}, nil
	}
	return Pair{Winner: k, Loser: d}, nil
}

func named(field string, err error) error {
	var p *problem.Error
	if errors.As(err, &p) && p.Code == problem.NotFound {
		return problem.InvalidFields(problem.FieldError(field, "unknown", "没有这个客户", "there is no such customer"))
	}
	return err
}

// FoldPair makes one file of the pair as a merge of its own id. It may be repeated;
// store.ErrConflict says that a file has changed since it was read.
func (a *Accounts) FoldPair(ctx context.Context, p Pair, name, merge string) error {
	if p.Loser.Body.MergedInto == p.Winner.ID {
		return nil
	}
	before := p.Winner.Body.Before()
	if name == p.Loser.ID && p.Loser.Body.Name != "" {
		p.Winner.Body.Rename(p.Loser.Body.Name)
	}
	p.Winner.Body.Absorb(p.Loser.Body, a.clock())
	changed := p.Winner.Body.Settle(before, a.clock())
	p.Winner.Body.Folding, p.Winner.Body.Unfinished = appendMissing(p.Winner.Body.Folding, p.Loser.ID), true
	if err := a.commit(ctx, p.Winner, &catalogue.CustomerChanged{Before: before, After: p.Winner.Body.Customer, Changed: orEmpty(changed)}); err != nil {
		return err
	}
	return a.stub(ctx, p.Loser, p.Winner.ID, merge)
}

// stub lets a file lead to the one that took it in.
func (a *Accounts) stub(ctx context.Context, loser *store.Doc[customer.File], into, merge string) error {
	loser.Body.MergedInto, loser.Body.UpdatedAt = into, a.clock()
	return a.commit(ctx, loser, &catalogue.CustomerFolded{From: loser.ID, Into: into, Merge: merge})
}

// Unfold takes two files apart that a merge made one: each gets back what was its
// own, and no match key makes them one again by itself. It may be repeated.
func (a *Accounts) Unfold(ctx context.Context, m catalogue.Merge, winnerBefore catalogue.Customer) error {
	var loser customer.File
	err := retry(ctx, func() error {
		l, err := a.docs.Customers.Get(ctx, m.From)
		if err != nil {
			return err
		}
		loser = l.Body
		return nil
	})
	if err != nil {
		return err
	}
	if err := retry(ctx, func() error { return a.shed(ctx, m, winnerBefore, loser) }); err != nil {
		return err
	}
	if err := a.keysBack(ctx, m, winnerBefore, loser.Customer); err != nil {
		return err
	}
	return retry(ctx, func() error {
		d, err := a.docs.Customers.Get(ctx, m.From)
		if err != nil || d.Body.MergedInto == "" {
			return err
		}
		d.Body.MergedInto, d.Body.UpdatedAt = "", a.clock()
		d.Body.Apart = appendMissing(d.Body.Apart, m.Into)
		return a.commit(ctx, d, &catalogue.CustomerUnfolded{From: m.From, Into: m.Into, Merge: m.ID, After: d.Body.Customer, Given: m.Given})
	})
}

// shed takes out of the winner what only the loser had brought.
func (a *Accounts) shed(ctx context.Context, m catalogue.Merge, winnerBefore catalogue.Customer, loser customer.File) error {
	w, err := a.docs.Customers.Get(ctx, m.Into)
	if err != nil || slices.Contains(w.Body.Apart, m.From) {
		return err
	}
	if w.Body.MergedInto != "" {
		return problem.Refuse("merge.later", "该客户此后又被合并，请先撤销后一次合并", "The customer has been merged again since: undo that merge first")
	}
	before := w.Body.Before()
	if err := w.Body.Shed(winnerBefore, loser.Customer); err != nil {
		return err
	}
	w.Body.Apart = appendMissing(w.Body.Apart, m.From)
	w.Body.Folding = slices.DeleteFunc(slices.Clone(w.Body.Folding), func(id string) bool { return id == m.From })
	w.Body.Unfinished = len(w.Body.Folding) > 0
	changed := w.Body.Settle(before, a.clock())
	return a.commit(ctx, w, &catalogue.CustomerChanged{Before: before, After: w.Body.Customer, Changed: orEmpty(changed)})
}

// keysBack lets the keys lead to the loser again that were not the winner's.
func (a *Accounts) keysBack(ctx context.Context, m catalogue.Merge, winner, loser catalogue.Customer) error {
	mine := map[string]bool{}
	for _, k := range keysOf(winner) {
		mine[k] = true
	}
	for _, k := range keysOf(loser) {
		if mine[k] {
			continue
		}
		err := retry(ctx, func() error {
			d, err := a.docs.Keys.Get(ctx, k)
			if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Customer != m.Into {
				return nil
			}
			if err != nil {
				return err
			}
			d.Body.Customer = m.From
			return a.docs.Keys.Commit(ctx, d, "")
		})
		if err != nil {
			return fmt.Errorf("key %s: %w", k, err)
		}
	}
	return nil
}

// keysOf gives the ids of all match keys that a file's content makes.
func keysOf(c catalogue.Customer) []string {
	var out []string
	add := func(k matching.Known) {
		k.Kind = c.Kind
		for _, key := range matching.Identify(k).Keys {
			out = append(out, key.ID())
		}
	}
	for _, n := range append([]string{c.Name}, c.Names...) {
		add(matching.Known{Name: n})
	}
	for _, p := range c.Phones {
		add(matching.Known{Phone: p})
	}
	for _, m := range c.Emails {
		add(matching.Known{Email: m})
	}
	add(matching.Known{TaxID: c.TaxID})
	return out
}

// Pair gives the two files of a merge that has begun.
func (a *Accounts) Pair(ctx context.Context, winner, loser string) (Pair, error) {
	w, err := a.docs.Customers.Get(ctx, winner)
	if err != nil {
		return Pair{}, err
	}
	l, err := a.docs.Customers.Get(ctx, loser)
	return Pair{w, l}, err
}

// Folding tells whether the winner has taken the loser in.
func (p Pair) Folding() bool {
	return p.Loser.Body.MergedInto == p.Winner.ID || slices.Contains(p.Winner.Body.Folding, p.Loser.ID)
}

// Named tells whether the file that a person wants to keep the name of is the loser.
func (p Pair) Named(keep string) bool { return keep == p.Loser.ID }

// Result gives the file that would come of the pair.
func (p Pair) Result(keep string, at instant.Time) catalogue.Customer {
	f := p.Winner.Body
	f.Customer = f.Before()
	if p.Named(keep) {
		f.Rename(p.Loser.Body.Name)
	}
	f.Absorb(p.Loser.Body, at)
	return f.Customer
}

// TakenApart gives both files as undoing the merge would leave them.
func (a *Accounts) TakenApart(ctx context.Context, m catalogue.Merge, winnerBefore catalogue.Customer) (from, into catalogue.Customer, err error) {
	p, err := a.Pair(ctx, m.Into, m.From)
	if err != nil {
		return from, into, err
	}
	f := p.Winner.Body
	f.Customer = f.Before()
	err = f.Shed(winnerBefore, p.Loser.Body.Customer)
	from = p.Loser.Body.Customer
	from.MergedInto = ""
	return from, f.Customer, err
}

// MayMerge tells whether the principal may merge the customer with others.
func (a *Accounts) MayMerge(ctx context.Context, p auth.Principal, id string) error {
	_, _, err := a.permitted(ctx, p, access.Merge, id)
	return err
}

// MayRead tells whether the principal may read the customer.
func (a *Accounts) MayRead(ctx context.Context, p auth.Principal, id string) error {
	_, _, err := a.permitted(ctx, p, access.Read, id)
	return err
}
