package standing

import (
	"context"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Filter says which customers are listed: exactly one of its fields.
type Filter struct {
	Group, Lifecycle string
	Red, Key         bool
}

func (f Filter) query() (store.Query, error) {
	var found []store.Query
	if f.Group != "" {
		if !slices.Contains(catalogue.RiskGroups, f.Group) {
			return store.Query{}, problem.InvalidFields(problem.FieldError("query.group", "one_of", "没有这个风险组", "is not a risk group"))
		}
		found = append(found, store.Query{Index: byGroup + f.Group, Equal: []any{true}})
	}
	if f.Lifecycle != "" {
		found = append(found, store.Query{Index: byLifecycle, Equal: []any{f.Lifecycle}})
	}
	if f.Red {
		found = append(found, store.Query{Index: byRed, Equal: []any{true}})
	}
	if f.Key {
		found = append(found, store.Query{Index: byKey, Equal: []any{true}})
	}
	if len(found) != 1 {
		return store.Query{}, problem.InvalidFields(problem.FieldError("query", "exclusive", "请在 group、lifecycle、red、key_follow_up 中选择一个条件", "choose exactly one of group, lifecycle, red and key_follow_up"))
	}
	return found[0], nil
}

// Listed is a customer of a list.
type Listed struct {
	Standing catalogue.Standing
	Name     string
	Owner    string
}

// List gives customers by how they stand, the worst health first; the caller sees
// those that they may read.
func (p *Part) List(ctx context.Context, f Filter, limit int, after string) ([]Listed, string, error) {
	who := auth.From(ctx)
	if err := p.Guard.MayAtAll(who, access.StandingRead); err != nil {
		return nil, "", err
	}
	q, err := f.query()
	if err != nil {
		return nil, "", err
	}
	q.Limit, q.After = limit, after
	page, err := p.views.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	out := []Listed{}
	for _, d := range page.Docs {
		file, holder, err := p.Files.Permitted(ctx, who, access.StandingRead, d.ID)
		if err == nil {
			out = append(out, Listed{Standing: d.Body, Name: file.Name, Owner: holder.Owner})
		} else if !refused(err) && !missing(err) {
			return nil, "", err
		}
	}
	return out, page.Next, nil
}

// Brief is what every list shows of how a customer stands.
type Brief struct {
	Red       bool   `json:"red"`
	Health    int    `json:"health"`
	Lifecycle string `json:"lifecycle"`
	Key       bool   `json:"key"`
}

// Brief gives it, false for a customer of whom nothing is known yet.
func (p *Part) Brief(ctx context.Context, id string) (Brief, bool, error) {
	d, err := p.briefs.Get(ctx, id)
	if missing(err) {
		return Brief{}, false, nil
	}
	if err != nil {
		return Brief{}, false, err
	}
	return d.Body, true, nil
}
