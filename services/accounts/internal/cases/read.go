package cases

import (
	"context"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Get gives a case.
func (c *Cases) Get(ctx context.Context, id string) (*Doc, error) {
	return c.get(ctx, id, access.CaseRead)
}

// Filter says which cases are listed: those of a customer; open ones of an owner
// or of a kind; else all.
type Filter struct {
	Customer, Owner, Kind string
	Ended                 bool // of an owner or kind: those that ended
}

// List lists cases, newest first; what the caller may not read is left out.
func (c *Cases) List(ctx context.Context, f Filter, limit int, after string) ([]*Doc, string, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CaseRead); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: byOpened, Desc: true, Limit: limit, After: after}
	given := 0
	if f.Customer != "" {
		file, err := c.Files.Root(ctx, f.Customer)
		if err != nil {
			return nil, "", problem.Missing("客户", "customer", f.Customer)
		}
		q.Index, q.Equal = holdings.Index, []any{file.ID}
		given++
	}
	if f.Owner != "" {
		q.Index, q.Equal = byOwner, []any{!f.Ended, f.Owner}
		given++
	}
	if f.Kind != "" {
		q.Index, q.Equal = byKind, []any{!f.Ended, f.Kind}
		given++
	}
	if given > 1 {
		return nil, "", problem.InvalidFields(problem.FieldError("query", "combination", "一次只能用一个条件", "only one filter at a time"))
	}
	page, err := c.docs.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	docs := slices.DeleteFunc(page.Docs, func(d *Doc) bool { return c.may(ctx, access.CaseRead, &d.Body) != nil })
	return docs, page.Next, nil
}

// Figure is how fast cases of a kind were answered and solved.
type Figure struct {
	Kind            string `json:"kind"`
	Cases           int    `json:"cases"`
	Open            int    `json:"open"`
	Answered        int    `json:"answered"`
	AnsweredLate    int    `json:"answered_late" doc:"Among all: the response clock ran down first"`
	MeanResponseMS  int64  `json:"mean_response_ms" doc:"Of those answered, in the clock's kind of time, in milliseconds"`
	WorstResponseMS int64  `json:"worst_response_ms"`
	Solved          int    `json:"solved"`
	SolvedLate      int    `json:"solved_late" doc:"Among all: the resolution clock ran down first"`
	MeanSolutionMS  int64  `json:"mean_solution_ms" doc:"Of those solved, waiting for the customer left out, in milliseconds"`
}

// Figures gives how fast the cases opened in [from, to) were answered and solved, by kind.
func (c *Cases) Figures(ctx context.Context, from, to instant.Time) ([]Figure, error) {
	if err := c.Guard.May(auth.From(ctx), access.CaseRead, access.Holder{}); err != nil {
		return nil, err // figures are of everybody's
	}
	q := store.Query{Index: byOpened, Limit: 500}
	if !from.IsZero() {
		q.Range.From = from.String()
	}
	if !to.IsZero() {
		q.Range.To = to.String()
	}
	byKind := map[string]*Figure{}
	for {
		page, err := c.docs.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			f := byKind[d.Body.Kind]
			if f == nil {
				f = &Figure{Kind: d.Body.Kind}
				byKind[d.Body.Kind] = f
			}
			f.count(d)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	out := make([]Figure, 0, len(byKind))
	for _, f := range byKind {
		f.MeanResponseMS /= int64(max(f.Answered, 1))
		f.MeanSolutionMS /= int64(max(f.Solved, 1))
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Figure) int { return b.Cases - a.Cases })
	return out, nil
}

// count takes a case in; means hold sums until all are counted.
func (f *Figure) count(d *Doc) {
	t := d.Body
	f.Cases++
	if t.Open {
		f.Open++
	}
	if !t.Response.DoneAt.IsZero() {
		f.Answered++
		f.MeanResponseMS += t.Response.TookMS
		f.WorstResponseMS = max(f.WorstResponseMS, t.Response.TookMS)
	}
	if !t.Response.BreachedAt.IsZero() {
		f.AnsweredLate++
	}
	if !t.Solution.DoneAt.IsZero() {
		f.Solved++
		f.MeanSolutionMS += t.Solution.TookMS
	}
	if !t.Solution.BreachedAt.IsZero() {
		f.SolvedLate++
	}
}
