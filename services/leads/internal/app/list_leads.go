package app

import (
	"context"

	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
)

// LeadFilter says which leads a list shows; of the filters one may be given, or
// owner with status or with no_next_touch.
type LeadFilter struct {
	Owner       string
	Status      string
	Source      string
	Customer    string
	NoNextTouch bool
	Pooled      bool
}

// query gives the list that serves the filter, and what is left to be looked at one by one.
func (f LeadFilter) query() (q store.Query, keep func(*LeadDoc) bool, err error) {
	type form struct{ owner, status, source, customer, none, pooled bool }
	given := form{f.Owner != "", f.Status != "", f.Source != "", f.Customer != "", f.NoNextTouch, f.Pooled}
	queries := map[form]store.Query{
		{}:                          {Index: "arrived", Desc: true},
		{owner: true}:               {Index: "owner", Equal: []any{f.Owner}, Desc: true},
		{owner: true, status: true}: {Index: "owner", Equal: []any{f.Owner}, Desc: true},
		{status: true}:              {Index: "status", Equal: []any{f.Status}, Desc: true},
		{source: true}:              {Index: "source", Equal: []any{f.Source}, Desc: true},
		{customer: true}:            {Index: "customer", Equal: []any{f.Customer}, Desc: true},
		{none: true}:                {Index: "no_next_touch", Equal: []any{true}},
		{none: true, owner: true}:   {Index: "owner_open", Equal: []any{f.Owner, true}},
		{pooled: true}:              {Index: "in_pool", Equal: []any{true}},
	}
	q, ok := queries[given]
	if !ok {
		return q, nil, problem.InvalidFields(problem.FieldError("query", "combination", "不支持这些条件的组合", "these filters cannot be combined"))
	}
	keep = func(d *LeadDoc) bool {
		return (f.Status == "" || d.Body.Status == f.Status) && (!f.NoNextTouch || d.Body.NoNextTouch)
	}
	return q, keep, nil
}

// pagesLooked bounds how far a list looks for things that the caller may see.
const pagesLooked = 5

// ListLeads lists leads that the caller may read, newest first. A page may be
// short where much of the list belongs to others; next goes on.
func (a *App) ListLeads(ctx context.Context, f LeadFilter, limit int, after string) ([]*LeadDoc, string, error) {
	if err := a.Guard.MayAtAll(ctx, access.LeadRead); err != nil {
		return nil, "", err
	}
	q, keep, err := f.query()
	if err != nil {
		return nil, "", err
	}
	if f.Owner != "" {
		if err := a.Guard.May(ctx, access.LeadRead, f.Owner); err != nil {
			return nil, "", err
		}
	}
	var found []*LeadDoc
	q.After = after
	for range pagesLooked {
		q.Limit = limit - len(found)
		page, err := a.Leads.Page(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, d := range page.Docs {
			if keep(d) && a.Guard.May(ctx, access.LeadRead, d.Body.Owner) == nil {
				found = append(found, d)
			}
		}
		q.After = page.Next
		if f.Owner != "" && f.NoNextTouch && len(page.Docs) > 0 && !keep(page.Docs[len(page.Docs)-1]) {
			q.After = "" // those that have a next touch come after those that have none
		}
		if q.After == "" || len(found) == limit {
			break
		}
	}
	return found, q.After, nil
}
