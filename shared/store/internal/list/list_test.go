package list

import (
	"errors"
	"slices"
	"testing"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

var spec = store.Spec{Name: "deal", Indexes: []store.Index{
	{Name: "by_id"}, {Name: "by_owner_due", Equal: []string{"owner"}, Order: "due"},
}}

func page(t *testing.T, q store.Query) Plan {
	t.Helper()
	p, err := ForPage(spec, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestValuesTakeTheFormTheyHaveInABody(t *testing.T) {
	type stage string
	for _, c := range []struct{ given, want any }{
		{stage("won"), "won"}, {7, int64(7)}, {uint8(7), int64(7)}, {1.5, 1.5}, {true, true},
		{instant.Time(1), "1970-01-01T00:00:00.001Z"}, {instant.Time(0), nil},
		{nil, nil}, {"", nil}, {stage(""), nil}, {0, nil}, {0.0, nil}, {false, nil},
	} {
		if p := page(t, store.Query{Index: "by_owner_due", Equal: []any{c.given}}); p.Equal[0] != c.want {
			t.Errorf("%v (%T) became %v", c.given, c.given, p.Equal[0])
		}
	}
	if _, err := ForPage(spec, store.Query{Index: "by_owner_due", Equal: []any{struct{}{}}}); !errors.Is(err, store.ErrBadQuery) {
		t.Error(err)
	}
}

func TestPartsOfAList(t *testing.T) {
	q := store.Query{Index: "by_owner_due", Equal: []any{"p"}}
	ranged, desc := q, q
	ranged.Range.From = "x"
	desc.Desc = true
	at := func(q store.Query, value any) store.Query {
		p := page(t, q)
		cursor, err := p.Cursor(Position{Value: value, ID: "d"})
		if err != nil {
			t.Fatal(err)
		}
		q.After = cursor
		return q
	}
	for _, c := range []struct {
		q    store.Query
		want []Part
	}{
		{store.Query{Index: "by_id"}, []Part{Whole}}, {q, []Part{Lacking, Having}}, {desc, []Part{Having, Lacking}}, {ranged, []Part{Having}},
		{at(q, nil), []Part{Lacking, Having}}, {at(q, "v"), []Part{Having}}, {at(desc, "v"), []Part{Having, Lacking}}, {at(desc, nil), []Part{Lacking}},
	} {
		if got := page(t, c.q).Parts(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v", c.q, got)
		}
	}
}

func TestACursorComesBack(t *testing.T) {
	q := store.Query{Index: "by_owner_due", Equal: []any{"p"}}
	for _, value := range []any{nil, "2024-01-01T00:00:00.000Z", int64(9007199254740993), 1.5, "中"} {
		p := page(t, q)
		cursor, err := p.Cursor(Position{Value: value, ID: "客户"})
		if err != nil {
			t.Fatal(err)
		}
		q.After = cursor
		if got := page(t, q).After; got == nil || got.Value != value || got.ID != "客户" {
			t.Errorf("%v came back as %+v", value, got)
		}
		q.After = ""
	}
}

// No text whatever makes a cursor that an engine would choke on.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(Encode("0123456789ab", nil, "x"))
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := ForPage(spec, store.Query{Index: "by_owner_due", Equal: []any{"p"}, After: cursor})
		if err != nil && !errors.Is(err, store.ErrBadCursor) {
			t.Error(err)
		}
		if err == nil && p.After != nil && p.After.ID == "" {
			t.Error("a position without an id")
		}
	})
}

func TestNamesThatBecomeStatements(t *testing.T) {
	if err := Check(spec); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "Facts", "facts", "sqlite_a", "a-b", `a"b`, "1a", "系统"} {
		if Check(store.Spec{Name: bad}) == nil {
			t.Errorf("%q is taken as a collection name", bad)
		}
	}
}
