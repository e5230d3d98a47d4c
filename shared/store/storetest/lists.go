package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

func errorIs(err, want error) bool { return errors.Is(err, want) }

func put(t *testing.T, c items, id string, body Item) {
	t.Helper()
	must(t, c.Commit(ctx(t), store.New(id, body), ""))
}

// all pages through a list.
func all(t *testing.T, c items, q store.Query) []*store.Doc[Item] {
	t.Helper()
	var out []*store.Doc[Item]
	for range 1000 {
		l, err := c.Page(ctx(t), q)
		must(t, err)
		out = append(out, l.Docs...)
		if l.Next == "" {
			return out
		}
		if len(l.Docs) != q.Limit {
			t.Fatalf("a page of %d, not %d, has a next one", len(l.Docs), q.Limit)
		}
		q.After = l.Next
	}
	t.Fatal("the list does not end")
	return nil
}

// Missing, null, false, zero and empty are one value; all others are themselves.
func testEqualValues(t *testing.T, s Subject) {
	e, c := open(t, s)
	for id, body := range map[string]string{
		"1": `{}`, "2": `{"owner":null}`, "3": `{"owner":""}`, "4": `{"owner":false}`, "5": `{"owner":0}`,
		"6": `{"owner":"p"}`, "7": `{"owner":true}`, "8": `{"owner":7}`, "9": `{"owner":"7"}`,
	} {
		w := store.Write{Record: store.Record{ID: id, Body: []byte(body)}}
		must(t, e.Commit(ctx(t), "item", w))
	}
	type named string
	for _, k := range []struct {
		value any
		want  []string
	}{
		{nil, []string{"1", "2", "3", "4", "5"}}, {"", []string{"1", "2", "3", "4", "5"}}, {false, []string{"1", "2", "3", "4", "5"}},
		{0, []string{"1", "2", "3", "4", "5"}}, {"p", []string{"6"}}, {named("p"), []string{"6"}}, {true, []string{"7"}},
		{int64(7), []string{"8"}}, {"7", []string{"9"}}, {"x", nil},
	} {
		q := store.Query{Index: "by_owner", Equal: []any{k.value}, Limit: 2}
		var got []string
		for page := 0; page < 10; page++ {
			p, err := e.Page(ctx(t), "item", q)
			must(t, err)
			for _, r := range p.Records {
				got = append(got, r.ID)
			}
			if q.After = p.Next; p.Next == "" {
				break
			}
		}
		n, err := c.Count(ctx(t), q)
		must(t, err)
		if !slices.Equal(got, k.want) || int(n) != len(k.want) {
			t.Errorf("%v: %v, count %d", k.value, got, n)
		}
	}
}

// Pages of every size give the same list in both directions, with ties.
func testPaging(t *testing.T, s Subject) {
	_, c := open(t, s)
	var want []string
	for i := range 23 {
		id := fmt.Sprintf("d%02d", i)
		put(t, c, id, Item{Owner: "p", Due: instant.Time(1_700_000_000_000 + int64(i/5)), Score: int64(i / 5), Open: true, Stage: "s", Deep: &Deep{int64(i / 5)}})
		want = append(want, id)
	}
	put(t, c, "other", Item{Owner: "q", Due: 1_700_000_000_000})
	backwards := slices.Clone(want)
	slices.Reverse(backwards)
	for _, q := range []store.Query{
		{Index: "by_owner_due", Equal: []any{"p"}}, {Index: "by_owner", Equal: []any{"p"}},
		{Index: "by_open_stage", Equal: []any{true, "s"}}, {Index: "by_rank", Equal: []any{"p"}},
	} {
		for _, limit := range []int{1, 5, 7, 22, 23, 24} {
			for _, desc := range []bool{false, true} {
				q.Limit, q.Desc = limit, desc
				expect := want
				if desc {
					expect = backwards
				}
				if got := ids(all(t, c, q)); got != strings.Join(expect, " ") {
					t.Fatalf("%+v: %s", q, got)
				}
			}
		}
	}
}

// While documents are inserted all over the list, those that were there before
// are each seen once.
func testPagingWhileWriting(t *testing.T, s Subject) {
	_, c := open(t, s)
	const before = 120
	for i := range before {
		put(t, c, fmt.Sprintf("old%03d", i), Item{Owner: "p", Due: instant.Time(1_700_000_000_000 + int64(i/3))})
	}
	for _, desc := range []bool{false, true} {
		var inserted atomic.Int64
		var stop atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			for n := 0; !stop.Load() && n < 300; n++ {
				id := fmt.Sprintf("new%v%d", desc, n)
				if err := c.Commit(ctx(t), store.New(id, Item{Owner: "p", Due: instant.Time(1_700_000_000_000 + int64(n*7%40))}), ""); err != nil {
					t.Error(err)
					return
				}
				inserted.Add(1)
			}
		}()
		seen := map[string]int{}
		q := store.Query{Index: "by_owner_due", Equal: []any{"p"}, Desc: desc, Limit: 4}
		for page := int64(1); ; page++ {
			l, err := c.Page(ctx(t), q)
			must(t, err)
			for _, d := range l.Docs {
				seen[d.ID]++
			}
			if q.After = l.Next; l.Next == "" {
				break
			}
			for inserted.Load() < min(page, 300) && !t.Failed() { // something new between any two pages
				time.Sleep(50 * time.Microsecond)
			}
		}
		stop.Store(true)
		<-done
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s seen %d times", id, n)
			}
		}
		for i := range before {
			if id := fmt.Sprintf("old%03d", i); seen[id] != 1 {
				t.Errorf("%s seen %d times", id, seen[id])
			}
		}
	}
}

// Documents without the ordering path come first, and none is left out.
func testLackingOrder(t *testing.T, s Subject) {
	_, c := open(t, s)
	for i := range 5 {
		put(t, c, fmt.Sprint("a", i), Item{Owner: "p"})
		put(t, c, fmt.Sprint("b", i), Item{Owner: "p", Due: instant.Time(1_700_000_000_000 + int64(i))})
	}
	for limit := 1; limit <= 11; limit++ {
		for _, index := range []string{"by_owner_due", "by_due"} {
			q := store.Query{Index: index, Limit: limit}
			if index == "by_owner_due" {
				q.Equal = []any{"p"}
			}
			if got := ids(all(t, c, q)); got != "a0 a1 a2 a3 a4 b0 b1 b2 b3 b4" {
				t.Fatalf("limit %d: %s", limit, got)
			}
			q.Desc = true
			if got := ids(all(t, c, q)); got != "b4 b3 b2 b1 b0 a4 a3 a2 a1 a0" {
				t.Fatalf("limit %d, descending: %s", limit, got)
			}
			if n, err := c.Count(ctx(t), q); err != nil || n != 10 {
				t.Fatal(n, err)
			}
		}
	}
}

// A range includes its beginning and excludes its end.
func testRanges(t *testing.T, s Subject) {
	_, c := open(t, s)
	at := func(i int) instant.Time { return instant.Time(1_700_000_000_000 + int64(i)*1000) }
	for i := range 10 {
		put(t, c, fmt.Sprint("d", i), Item{Owner: "p", Due: at(i), Open: i%2 == 0, Stage: "s", Score: int64(i - 3)})
	}
	put(t, c, "none", Item{Owner: "p"})
	for _, k := range []struct {
		q    store.Query
		want string
	}{
		{store.Query{Index: "by_owner_due", Equal: []any{"p"}, Range: store.Range{From: at(2), To: at(5)}}, "d2 d3 d4"},
		{store.Query{Index: "by_owner_due", Equal: []any{"p"}, Range: store.Range{From: at(2), To: at(5)}, Desc: true}, "d4 d3 d2"},
		{store.Query{Index: "by_owner_due", Equal: []any{"p"}, Range: store.Range{To: at(2)}}, "d0 d1"},
		{store.Query{Index: "by_owner_due", Equal: []any{"p"}, Range: store.Range{From: at(8)}, Desc: true}, "d9 d8"},
		{store.Query{Index: "by_due", Range: store.Range{From: at(8).String()}}, "d8 d9"},
		{store.Query{Index: "by_open_stage", Equal: []any{true, "s"}, Range: store.Range{From: int64(-1), To: int64(5)}}, "d2 d4 d6"},
		{store.Query{Index: "by_open_stage", Equal: []any{false, "s"}, Range: store.Range{From: -2}}, "d1 d3 d5 d7 d9"},
		{store.Query{Index: "by_owner_due", Equal: []any{"p"}, Range: store.Range{From: at(5), To: at(5)}}, ""},
	} {
		if k.q.Index == "by_open_stage" && k.q.Equal[0] == false {
			k.want = "d1 d5 d7 d9" // d3 has score 0, which is left out of its body
		}
		for limit := 1; limit < 5; limit++ {
			k.q.Limit = limit
			if got := ids(all(t, c, k.q)); got != k.want {
				t.Errorf("%+v: %s", k.q, got)
			}
		}
		if n, err := c.Count(ctx(t), k.q); err != nil || int(n) != len(strings.Fields(k.want)) {
			t.Errorf("%+v: count %d %v", k.q, n, err)
		}
	}
	for _, k := range []struct {
		q    store.Query
		want int64
	}{
		{store.Query{Index: "by_id"}, 11}, {store.Query{Index: "by_open_stage"}, 11}, {store.Query{Index: "by_open_stage", Equal: []any{true}}, 5},
		{store.Query{Index: "by_open_stage", Equal: []any{true, ""}}, 0}, {store.Query{Index: "by_open_stage", Equal: []any{false, ""}}, 1},
	} {
		if n, err := c.Count(ctx(t), k.q); err != nil || n != k.want {
			t.Errorf("%+v: count %d %v", k.q, n, err)
		}
	}
}
