package decisions

import (
	"context"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// List is a list of journeys of one kind: an index of the documents.
type List store.Query

// Running lists open journeys by the policy version of their newest decision.
func Running(kind string) List { return List{Index: "policy", Equal: []any{kind, false}} }

// EndedOnes lists journeys that have ended.
func EndedOnes(kind string) List { return List{Index: "policy", Equal: []any{kind, true}} }

// Behind lists open journeys that decided by an older policy than version.
func Behind(kind string, version int64) List {
	return List{Index: "policy", Equal: []any{kind, false}, Range: store.Range{To: version}}
}

// By lists open journeys whose newest decision was by a version of the policy.
func By(kind string, version int64) List {
	return List{Index: "policy", Equal: []any{kind, false}, Range: store.Range{From: version, To: version + 1}}
}

// Elsewhere lists open journeys of a person that decided by another working
// calendar than this one: those before it and those after it.
func Elsewhere(kind, person, calendar string) []List {
	by := func(r store.Range) List {
		return List{Index: "calendar", Equal: []any{kind, false, person}, Range: r}
	}
	now := ranOn(calendar)
	return []List{by(store.Range{To: now}), by(store.Range{From: now + "\x01"})}
}

// Overdue lists open journeys whose next obligation was due before an instant, longest first.
func Overdue(kind string, before instant.Time) List {
	return List{Index: "due", Equal: []any{kind, false}, Range: store.Range{From: "0", To: before.String()}}
}

// Troubled lists journeys with an effect that failed for good, or whose rules fail, newest first.
func Troubled(kind string) List { return List{Index: "troubled", Equal: []any{kind, true}, Desc: true} }

// Page gives a page of a list and the cursor of the following one.
func (d *Decider) Page(ctx context.Context, l List, limit int, after string) ([]Document, string, error) {
	l.Limit, l.After = limit, after
	page, err := d.docs.Page(ctx, store.Query(l))
	if err != nil {
		return nil, "", err
	}
	out := make([]Document, len(page.Docs))
	for i, doc := range page.Docs {
		out[i] = doc.Body
	}
	return out, page.Next, nil
}

// Count counts a list.
func (d *Decider) Count(ctx context.Context, l List) (int64, error) {
	return d.docs.Count(ctx, store.Query(l))
}
