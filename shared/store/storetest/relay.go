package storetest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/store"
)

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
