package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"liuke.dev/shared/store"
)

// chainHolds checks numbering and hashes of an aggregate's whole history.
func chainHolds(t *testing.T, history []store.Fact, version int64) {
	t.Helper()
	prev, last := "", int64(0)
	for _, f := range history {
		if f.Prev != prev || f.Hash != store.Link(prev, f.ID, f.Body) || f.Version < last || f.Version > version {
			t.Fatalf("%s does not follow: %+v", f.ID, f)
		}
		prev, last = f.Hash, f.Version
	}
}

// Facts come back in order, whole, and from any version on, whether published or not.
func testFacts(t *testing.T, s Subject) {
	e, c := open(t, s)
	d := store.New("a", Item{})
	for v := range 12 {
		facts := []store.Fact{}
		for n := range v % 4 {
			facts = append(facts, fact(fmt.Sprint(v+1, "-", n)))
		}
		must(t, c.Commit(ctx(t), d, "", facts...))
		if v == 6 {
			pending, err := e.Pending(ctx(t), 3)
			must(t, err)
			must(t, e.Published(ctx(t), pending))
		}
	}
	many := make([]store.Fact, 20)
	for i := range many {
		many[i] = fact(fmt.Sprint("13-", i))
	}
	must(t, c.Commit(ctx(t), d, "", many...))
	must(t, c.Commit(ctx(t), store.New("b", Item{}), "", fact("other")))
	history, err := e.History(ctx(t), "item/a", 0, 1000)
	must(t, err)
	if len(history) != 18+20 {
		t.Fatal(len(history))
	}
	chainHolds(t, history, d.Version)
	for i, f := range history[18:] {
		want := fact(fmt.Sprint("13-", i))
		if f.ID != store.FactID("item/a", 13, i) || f.Aggregate != "item/a" || f.Type != want.Type || f.Topic != want.Topic ||
			f.Key != want.Key || f.Time != want.Time || string(f.Body) != string(want.Body) {
			t.Fatalf("%+v", f)
		}
	}
	later, err := e.History(ctx(t), "item/a", 8, 4)
	must(t, err)
	var got []string
	for _, f := range later {
		got = append(got, f.ID)
	}
	if strings.Join(got, " ") != "item/a/10/0 item/a/11/0 item/a/11/1 item/a/12/0" {
		t.Fatal(got)
	}
}

// All facts can be read page by page, published or not, each aggregate's in order.
func testAllFacts(t *testing.T, s Subject) {
	e, c := open(t, s)
	other := store.Spec{Name: "item_2"}
	must(t, e.Declare(ctx(t), other))
	for i := range 15 {
		d := store.New(fmt.Sprint("d", i), Item{})
		for v := range 11 {
			must(t, c.Commit(ctx(t), d, "", fact(fmt.Sprint(v))))
		}
		if i%5 == 0 {
			pending, err := e.Pending(ctx(t), 40)
			must(t, err)
			must(t, e.Published(ctx(t), pending))
		}
		must(t, store.Of[Item](e, other).Commit(ctx(t), store.New(fmt.Sprint("d", i), Item{}), "", fact("o")))
	}
	for _, limit := range []int{1, 7, 100, 1000} {
		ends := map[string]string{}
		total, cursor := 0, ""
		for range 1000 {
			facts, next, err := e.Facts(ctx(t), cursor, limit)
			must(t, err)
			for _, f := range facts {
				if f.Prev != ends[f.Aggregate] {
					t.Fatalf("limit %d: %s does not follow", limit, f.ID)
				}
				ends[f.Aggregate] = f.Hash
				total++
			}
			if cursor = next; next == "" {
				break
			}
		}
		if total != 15*12 {
			t.Fatalf("limit %d: %d facts", limit, total)
		}
	}
}

func testDocuments(t *testing.T, s Subject) {
	e, c := open(t, s)
	other := store.Spec{Name: "alpha"}
	must(t, e.Declare(ctx(t), other))
	for i := range 7 {
		put(t, c, fmt.Sprint("d", i), Item{Score: int64(i)})
		must(t, store.Of[Item](e, other).Commit(ctx(t), store.New(fmt.Sprint("x", i), Item{}), "c"))
	}
	for _, limit := range []int{1, 3, 7, 14, 20} {
		var got []string
		cursor := ""
		for range 20 {
			page, next, err := e.Documents(ctx(t), cursor, limit)
			must(t, err)
			for _, d := range page {
				got = append(got, d.Collection+d.ID)
				if d.Version != 1 || len(d.Body) == 0 || (d.Collection == "alpha") != (len(d.Commands) == 1) {
					t.Fatalf("%+v", d)
				}
			}
			if cursor = next; next == "" {
				break
			}
		}
		if strings.Join(got, " ") != "alphax0 alphax1 alphax2 alphax3 alphax4 alphax5 alphax6 itemd0 itemd1 itemd2 itemd3 itemd4 itemd5 itemd6" {
			t.Fatalf("limit %d: %v", limit, got)
		}
	}
}

// The chain of a store in use verifies.
func testChain(t *testing.T, s Subject) {
	e, c := open(t, s)
	var stop atomic.Bool
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			d := store.New(fmt.Sprint("d", w), Item{})
			for i := 0; !stop.Load() && i < 300; i++ {
				if err := c.Commit(ctx(t), d, "", fact(fmt.Sprint(i)), fact(fmt.Sprint(i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Go(func() {
		for !stop.Load() {
			facts, err := e.Pending(ctx(t), 10)
			if err == nil {
				err = e.Published(ctx(t), facts)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	// On a busy machine the writers may begin after the first looks.
	for n, seen := 0, int64(0); (n < 5 || seen < 4) && !t.Failed(); n++ {
		r, err := store.Verify(ctx(t), e)
		if err != nil || r.Broken != nil {
			t.Error(err, r.Broken)
			break
		}
		seen = r.Aggregates
	}
	stop.Store(true)
	group.Wait()
	r, err := store.Verify(ctx(t), e)
	must(t, err)
	if r.Broken != nil || r.Facts == 0 || r.Aggregates != 4 || r.Documents != 4 {
		t.Fatalf("%+v", r)
	}
}

// Background work and people's commits both get through.
func testBackground(t *testing.T, s Subject) {
	_, c := open(t, s)
	background := store.Background(context.Background())
	if !store.IsBackground(background) || store.IsBackground(context.Background()) {
		t.Fatal("the mark")
	}
	var group sync.WaitGroup
	for w := range 16 {
		group.Go(func() {
			at := context.Background()
			if w%2 == 0 {
				at = background
			}
			d := store.New(fmt.Sprint("d", w), Item{})
			for i := range 20 {
				if err := c.Commit(at, d, "", fact(fmt.Sprint(i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	wants(t, c.Commit(cancelled, store.New("never", Item{}), ""), context.Canceled)
	_, err := c.Get(ctx(t), "never")
	wants(t, err, store.ErrNotFound)
}

// A closed store says that it is not available.
func testClosed(t *testing.T, s Subject) {
	e, c := open(t, s)
	must(t, e.Ping(ctx(t)))
	must(t, e.Close())
	must(t, e.Close())
	_, err := c.Get(ctx(t), "a")
	wants(t, err, store.ErrUnavailable)
	wants(t, c.Commit(ctx(t), store.New("a", Item{}), ""), store.ErrUnavailable)
	_, err = c.Page(ctx(t), store.Query{Index: "by_due"})
	wants(t, err, store.ErrUnavailable)
	wants(t, e.Ping(ctx(t)), store.ErrUnavailable)
	_, err = e.Pending(ctx(t), 1)
	wants(t, err, store.ErrUnavailable)
}
