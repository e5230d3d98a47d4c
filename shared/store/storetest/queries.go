package storetest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// A cursor serves the list it was made for and no other.
func testCursors(t *testing.T, s Subject) {
	_, c := open(t, s)
	for i := range 5 {
		put(t, c, fmt.Sprint("d", i), Item{Owner: "p", Due: instant.Time(1_700_000_000_000 + int64(i))})
	}
	q := store.Query{Index: "by_owner_due", Equal: []any{"p"}, Limit: 2}
	l, err := c.Page(ctx(t), q)
	must(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	decoded, err := base64.RawURLEncoding.DecodeString(l.Next)
	must(t, err)
	mark := string(decoded[:strings.IndexByte(string(decoded), ',')])
	for _, after := range []string{"x", "!", "null", encode([]byte("null")), encode([]byte("[]")), encode([]byte(`["a",null,"b"]`)), l.Next + "A", l.Next[1:],
		encode([]byte(mark + `,true,"d1"]`)), encode([]byte(mark + `,{"$gt":""},"d1"]`)), encode([]byte(mark + `,"x",{"$gt":""}]`)), encode([]byte(mark + `,"x",""]`))} {
		bad := q
		bad.After = after
		if _, err := c.Page(ctx(t), bad); !errorIs(err, store.ErrBadCursor) {
			t.Errorf("%q: %v", after, err)
		}
	}
	for _, other := range []store.Query{
		{Index: "by_owner_due", Equal: []any{"q"}}, {Index: "by_owner_due", Equal: []any{"p"}, Desc: true}, {Index: "by_owner", Equal: []any{"p"}},
		{Index: "by_owner_due", Equal: []any{"p"}, Range: store.Range{From: "2020"}},
	} {
		other.After = l.Next
		if _, err := c.Page(ctx(t), other); !errorIs(err, store.ErrBadCursor) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	if _, _, err := c.Engine().Facts(ctx(t), "x", 10); !errorIs(err, store.ErrBadCursor) {
		t.Error(err)
	}
	if _, _, err := c.Engine().Documents(ctx(t), l.Next, 10); !errorIs(err, store.ErrBadCursor) {
		t.Error(err)
	}
}

func testBadQueries(t *testing.T, s Subject) {
	_, c := open(t, s)
	for _, q := range []store.Query{
		{Index: "nothing"}, {Index: "by_owner"}, {Index: "by_owner", Equal: []any{"a", "b"}}, {Index: "by_open_stage", Equal: []any{true}},
		{Index: "by_owner", Equal: []any{"a"}, Range: store.Range{From: "x"}}, {Index: "by_due", Range: store.Range{From: true}},
		{Index: "by_due", Limit: -1}, {Index: "by_due", Limit: 501}, {Index: "by_owner", Equal: []any{[]string{"a"}}},
		{Index: "of_stage", Equal: []any{"", true}}, {Index: "of_stage", Equal: []any{nil, true}},
	} {
		if _, err := c.Page(ctx(t), q); !errorIs(err, store.ErrBadQuery) {
			t.Errorf("page %+v: %v", q, err)
		}
	}
	for _, q := range []store.Query{{Index: "by_owner", Equal: []any{"a", "b"}}, {Index: "by_open_stage", Equal: []any{true}, Range: store.Range{From: 1}},
		{Index: "of_stage"}, {Index: "of_stage", Equal: []any{""}}} {
		if _, err := c.Count(ctx(t), q); !errorIs(err, store.ErrBadQuery) {
			t.Errorf("count %+v: %v", q, err)
		}
	}
}

// A sparse list holds what the same list would that is not sparse, also of
// documents that come into it and leave it.
func testSparse(t *testing.T, s Subject) {
	_, c := open(t, s)
	for id, i := range map[string]Item{"a": {Stage: "s", Open: true, Due: 2}, "b": {Stage: "s", Due: 3}, "c": {Open: true}, "d": {}, "e": {Stage: "s", Open: true}} {
		put(t, c, id, i)
	}
	change := func(id string, stage string) {
		d, err := c.Get(ctx(t), id)
		must(t, err)
		d.Body.Stage = stage
		must(t, c.Commit(ctx(t), d, ""))
	}
	change("d", "s")
	change("b", "")
	for _, q := range []struct {
		open any
		want []string
	}{{true, []string{"e", "a"}}, {false, []string{"d"}}} {
		query := store.Query{Index: "of_stage", Equal: []any{"s", q.open}, Limit: 5}
		var got []string
		for _, d := range all(t, c, query) {
			got = append(got, d.ID)
		}
		n, err := c.Count(ctx(t), query)
		must(t, err)
		if !slices.Equal(got, q.want) || n != int64(len(q.want)) {
			t.Errorf("open %v: %v (%d counted), not %v", q.open, got, n, q.want)
		}
	}
}

// Every list and count is answered from its index.
func testIndexes(t *testing.T, s Subject) {
	if !s.Explains {
		t.Log("this server does not explain its plans; nothing is proven here")
		return
	}
	e, c := open(t, s)
	for i := range 300 {
		put(t, c, fmt.Sprint("d", i), Item{Owner: fmt.Sprint("p", i%3), Due: instant.Time(1_700_000_000_000 + int64(i)), Open: true, Stage: "s", Score: int64(i), Deep: &Deep{int64(i)}})
	}
	for _, i := range ItemSpec.Indexes {
		equal := map[string]any{"owner": "p1", "open": true, "stage": "s"}
		var values []any
		for _, p := range i.Equal {
			values = append(values, equal[p])
		}
		for _, desc := range []bool{false, true} {
			q := store.Query{Index: i.Name, Equal: values, Desc: desc, Limit: 20}
			l, err := c.Page(ctx(t), q)
			must(t, err)
			after := q
			after.After = l.Next
			queries := []store.Query{q, after}
			if i.Order == "due" {
				ranged := q
				ranged.Range = store.Range{From: instant.Time(1_700_000_000_010), To: instant.Time(1_700_000_000_200)}
				l, err := c.Page(ctx(t), ranged)
				must(t, err)
				further := ranged
				further.After = l.Next
				queries = append(queries, ranged, further)
			}
			for _, q := range queries {
				plan, err := e.Explain(ctx(t), "item", q)
				must(t, err)
				if err := s.UsesIndex(plan, "item", i); err != nil {
					t.Errorf("%+v: %v\n%s", q, err, plan)
				}
			}
		}
	}
}

// Declaring again adds, keeps what is there, and refuses what is no name.
func testDeclareAgain(t *testing.T, s Subject) {
	e, c := open(t, s)
	put(t, c, "a", Item{Owner: "p", Stage: "s"})
	changed := ItemSpec
	changed.Indexes = append([]store.Index{{Name: "by_stage", Equal: []string{"stage"}}}, ItemSpec.Indexes...)
	must(t, e.Declare(ctx(t), changed))
	must(t, e.Declare(ctx(t), changed))
	l, err := c.Page(ctx(t), store.Query{Index: "by_stage", Equal: []any{"s"}})
	must(t, err)
	changed.Indexes[0] = store.Index{Name: "by_stage", Equal: []string{"stage"}, Order: "due"}
	must(t, e.Declare(ctx(t), changed))
	again, err := c.Page(ctx(t), store.Query{Index: "by_stage", Equal: []any{"s"}})
	must(t, err)
	if ids(l.Docs) != "a" || ids(again.Docs) != "a" {
		t.Error(ids(l.Docs), ids(again.Docs))
	}
	for _, bad := range []store.Spec{
		{}, {Name: "facts"}, {Name: "sqlite_x"}, {Name: "A"}, {Name: "a b"}, {Name: `a"`}, {Name: "ok", Indexes: []store.Index{{Name: "x y"}}},
		{Name: "ok", Indexes: []store.Index{{Name: "x", Equal: []string{"a'b"}}}}, {Name: "ok", Indexes: []store.Index{{Name: "x"}, {Name: "x"}}},
		{Name: "ok", Indexes: []store.Index{{Name: "x", Order: "a..b"}}},
	} {
		if err := e.Declare(ctx(t), bad); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}
