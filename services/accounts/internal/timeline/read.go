package timeline

import (
	"context"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Filter narrows a timeline; what is empty does not.
type Filter struct {
	Kinds     []string
	Direction string
	Source    string
	From      instant.Time // inclusive
	To        instant.Time // exclusive
	Unique    bool         // without what another source told first
}

func (f Filter) takes(e Entry) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) && (f.Direction == "" || e.Direction == f.Direction) &&
		(f.Source == "" || e.Source == f.Source) && (!f.Unique || e.SameAs == "")
}

// mostRead is how many entries one page looks at: a filter that takes few of them
// gives a short page with a cursor.
const mostRead = 2000

// List gives a page of a customer's timeline, newest first by when it occurred, to
// whoever may read the customer.
func (t *Timeline) List(ctx context.Context, p auth.Principal, customer string, f Filter, limit int, after string) ([]catalogue.TimelineEntry, string, error) {
	file, _, err := t.Files.Permitted(ctx, p, access.Read, customer)
	if err != nil {
		return nil, "", err
	}
	return t.Newest(ctx, file.ID, f, limit, after)
}

// Newest gives a page of a customer's timeline without asking who reads.
func (t *Timeline) Newest(ctx context.Context, customer string, f Filter, limit int, after string) ([]catalogue.TimelineEntry, string, error) {
	q := store.Query{Index: holdings.Index, Equal: []any{customer}, Desc: true, Limit: limit, After: after}
	if len(f.Kinds) == 1 {
		q.Index, q.Equal = byKind, []any{customer, f.Kinds[0]}
	}
	if f.From != 0 {
		q.Range.From = f.From.String()
	}
	if f.To != 0 {
		q.Range.To = f.To.String()
	}
	out := []catalogue.TimelineEntry{}
	for read := 0; ; {
		q.Limit = limit - len(out)
		page, err := t.entries.Page(ctx, q)
		if err != nil {
			return nil, "", err
		}
		for _, d := range page.Docs {
			if f.takes(d.Body) {
				out = append(out, d.Body.TimelineEntry)
			}
		}
		read += len(page.Docs)
		if q.After = page.Next; q.After == "" || len(out) >= limit || read >= mostRead {
			return out, q.After, nil
		}
	}
}

// ListUnmatched gives a page of what belongs to nobody known, oldest first.
func (t *Timeline) ListUnmatched(ctx context.Context, p auth.Principal, limit int, after string) ([]UnmatchedEntry, string, error) {
	if err := t.Guard.MayAtAll(p, access.Unmatched); err != nil {
		return nil, "", err
	}
	page, err := t.unmatched.Page(ctx, store.Query{Index: bySince, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]UnmatchedEntry, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body)
	}
	return out, page.Next, nil
}
