package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/problem"
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
	id := matching.Identify(ask.known())
	if id.Name == "" { // a file needs something to be called by, which is no key
		id.Name = cmp.Or(matching.Display(ask.Contact), id.Phone, id.Email, under)
	}
	claim := customer.Claim{Identity: id, Contact: ask.Contact, Sector: matching.Display(ask.Sector),
		External: matching.Display(ask.External), Under: under, By: by}
	m := &match{a: a, claim: claim, ask: ask}
	err := retry(ctx, func() error { return m.try(ctx) })
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
		if o.ID == root.ID || !root.Body.Compatible(o.Body.TaxID) || !o.Body.Compatible(tax) {
			continue
		}
		if root, err = m.a.fold(ctx, root, o); err != nil {
			return nil, err
		}
	}
	return root, nil
}

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
			if root.Body.Compatible(f.Body.TaxID) {
				return store.ErrConflict
			}
			continue // another legal person's
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
func retry(ctx context.Context, do func() error) error {
	for attempt := 0; ; attempt++ {
		err := do()
		if err == nil || !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
		if attempt == 200 {
			return &problem.Error{Code: problem.Unavailable, RetryAfter: time.Second, Cause: fmt.Errorf("lost %d races: %w", attempt, err)}
		}
		pause := time.Duration(rand.Int64N(int64(time.Millisecond) << min(attempt, 5)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
