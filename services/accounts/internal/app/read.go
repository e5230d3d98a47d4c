package app

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Seen is a customer as a principal may see it.
type Seen struct {
	File   customer.File
	Owner  string
	Masked bool
	At     int64 // version
}

// Get gives a customer, following folds to the file it became.
func (a *Accounts) Get(ctx context.Context, p auth.Principal, id string) (Seen, error) {
	d, holder, err := a.permitted(ctx, p, access.Read, id)
	if err != nil {
		return Seen{}, err
	}
	return Seen{File: d.Body, Owner: holder.Owner, At: d.Version}, nil
}

// permitted gives a customer, following folds, and who answers for it, if the
// principal may do the action to it.
func (a *Accounts) permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (*store.Doc[customer.File], access.Holder, error) {
	d, err := a.root(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, access.Holder{}, problem.Missing("客户", "customer", id)
	}
	if err != nil {
		return nil, access.Holder{}, err
	}
	holder, err := a.holder(ctx, d)
	if err != nil {
		return nil, access.Holder{}, err
	}
	return d, holder, a.guard.May(p, action, holder)
}

// Search lists customers whose name begins with prefix, in order of the name.
func (a *Accounts) Search(ctx context.Context, p auth.Principal, prefix string, limit int, after string) ([]Seen, string, error) {
	if err := a.guard.MayAtAll(p, access.Search); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: storage.BySearch, Equal: []any{""}, Limit: limit, After: after}
	if s := matching.Name(prefix); s != "" {
		q.Range = store.Range{From: s, To: s + "\U0010ffff"}
	}
	page, err := a.docs.Customers.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	out, err := a.show(ctx, p, page.Docs)
	return out, page.Next, err
}

// Newest lists customers by when their file was opened, newest first.
func (a *Accounts) Newest(ctx context.Context, p auth.Principal, limit int, after string) ([]Seen, string, error) {
	if err := a.guard.MayAtAll(p, access.Search); err != nil {
		return nil, "", err
	}
	page, err := a.docs.Customers.Page(ctx, store.Query{Index: storage.ByCreated, Equal: []any{""}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out, err := a.show(ctx, p, page.Docs)
	return out, page.Next, err
}

// Found answers a look-up.
type Found struct {
	Seen
	By []string // kinds of keys that agree
}

// LookUp answers whether what somebody types is a known customer: those
// that a deciding key leads to, and some whose names are alike. What the caller
// may not see is masked.
func (a *Accounts) LookUp(ctx context.Context, p auth.Principal, k matching.Known) (found []Found, alike []Seen, err error) {
	if err := a.guard.MayAtAll(p, access.LookUp); err != nil {
		return nil, nil, err
	}
	id := matching.Identify(k)
	at := map[string]int{}
	for _, key := range id.Keys {
		d, err := a.docs.Keys.Get(ctx, key.ID())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		f, err := a.root(ctx, d.Body.Customer)
		if err != nil {
			return nil, nil, err
		}
		if i, ok := at[f.ID]; ok {
			found[i].By = append(found[i].By, key.Kind)
			continue
		}
		seen, err := a.show(ctx, p, []*store.Doc[customer.File]{f})
		if err != nil {
			return nil, nil, err
		}
		at[f.ID] = len(found)
		found = append(found, Found{Seen: seen[0], By: []string{key.Kind}})
	}
	alike, err = a.alike(ctx, p, id.Loose, at)
	return found, alike, err
}

const mostAlike = 10

func (a *Accounts) alike(ctx context.Context, p auth.Principal, loose string, not map[string]int) ([]Seen, error) {
	if len([]rune(loose)) < 2 {
		return nil, nil
	}
	page, err := a.docs.Customers.Page(ctx, store.Query{Index: storage.ByLoose, Equal: []any{"", loose}, Limit: mostAlike + len(not)})
	if err != nil {
		return nil, err
	}
	var docs []*store.Doc[customer.File]
	for _, d := range page.Docs {
		if _, known := not[d.ID]; !known && len(docs) < mostAlike {
			docs = append(docs, d)
		}
	}
	return a.show(ctx, p, docs)
}

// show gives files as the principal may see them.
func (a *Accounts) show(ctx context.Context, p auth.Principal, docs []*store.Doc[customer.File]) ([]Seen, error) {
	out := make([]Seen, 0, len(docs))
	for _, d := range docs {
		holder, err := a.holder(ctx, d)
		if err != nil {
			return nil, err
		}
		d.Body.IdentifyContacts()
		s := Seen{File: d.Body, Owner: holder.Owner, At: d.Version}
		if a.guard.May(p, access.Read, holder) != nil {
			s = Seen{File: customer.File{Customer: customer.Masked(d.Body.Customer)}, Masked: true, At: d.Version}
		}
		out = append(out, s)
	}
	return out, nil
}

func (a *Accounts) holder(ctx context.Context, d *store.Doc[customer.File]) (access.Holder, error) {
	o, err := a.docs.Owners.Get(ctx, d.ID)
	if errors.Is(err, store.ErrNotFound) {
		return access.Holder{Opener: d.Body.CreatedBy}, nil
	}
	if err != nil {
		return access.Holder{}, err
	}
	return access.Holder{Owner: o.Body.Owner, Pooled: o.Body.Pooled, Opener: d.Body.CreatedBy}, nil
}
