package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// What was committed is pending in order, wakes the relay, and is so until published.
func testRelay(t *testing.T, s Subject) {
	e, c := open(t, s)
	select {
	case <-e.Committed():
		t.Fatal("woken by nothing")
	default:
	}
	must(t, c.Commit(ctx(t), store.New("silent", Item{}), ""))
	a, b := store.New("a", Item{}), store.New("b", Item{})
	for i := range 3 {
		must(t, c.Commit(ctx(t), a, "", fact(fmt.Sprint(i)), fact(fmt.Sprint(i))))
		must(t, c.Commit(ctx(t), b, "", fact(fmt.Sprint(i))))
	}
	select {
	case <-e.Committed():
	case <-time.After(5 * time.Second):
		t.Fatal("not woken")
	}
	n, oldest, err := e.Backlog(ctx(t))
	must(t, err)
	if n != 9 || oldest != fact("").Time {
		t.Fatal(n, oldest)
	}
	published := map[string][]string{}
	for round := 0; ; round++ {
		facts, err := e.Pending(ctx(t), 2)
		must(t, err)
		if len(facts) == 0 {
			break
		}
		if round > 20 {
			t.Fatal("the backlog does not end")
		}
		for _, f := range facts {
			published[f.Aggregate] = append(published[f.Aggregate], f.ID)
		}
		must(t, e.Published(ctx(t), facts))
		must(t, e.Published(ctx(t), facts)) // repeating changes nothing
	}
	if got := strings.Join(published["item/a"], " "); got != "item/a/1/0 item/a/1/1 item/a/2/0 item/a/2/1 item/a/3/0 item/a/3/1" {
		t.Fatal(got)
	}
	if got := strings.Join(published["item/b"], " "); got != "item/b/1/0 item/b/2/0 item/b/3/0" {
		t.Fatal(got)
	}
	n, oldest, err = e.Backlog(ctx(t))
	must(t, err)
	if n != 0 || oldest != 0 {
		t.Fatal(n, oldest)
	}
	// Facts committed between reading and marking stay pending.
	must(t, c.Commit(ctx(t), a, "", fact("x")))
	facts, err := e.Pending(ctx(t), 10)
	must(t, err)
	must(t, c.Commit(ctx(t), a, "", fact("y")))
	must(t, e.Published(ctx(t), facts))
	must(t, c.Commit(ctx(t), a, ""))
	facts, err = e.Pending(ctx(t), 10)
	must(t, err)
	if len(facts) != 1 || facts[0].ID != "item/a/5/0" {
		t.Fatal(facts)
	}
	must(t, e.Published(ctx(t), facts))
	if n, _, err := e.Backlog(ctx(t)); err != nil || n != 0 {
		t.Fatal(n, err)
	}
}

// Two relays and eight writers: every fact is published, each aggregate's in
// order as seen by one relay, and nothing is left or lost.
func testTwoRelays(t *testing.T, s Subject) {
	e, c := open(t, s)
	const writers, commits = 8, 30
	var stop atomic.Bool
	seen := [2]map[string][]store.Fact{{}, {}}
	var relays, group sync.WaitGroup
	for r := range seen {
		relays.Go(func() {
			for {
				last := stop.Load()
				facts, err := e.Pending(ctx(t), 20)
				if err != nil {
					t.Error(err)
					return
				}
				for _, f := range facts {
					seen[r][f.Aggregate] = append(seen[r][f.Aggregate], f)
				}
				if err := e.Published(ctx(t), facts); err != nil {
					t.Error(err)
					return
				}
				if last && len(facts) == 0 {
					return
				}
			}
		})
	}
	for w := range writers {
		group.Go(func() {
			d := store.New(fmt.Sprint("d", w), Item{})
			for i := range commits {
				if err := c.Commit(ctx(t), d, "", fact(fmt.Sprint(i)), fact(fmt.Sprint(i))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	stop.Store(true)
	relays.Wait()
	published := map[string]bool{}
	for r := range seen {
		for aggregate, facts := range seen[r] {
			highest := int64(0)
			for _, f := range facts {
				// A fact may come twice, but none for the first time after a later one.
				if place := f.Version*2 + int64(f.N); !published[fmt.Sprint(r, f.ID)] {
					if place < highest {
						t.Errorf("%s: %s came late", aggregate, f.ID)
					}
					highest = place
				}
				published[fmt.Sprint(r, f.ID)], published[f.ID] = true, true
			}
		}
	}
	for w := range writers {
		history, err := e.History(ctx(t), fmt.Sprint("item/d", w), 0, 1000)
		must(t, err)
		if len(history) != 2*commits {
			t.Error(w, len(history))
		}
		chainHolds(t, history, commits)
		for _, f := range history {
			if !published[f.ID] {
				t.Errorf("%s was never published", f.ID)
			}
		}
	}
	if n, _, err := e.Backlog(ctx(t)); err != nil || n != 0 {
		t.Error(n, err)
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
	for range 5 {
		r, err := store.Verify(ctx(t), e)
		if err != nil || r.Broken != nil {
			t.Error(err, r.Broken)
			break
		}
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
