package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/store"
)

// Ask is a question to match-or-create.
type Ask struct {
	effects.MatchCustomer
	Sector   string `json:"sector,omitempty"`
	External string `json:"external,omitempty"`
}

func (a Ask) known() matching.Known {
	return matching.Known{Kind: a.Kind, Name: a.Name, Phone: a.Phone, Email: a.Email, TaxID: a.TaxID}
}

func (a Ask) digest() string {
	b, _ := json.Marshal(a) // strings only: cannot fail
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// MatchOrCreate gives the one customer that an ask is about, and opens its file
// if nobody knew it. It is idempotent under the asking id.
//
// There is no transaction over the documents it touches. What makes one
// customer of any number of concurrent asks: a file is there before any key
// points to it; a key is a document, so it has one holder; and whoever finds
// keys with two holders folds the one with the larger id into the other, by
// compare-and-set on a file that is not folded yet. Files therefore only ever
// point to smaller ids and every chain of them ends. Each step may be the last
// of a process: repeating the ask goes on from there.
func (a *Accounts) MatchOrCreate(ctx context.Context, under, by string, ask Ask) (effects.Matched, error) {
	if first, err := a.docs.Answers.Get(ctx, under); err == nil && first.Body.Request == ask.digest() {
		root, err := a.root(ctx, first.Body.Customer)
		if err != nil {
			return effects.Matched{}, err
		}
		return effects.Matched{Customer: root.ID, Created: first.Body.Created && root.ID == under, By: first.Body.By}, nil
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return effects.Matched{}, err
	}
	m, err := a.matchOf(under, by, ask)
	if err != nil {
		return effects.Matched{}, err
	}
	err = retry(ctx, func() error { return m.try(ctx) })
	return m.answer, err
}

// match is one ask on its way.
type match struct {
	a      *Accounts
	claim  customer.Claim
	ask    Ask
	agreed []string // kinds of keys that a file held before this ask claimed any
	asked  bool     // agreed is known
	answer effects.Matched
}

// holder is a file that a key of the ask leads to.
type holder struct {
	key  matching.Key
	file *store.Doc[customer.File]
}

func (m *match) try(ctx context.Context) error {
	held, err := m.holders(ctx)
	if err != nil {
		return err
	}
	root, err := m.choose(ctx, held)
	if err != nil {
		return err
	}
	if root, err = m.fold(ctx, root, held); err != nil {
		return err
	}
	if err := m.tax(ctx, root); err != nil {
		return err
	}
	if err := m.hold(ctx, root); err != nil {
		return err
	}
	if err := m.learn(ctx, root); err != nil {
		return err
	}
	return m.remember(ctx, root)
}

// holders gives the files that the ask's keys lead to, strongest key first, and
// those that this ask or an earlier one under its id led to.
func (m *match) holders(ctx context.Context) ([]holder, error) {
	var held []holder
	for _, k := range m.claim.Keys {
		d, err := m.a.docs.Keys.Get(ctx, k.ID())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		f, err := m.a.root(ctx, d.Body.Customer)
		if err != nil {
			return nil, err
		}
		held = append(held, holder{k, f})
	}
	if !m.asked {
		m.asked = true
		for _, h := range held {
			if h.file.ID != m.claim.Under && h.file.Body.Compatible(m.claim.TaxID) {
				m.agreed = append(m.agreed, h.key.Kind)
			}
		}
	}
	return m.earlier(ctx, held)
}

// earlier adds what the asking id led to before: its own file, its last answer.
func (m *match) earlier(ctx context.Context, held []holder) ([]holder, error) {
	ids := []string{m.claim.Under}
	if m.claim.TaxID != "" {
		ids = append(ids, m.second())
	}
	if d, err := m.a.docs.Answers.Get(ctx, m.claim.Under); err == nil {
		ids = append(ids, d.Body.Customer)
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, id := range ids {
		f, err := m.a.root(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		held = append(held, holder{file: f})
	}
	return held, nil
}

// choose gives the file that the ask is about: that of its strongest key. A file
// with another tax id is somebody else's.
func (m *match) choose(ctx context.Context, held []holder) (*store.Doc[customer.File], error) {
	for _, h := range held {
		if h.file.Body.Compatible(m.claim.TaxID) {
			return h.file, nil
		}
	}
	id := m.claim.Under
	if _, err := m.a.docs.Customers.Get(ctx, id); err == nil {
		id = m.second() // what was asked under this id before is a firm with another tax id
	} else if !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	d := store.New(id, customer.Open(m.claim, m.a.clock()))
	d.Body.ID = id
	return d, m.a.commit(ctx, d, &catalogue.CustomerCreated{After: d.Body.Customer})
}

func (m *match) second() string { return m.claim.Under + "-" + m.claim.TaxID }

// tax writes the ask's tax id into a file that has none, before its key is
// claimed: the holder of a tax key always carries that tax id.
func (m *match) tax(ctx context.Context, root *store.Doc[customer.File]) error {
	if !root.Body.Compatible(m.claim.TaxID) {
		return store.ErrConflict // it got another tax id meanwhile: choose again
	}
	if m.claim.TaxID == "" || root.Body.TaxID != "" {
		return nil
	}
	before := root.Body.Before()
	root.Body.TaxID, root.Body.Unfinished = m.claim.TaxID, true // until its key is claimed
	changed := root.Body.Settle(before, m.a.clock())
	return m.a.commit(ctx, root, &catalogue.CustomerChanged{Before: before, After: root.Body.Customer, Changed: changed})
}

// fold makes one file of all that the ask leads to.
func (m *match) fold(ctx context.Context, root *store.Doc[customer.File], held []holder) (*store.Doc[customer.File], error) {
	others := make([]string, 0, len(held))
	for _, h := range held {
		others = append(others, h.file.ID)
	}
	others = append(others, root.Body.Folding...) // a fold that somebody left half done
	tax := root.Body.TaxID
	if tax == "" {
		tax = m.claim.TaxID
	}
	if tax != "" { // a file that carries a tax id is one with the holder of its key
		if d, err := m.a.docs.Keys.Get(ctx, matching.Key{Kind: matching.KeyTax, Value: tax}.ID()); err == nil {
			others = append(others, d.Body.Customer)
		} else if !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	for _, id := range others {
		o, err := m.a.root(ctx, id)
		if err != nil {
			return nil, err
		}
		if o.ID == root.ID || !root.Body.MayBe(o.Body) || !o.Body.Compatible(tax) {
			continue
		}
		if root, err = m.a.fold(ctx, root, o); err != nil {
			return nil, err
		}
	}
	return root, nil
}
