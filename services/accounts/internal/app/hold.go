package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// learn writes what the ask adds into the file, once.
func (m *match) learn(ctx context.Context, root *store.Doc[customer.File]) error {
	finished := root.Body.Unfinished && m.a.folded(ctx, root.Body)
	changed := root.Body.Learn(m.claim, m.a.clock())
	if len(changed) == 0 && !finished {
		return nil
	}
	if finished {
		root.Body.Folding, root.Body.Unfinished = nil, false
	}
	err := m.a.commitAs(ctx, root, "match:"+m.claim.Under+":"+m.ask.digest(), &catalogue.CustomerMatched{After: root.Body.Customer, Under: m.claim.Under, By: m.by()})
	if errors.Is(err, store.ErrRepeated) {
		return nil
	}
	return err
}

func (m *match) by() []string {
	if m.agreed == nil {
		return []string{}
	}
	return m.agreed
}

// hold claims the keys that nobody holds, and points those of folded files to
// the file itself. A key that somebody else claimed meanwhile starts the ask over.
func (m *match) hold(ctx context.Context, root *store.Doc[customer.File]) error {
	keys := m.claim.Keys
	if root.Body.Unfinished && root.Body.TaxID != "" {
		keys = append(slices.Clone(keys), matching.Key{Kind: matching.KeyTax, Value: root.Body.TaxID})
	}
	for _, k := range keys {
		d, err := m.a.docs.Keys.Get(ctx, k.ID())
		switch {
		case errors.Is(err, store.ErrNotFound):
			d = store.New(k.ID(), storage.Key{Customer: root.ID, At: m.a.clock()})
			if err := m.a.docs.Keys.Commit(ctx, d, ""); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		case d.Body.Customer == root.ID:
			continue
		}
		f, err := m.a.root(ctx, d.Body.Customer)
		if err != nil {
			return err
		}
		if f.ID != root.ID {
			if root.Body.MayBe(f.Body) {
				return store.ErrConflict
			}
			continue // another legal person's, or one that a person told apart
		}
		d.Body.Customer = root.ID
		if err := m.a.docs.Keys.Commit(ctx, d, ""); err != nil && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	// A fold meanwhile leaves the keys to a stub, which still leads to the winner;
	// but what the ask adds is to be learnt by the winner.
	now, err := m.a.root(ctx, root.ID)
	if err == nil && now.ID != root.ID {
		return store.ErrConflict
	}
	return err
}

// remember keeps the answer under the asking id.
func (m *match) remember(ctx context.Context, root *store.Doc[customer.File]) error {
	m.answer = effects.Matched{Customer: root.ID, Created: root.ID == m.claim.Under, By: m.agreed}
	body := storage.Answer{Customer: root.ID, Created: m.answer.Created, By: m.agreed, Request: m.ask.digest(), At: m.a.clock()}
	d, err := m.a.docs.Answers.Get(ctx, m.claim.Under)
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(m.claim.Under, body), nil
	}
	if err != nil {
		return err
	}
	d.Body = body
	return m.a.docs.Answers.Commit(ctx, d, "")
}

// retry repeats what lost a race, with growing pauses.
func retry(ctx context.Context, do func() error) error { return race.Again(ctx, 200, do) }
