package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

type lead struct {
	Name  string `json:"name"`
	Fails chan int
}

type note struct {
	Text string `json:"text"`
}

var noteSpec = store.Spec{Name: "note", Indexes: []store.Index{{Name: "by_text", Equal: []string{"text"}}}}

func notes(t *testing.T) store.Collection[note] {
	t.Helper()
	e, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "notes.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Declare(t.Context(), noteSpec); err != nil {
		t.Fatal(err)
	}
	return store.Of[note](e, noteSpec)
}

func TestCommitMovesTheDocumentOn(t *testing.T) {
	c := notes(t)
	d := store.New("n", note{"one"})
	f := store.Fact{Type: "t", Topic: "p", Body: []byte(`{}`)}
	for version := int64(1); version <= 3; version++ {
		if err := c.Commit(t.Context(), d, "", f); err != nil || d.Version != version {
			t.Fatal(err, d.Version)
		}
	}
	if c.Aggregate("n") != "note/n" {
		t.Error(c.Aggregate("n"))
	}
	history, err := c.Engine().History(t.Context(), "note/n", 0, 10)
	if err != nil || len(history) != 3 || history[2].Prev != history[1].Hash {
		t.Error(history, err)
	}
}

func TestARefusedCommitLeavesTheDocumentAsItWas(t *testing.T) {
	c := notes(t)
	d, late := store.New("n", note{"one"}), store.New("n", note{"two"})
	if err := c.Commit(t.Context(), d, "c1"); err != nil {
		t.Fatal(err)
	}
	err := c.Commit(t.Context(), late, "c2")
	if !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "note/n") {
		t.Error(err)
	}
	if late.Version != 0 || late.Did("c2") {
		t.Errorf("%+v", late)
	}
	if err := c.Commit(t.Context(), d, "c1"); !errors.Is(err, store.ErrRepeated) || d.Version != 1 {
		t.Error(err, d.Version)
	}
}

func TestABodyThatIsNoJSONIsRefused(t *testing.T) {
	c := notes(t)
	bad := store.Of[lead](c.Engine(), noteSpec)
	if err := bad.Commit(t.Context(), store.New("n", lead{Fails: make(chan int)}), ""); err == nil {
		t.Error("taken")
	}
	if err := c.Commit(t.Context(), store.New("n", note{"text"}), ""); err != nil {
		t.Fatal(err)
	}
	type other struct {
		Text int `json:"text"`
	}
	if _, err := store.Of[other](c.Engine(), noteSpec).Get(t.Context(), "n"); err == nil {
		t.Error("a body of another type was read")
	}
	if _, err := store.Of[other](c.Engine(), noteSpec).Page(t.Context(), store.Query{Index: "by_text", Equal: []any{"text"}}); err == nil {
		t.Error("a body of another type was listed")
	}
}

func TestRemoveNeedsTheNewestVersion(t *testing.T) {
	c := notes(t)
	d := store.New("n", note{})
	if err := c.Commit(t.Context(), d, ""); err != nil {
		t.Fatal(err)
	}
	old := *d
	if err := c.Commit(t.Context(), d, ""); err != nil {
		t.Fatal(err)
	}
	if err := c.Remove(t.Context(), &old); !errors.Is(err, store.ErrConflict) {
		t.Error(err)
	}
	if err := c.Remove(t.Context(), d); err != nil {
		t.Error(err)
	}
}

func TestBackgroundMarksTheContext(t *testing.T) {
	if store.IsBackground(t.Context()) || !store.IsBackground(store.Background(context.Background())) {
		t.Error("the mark is wrong")
	}
}
