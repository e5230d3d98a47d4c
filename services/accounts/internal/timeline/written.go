package timeline

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Written is an entry in its JSON form as it stands in the store, for whoever
// passes it on as it is: to take it apart and put it together again costs more than
// to find it.
type Written []byte

// MarshalJSON gives the entry.
func (w Written) MarshalJSON() ([]byte, error) { return w, nil }

// UnmarshalJSON keeps the entry.
func (w *Written) UnmarshalJSON(text []byte) error {
	*w = bytes.Clone(text)
	return nil
}

// Schema implements huma.SchemaProvider.
func (Written) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[catalogue.TimelineEntry](), true, "")
}

// Latest gives a customer's newest entries by when they occurred, newest first,
// without what another source told first and without asking who reads.
func (t *Timeline) Latest(ctx context.Context, customer string, limit int) ([]Written, error) {
	q := store.Query{Index: holdings.Index, Equal: []any{customer}, Desc: true}
	out := make([]Written, 0, limit)
	for read := 0; ; {
		q.Limit = limit - len(out)
		page, err := t.Engine.Page(ctx, entries.Name, q)
		if err != nil {
			return nil, store.Outcome("page", entries.Name, q.Index, err)
		}
		for _, r := range page.Records {
			w, err := written(r.Body)
			if err != nil {
				return nil, store.Outcome("read", entries.Name, r.ID, err)
			}
			if w != nil {
				out = append(out, w)
			}
		}
		read += len(page.Records)
		if q.After = page.Next; q.After == "" || len(out) >= limit || read >= mostRead {
			return out, nil
		}
	}
}

// Names that a document holds besides what is passed on as it is.
var (
	sameAs  = []byte(`"same_as":`)
	origins = []byte(`"origins":`)
)

// written gives an entry of a document, none if another source told it first. Few
// documents have to be looked into.
func written(document []byte) (Written, error) {
	if !bytes.Contains(document, sameAs) && !bytes.Contains(document, origins) {
		return document, nil
	}
	var e Entry
	if err := json.Unmarshal(document, &e); err != nil || e.SameAs != "" {
		return nil, err
	}
	return json.Marshal(e.TimelineEntry)
}
