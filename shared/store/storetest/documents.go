package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/store"
)

// A document is created, read, changed; a stale copy changes nothing.
func testDocument(t *testing.T, s Subject) {
	_, c := open(t, s)
	_, err := c.Get(ctx(t), "a")
	wants(t, err, store.ErrNotFound)
	d := store.New("a", Item{Owner: "王芳", Due: 1_700_000_000_123})
	must(t, c.Commit(ctx(t), d, "", fact("1")))
	wants(t, c.Commit(ctx(t), store.New("a", Item{}), ""), store.ErrExists)
	got, err := c.Get(ctx(t), "a")
	must(t, err)
	if got.Version != 1 || got.Body.Owner != "王芳" || got.Body.Due != d.Body.Due {
		t.Fatalf("%+v", got)
	}
	got.Body.Owner = "李伟"
	must(t, c.Commit(ctx(t), got, "", fact("2")))
	d.Body.Owner = "late"
	wants(t, c.Commit(ctx(t), d, "", fact("stale")), store.ErrConflict)
	again, err := c.Get(ctx(t), "a")
	must(t, err)
	if again.Version != 2 || again.Body.Owner != "李伟" {
		t.Fatalf("%+v", again)
	}
	gone := store.New("gone", Item{})
	gone.Version = 3
	wants(t, c.Commit(ctx(t), gone, "", fact("x")), store.ErrConflict)
	history, err := c.Engine().History(ctx(t), "item/gone", 0, 10)
	must(t, err)
	if len(history) != 0 {
		t.Fatal("a refused commit left facts", history)
	}
}

// Commits that are made together are judged each by itself.
func testTogether(t *testing.T, s Subject) {
	e, c := open(t, s)
	must(t, c.Commit(ctx(t), store.New("b", Item{Owner: "李伟"}), "", fact("1")))
	fresh, known, bad := store.New("a", Item{Owner: "王芳"}), store.New("b", Item{}), store.New("", Item{})
	outcome := c.CommitAll(ctx(t), []store.Change[Item]{{Doc: fresh, Facts: []store.Fact{fact("2"), fact("3")}}, {Doc: known, Facts: []store.Fact{fact("no")}}, {Doc: bad}, {Doc: store.New("c", Item{})}})
	must(t, outcome[0])
	wants(t, outcome[1], store.ErrExists)
	wants(t, outcome[2], store.ErrBadID)
	must(t, outcome[3])
	fresh.Body.Owner = "again" // it knows its new version and chain
	must(t, c.CommitAll(ctx(t), []store.Change[Item]{{Doc: fresh, Facts: []store.Fact{fact("4")}}})[0])
	kept, err := c.Get(ctx(t), "b")
	must(t, err)
	history, err := e.History(ctx(t), "item/a", 0, 10)
	must(t, err)
	if kept.Body.Owner != "李伟" || len(history) != 3 || history[2].Prev != history[1].Hash {
		t.Errorf("%+v %+v", kept, history)
	}
}

// Bodies come back byte for byte.
func testBody(t *testing.T, s Subject) {
	e, _ := open(t, s)
	for i, body := range []string{
		`{}`, `{"n":9007199254740993,"m":-9223372036854775808,"x":9223372036854775807}`, `{"f":0.1,"g":1e+21,"h":-1.5e-7,"z":0}`,
		`{"b":true,"a":null,"c":[],"d":[1,"2",[null,{}]],"":"empty key"}`, `{"a.b":1,"$set":{"$x":2},"100%":3,"%2E":4}`,
		`{"t":"\u003cb\u003e \\ \" \n 中文 😀 \u0000"}`, `{"z":1,"y":2,"a":3}`, `[1,2]`, `"text"`,
	} {
		w := store.Write{Record: store.Record{ID: fmt.Sprint("b", i), Body: json.RawMessage(body)}}
		must(t, store.Seal("item", &w))
		must(t, e.Commit(ctx(t), "item", w))
		r, err := e.Get(ctx(t), "item", w.Record.ID)
		must(t, err)
		if string(r.Body) != body {
			t.Errorf("wrote %s\nread  %s", body, r.Body)
		}
	}
	w := store.Write{Record: store.Record{ID: "broken", Body: json.RawMessage(`{"a":`)}}
	if err := e.Commit(ctx(t), "item", w); err == nil {
		t.Error("a body that is no JSON was taken")
	}
	if _, err := e.Get(ctx(t), "nothing", "x"); err == nil {
		t.Error("an undeclared collection was read")
	}
}

// What is too large or no id is refused and nothing is written.
func testRefusals(t *testing.T, s Subject) {
	e, c := open(t, s)
	wants(t, c.Commit(ctx(t), store.New("big", Item{Note: strings.Repeat("x", store.MaxDocument)}), ""), store.ErrTooLarge)
	wants(t, c.Commit(ctx(t), store.New("big", Item{}), "", fact(strings.Repeat("x", store.MaxDocument))), store.ErrTooLarge)
	over := store.Write{Record: store.Record{ID: "big", Body: json.RawMessage(`"` + strings.Repeat("x", store.MaxDocument) + `"`)}}
	wants(t, e.Commit(ctx(t), "item", over), store.ErrTooLarge)
	_, err := c.Get(ctx(t), "big")
	wants(t, err, store.ErrNotFound)
	fits := store.New("fits", Item{Note: strings.Repeat("x", store.MaxDocument-1000)})
	must(t, c.Commit(ctx(t), fits, "", fact("1")))
	for _, id := range []string{"", strings.Repeat("x", store.MaxID+1), "a\x00b", "a\xff"} {
		if err := c.Commit(ctx(t), store.New(id, Item{}), ""); err == nil {
			t.Errorf("id %q was taken", id)
		}
	}
	for _, id := range []string{"客户/1", "a b", "a'\"$.", strings.Repeat("x", store.MaxID)} {
		must(t, c.Commit(ctx(t), store.New(id, Item{}), "", fact("1")))
		if _, err := c.Get(ctx(t), id); err != nil {
			t.Error(err)
		}
		if h, err := e.History(ctx(t), c.Aggregate(id), 0, 10); err != nil || len(h) != 1 {
			t.Errorf("history of %q: %d %v", id, len(h), err)
		}
	}
}

func testRemove(t *testing.T, s Subject) {
	_, c := open(t, s)
	d := store.New("claim", Item{})
	must(t, c.Commit(ctx(t), d, ""))
	stale := *d
	must(t, c.Commit(ctx(t), d, ""))
	wants(t, c.Remove(ctx(t), &stale), store.ErrConflict)
	must(t, c.Remove(ctx(t), d))
	wants(t, c.Remove(ctx(t), d), store.ErrNotFound)
	must(t, c.Commit(ctx(t), store.New("claim", Item{}), ""))
	recorded := store.New("deal", Item{})
	must(t, c.Commit(ctx(t), recorded, "", fact("1")))
	wants(t, c.Remove(ctx(t), recorded), store.ErrRecorded)
}

// A document knows its last commands and carries none out twice.
func testRepeated(t *testing.T, s Subject) {
	e, c := open(t, s)
	d := store.New("a", Item{})
	for i := range store.MaxCommands + 5 {
		must(t, c.Commit(ctx(t), d, fmt.Sprint("c", i), fact("x")))
	}
	got, err := c.Get(ctx(t), "a")
	must(t, err)
	wants(t, c.Commit(ctx(t), got, fmt.Sprint("c", store.MaxCommands+4), fact("x")), store.ErrRepeated)
	wants(t, c.Commit(ctx(t), got, "c5", fact("x")), store.ErrRepeated)
	if got.Did("c4") || got.Did("") {
		t.Error("more than the newest commands are remembered")
	}
	r, err := e.Get(ctx(t), "item", "a")
	must(t, err)
	if len(r.Commands) != store.MaxCommands || r.Version != int64(store.MaxCommands+5) {
		t.Error(len(r.Commands), r.Version)
	}
}

// 16 writers count one document up; every acknowledged step is there once.
func testCompareAndSet(t *testing.T, s Subject) {
	e, c := open(t, s)
	must(t, c.Commit(ctx(t), store.New("counter", Item{}), ""))
	const writers, steps = 16, 25
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := 0; i < steps; {
				d, err := c.Get(ctx(t), "counter")
				if err != nil {
					t.Error(err)
					return
				}
				d.Body.Score++
				switch err := c.Commit(ctx(t), d, fmt.Sprintf("%d-%d", w, i), fact(fmt.Sprintf("%d-%d", w, i))); {
				case err == nil:
					i++
				case !errorIs(err, store.ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	d, err := c.Get(ctx(t), "counter")
	must(t, err)
	if d.Body.Score != writers*steps || d.Version != writers*steps+1 {
		t.Fatalf("counted %d, version %d, want %d", d.Body.Score, d.Version, writers*steps)
	}
	history, err := e.History(ctx(t), "item/counter", 0, 1000)
	must(t, err)
	seen := map[string]bool{}
	for _, f := range history {
		seen[string(f.Body)] = true
	}
	if len(history) != writers*steps || len(seen) != writers*steps {
		t.Fatal("facts", len(history), len(seen))
	}
	chainHolds(t, history, d.Version)
}

// Of many who create one id, one wins, and it is the winner's document.
func testUniqueID(t *testing.T, s Subject) {
	_, c := open(t, s)
	for round := range 10 {
		id := fmt.Sprint("claim-", round)
		var mu sync.Mutex
		var winners []string
		var group sync.WaitGroup
		for w := range 16 {
			group.Go(func() {
				name := fmt.Sprint("w", w)
				err := c.Commit(ctx(t), store.New(id, Item{Owner: name}), "", fact(name))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					winners = append(winners, name)
				} else if !errorIs(err, store.ErrExists) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		d, err := c.Get(ctx(t), id)
		must(t, err)
		history, err := c.Engine().History(ctx(t), c.Aggregate(id), 0, 10)
		must(t, err)
		if len(winners) != 1 || d.Body.Owner != winners[0] || len(history) != 1 || !bytes.Contains(history[0].Body, []byte(winners[0])) {
			t.Fatal(winners, d, history)
		}
	}
}
