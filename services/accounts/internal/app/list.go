package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/store"
)

// ByTier lists customers of a tier by name.
func (a *Accounts) ByTier(ctx context.Context, p auth.Principal, tier string, limit int, after string) ([]Seen, string, error) {
	return a.byField(ctx, p, store.Query{Index: storage.ByTier, Equal: []any{tier, ""}, Limit: limit, After: after})
}

// ByType lists customers of a type by name.
func (a *Accounts) ByType(ctx context.Context, p auth.Principal, kind string, limit int, after string) ([]Seen, string, error) {
	return a.byField(ctx, p, store.Query{Index: storage.ByType, Equal: []any{kind, ""}, Limit: limit, After: after})
}

func (a *Accounts) byField(ctx context.Context, p auth.Principal, q store.Query) ([]Seen, string, error) {
	if err := a.guard.MayAtAll(p, access.Search); err != nil {
		return nil, "", err
	}
	page, err := a.docs.Customers.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	out, err := a.show(ctx, p, page.Docs)
	return out, page.Next, err
}

// ByLabel lists customers that carry a tag by name. The list follows the
// files within moments; a customer who lost the tag is never in it, so that a page
// may be shorter than its limit.
func (a *Accounts) ByLabel(ctx context.Context, p auth.Principal, label string, limit int, after string) ([]Seen, string, error) {
	if err := a.guard.MayAtAll(p, access.Search); err != nil {
		return nil, "", err
	}
	page, err := a.docs.Labels.Page(ctx, store.Query{Index: storage.ByLabel, Equal: []any{label}, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, 0, len(page.Docs))
	for _, l := range page.Docs {
		ids = append(ids, l.Body.File)
	}
	out, err := a.these(ctx, p, ids, func(f customer.File) bool { return slices.Contains(labels(f), label) })
	return out, page.Next, err
}

// ByOwner lists the customers of a person, the newest file first.
func (a *Accounts) ByOwner(ctx context.Context, p auth.Principal, owner string, limit int, after string) ([]Seen, string, error) {
	if err := a.guard.MayAtAll(p, access.Search); err != nil {
		return nil, "", err
	}
	page, err := a.docs.Owners.Page(ctx, store.Query{Index: storage.ByOwner, Equal: []any{owner}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	ids := make([]string, 0, len(page.Docs))
	for _, o := range page.Docs {
		ids = append(ids, o.ID)
	}
	out, err := a.these(ctx, p, ids, func(f customer.File) bool { return f.MergedInto == "" })
	return out, page.Next, err
}

// these shows the files of ids that still belong into a list.
func (a *Accounts) these(ctx context.Context, p auth.Principal, ids []string, belongs func(customer.File) bool) ([]Seen, error) {
	docs := make([]*store.Doc[customer.File], 0, len(ids))
	for _, id := range ids {
		d, err := a.docs.Customers.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue // owned before its file was opened
		}
		if err != nil {
			return nil, err
		}
		if belongs(d.Body) {
			docs = append(docs, d)
		}
	}
	return a.show(ctx, p, docs)
}
