// Package keyaccounts owns what is kept of key accounts beside their file: who
// manages them and who answers for their growth in value, the checklist of process
// gaps, the indicator table, plans of what adds value, notes (R-048, R-153, R-154,
// ), and the space in which a customer and the team work on ideas
// together.
package keyaccounts

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/eventstream"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const source = "liuke/accounts"

// Body is the document of a key account.
type Body struct {
	holdings.Belonging
	Account catalogue.KeyAccount `json:"account"`
	// NextAt is when something becomes due on the sheet by time alone.
	NextAt instant.Time `json:"next_at,omitempty"`
}

// Note is the document of a note.
type Note struct {
	holdings.Belonging
	Note catalogue.KeyAccountNote `json:"note"`
}

const (
	byManager = "by_manager"
	byNext    = "by_next"
	newest    = "newest"
)

var (
	spec = store.Spec{Name: "key_account", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "account.since"},
		{Name: byManager, Equal: []string{"account.manager"}, Order: "account.since"},
		{Name: newest, Order: "account.since"},
		{Name: byNext, Order: "next_at"},
	}}
	notes = store.Spec{Name: "key_account_note", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "note.at"}}}
	items = store.Spec{Name: "cocreation_item", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "item.touched"}}}
	guest = store.Spec{Name: "cocreation_guest", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "at"}}}
)

// Config is what key accounts are given.
type Config struct {
	Engine store.Engine
	Files  *app.Accounts
	Guard  access.Guard
	People *directory.Directory
	Policy *policy.Holder
	Links  *links.Links
	Clock  instant.Clock
	Stream eventstream.Manner
}

// KeyAccounts are the use cases.
type KeyAccounts struct {
	Config
	docs   store.Collection[Body]
	notes  store.Collection[Note]
	items  store.Collection[Item]
	guests store.Collection[Guest]
	hub    eventstream.Hub
}

// New declares the collections.
func New(ctx context.Context, c Config) (*KeyAccounts, error) {
	if err := c.Engine.Declare(ctx, spec, notes, items, guest); err != nil {
		return nil, err
	}
	if c.Stream == (eventstream.Manner{}) {
		c.Stream = shippedStream
	}
	return &KeyAccounts{Config: c, docs: store.Of[Body](c.Engine, spec), notes: store.Of[Note](c.Engine, notes), items: store.Of[Item](c.Engine, items),
		guests: store.Of[Guest](c.Engine, guest), hub: eventstream.Hub{Most: mostStreams}}, nil
}

func (k *KeyAccounts) view() (*policy.View, instant.Time, error) {
	now := k.Clock()
	v, err := k.Policy.At(now)
	if err != nil {
		return nil, now, problem.Away(err)
	}
	return v, now, nil
}

// Seen is a key account at a version.
type Seen struct {
	catalogue.KeyAccount
	At int64
}

// of gives a customer's key account, also under the id of a file that was merged
// into it; one that runs goes before one that ended.
func (k *KeyAccounts) of(ctx context.Context, customerID string) (*store.Doc[Body], error) {
	page, err := k.docs.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customerID}, Desc: true, Limit: 100})
	if err != nil {
		return nil, err
	}
	var found *store.Doc[Body]
	for _, d := range page.Docs {
		d.Body.Account.Customer = customerID
		if found == nil || !found.Body.Account.EndedAt.IsZero() && d.Body.Account.EndedAt.IsZero() {
			found = d
		}
	}
	if found == nil {
		return nil, problem.Missing("大客户", "key account", customerID)
	}
	return found, nil
}

// permitted gives a key account if the principal may do the action to it: its
// manager and who answers for its success may whatever its owner may.
func (k *KeyAccounts) permitted(ctx context.Context, p auth.Principal, a access.Action, id string) (*store.Doc[Body], error) {
	f, err := k.root(ctx, id)
	if err != nil {
		return nil, err
	}
	d, err := k.of(ctx, f.ID)
	if err != nil {
		if _, _, no := k.Files.Permitted(ctx, p, a, f.ID); no != nil {
			return nil, no
		}
		return nil, err
	}
	if _, _, err := k.Files.Permitted(ctx, p, a, f.ID); err != nil && !k.keeps(p, a, d.Body.Account) {
		return nil, err
	}
	return d, nil
}

func (k *KeyAccounts) keeps(p auth.Principal, a access.Action, o catalogue.KeyAccount) bool {
	return a != access.KeyAccountDesignate && (p.ID == o.Manager || p.ID == o.Success)
}

func (k *KeyAccounts) root(ctx context.Context, id string) (customer.File, error) {
	f, err := k.Files.Root(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return f, problem.Missing("客户", "customer", id)
	}
	return f, err
}

// running refuses what takes a key account that has not ended.
func running(o catalogue.KeyAccount) error {
	if !o.EndedAt.IsZero() {
		return problem.Refuse("key_account.ended", "该客户已不是大客户", "the customer is no key account any more")
	}
	return nil
}

// Change says what a command is: its id, and the version that it was made for.
type Change struct {
	Command string
	Match   func(int64) error
}

// change carries a command out on a key account, once; do says what of it changed.
func (k *KeyAccounts) change(ctx context.Context, p auth.Principal, a access.Action, id string, ch Change, do func(o *catalogue.KeyAccount, v *policy.View, now instant.Time) (what, part string, err error)) (Seen, error) {
	d, err := k.permitted(ctx, p, a, id)
	if err != nil {
		return Seen{}, err
	}
	o := &d.Body.Account
	if d.Did(ch.Command) {
		return Seen{*o, d.Version}, nil
	}
	if ch.Match != nil {
		if err := ch.Match(d.Version); err != nil {
			return Seen{}, err
		}
	}
	v, now, err := k.view()
	if err != nil {
		return Seen{}, err
	}
	if err := running(*o); err != nil {
		return Seen{}, err
	}
	what, part, err := do(o, v, now)
	if err != nil {
		return Seen{}, err
	}
	return k.commit(ctx, d, ch.Command, v, now, &catalogue.KeyAccountChanged{After: *o, Changed: what, ID: part})
}

func (k *KeyAccounts) commit(ctx context.Context, d *store.Doc[Body], command string, v *policy.View, now instant.Time, told ...catalogue.Data) (Seen, error) {
	d.Body.NextAt = next(d.Body.Account, v)
	list, err := facts.RecordAll(ctx, facts.Stamp{Source: source, At: now, Customer: d.Body.Customer, Policy: v.Version}, d.Version+1, told...)
	if err != nil {
		return Seen{}, err
	}
	if err = k.docs.Commit(ctx, d, command, list...); errors.Is(err, store.ErrRepeated) {
		err = nil
	}
	return Seen{d.Body.Account, d.Version}, err
}
