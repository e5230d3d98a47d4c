package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"liuke.dev/shared/store"
)

var noteSpec = store.Spec{Name: "note", Indexes: []store.Index{{Name: "by_text", Equal: []string{"text"}}}}

func openEngine(t *testing.T, path string) *engine {
	t.Helper()
	e, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Declare(t.Context(), noteSpec); err != nil {
		t.Fatal(err)
	}
	return e.(*engine)
}

func write(id string, version int64, body string) store.Write {
	w := store.Write{Record: store.Record{ID: id, Version: version, Body: []byte(body)},
		Facts: []store.Fact{{Type: "t", Topic: "p", Body: []byte(`{}`)}}}
	if err := store.Seal("note", &w); err != nil {
		panic(err)
	}
	return w
}

// block holds the writer inside a transaction until released, so that what is
// handed in meanwhile makes one batch.
func block(e *engine) (release func()) {
	started, gate := make(chan struct{}), make(chan struct{})
	go func() {
		_ = e.writer.do(context.Background(), false, func(*conn) error {
			close(started)
			<-gate
			return nil
		})
	}()
	<-started
	return func() { close(gate) }
}

// queued waits until so many jobs wait.
func queued(e *engine, n int) {
	for {
		e.writer.mu.Lock()
		have := len(e.writer.people) + len(e.writer.background)
		e.writer.mu.Unlock()
		if have == n {
			return
		}
	}
}

// One batch holds a commit that succeeds, one that loses, one that the database
// itself refuses, and one after it: each gets its own outcome.
func TestEachCommitOfABatchIsJudgedAlone(t *testing.T) {
	for _, broken := range []bool{false, true} {
		e := openEngine(t, filepath.Join(t.TempDir(), "a.db"))
		if err := e.Commit(t.Context(), "note", write("there", 0, `{}`)); err != nil {
			t.Fatal(err)
		}
		writes := []store.Write{write("a", 0, `{}`), write("there", 0, `{}`), write("there", 7, `{}`), write("b", 0, `{}`)}
		want := []error{nil, store.ErrExists, store.ErrConflict, nil}
		if broken {
			writes[2] = write("bad", 0, `{}`)
			writes[2].Facts = append(writes[2].Facts, writes[2].Facts[0]) // twice the same id
			want[2] = nil
		}
		release := block(e)
		answers := make([]chan error, len(writes))
		for i, w := range writes {
			answers[i] = make(chan error, 1)
			go func() { answers[i] <- e.Commit(context.Background(), "note", w) }()
			queued(e, i+1)
		}
		release()
		for i, answer := range answers {
			err := <-answer
			if broken && i == 2 {
				if err == nil {
					t.Error("two facts of one id were stored")
				}
				continue
			}
			if !errors.Is(err, want[i]) {
				t.Errorf("commit %d: %v, want %v", i, err, want[i])
			}
		}
		facts, _, err := e.Facts(t.Context(), "", 10)
		if err != nil || len(facts) != 3 {
			t.Error(len(facts), err)
		}
	}
}

func TestAWithdrawnCommitIsNotCarriedOut(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "a.db"))
	release := block(e)
	ctx, cancel := context.WithCancel(t.Context())
	answer := make(chan error, 1)
	go func() { answer <- e.Commit(ctx, "note", write("a", 0, `{}`)) }()
	queued(e, 1)
	cancel()
	if err := <-answer; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release()
	if err := e.Commit(t.Context(), "note", write("b", 0, `{}`)); err != nil {
		t.Error(err)
	}
	if _, err := e.Get(t.Context(), "note", "a"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

// People's commits come first, background work gets its share of every batch.
func TestPeopleComeBeforeBackgroundWork(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "a.db"))
	release := block(e)
	for i := range 20 {
		go func() {
			_ = e.writer.do(store.Background(context.Background()), false, func(*conn) error { return nil })
		}()
		queued(e, i+1)
	}
	for i := range 8 {
		go func() { _ = e.writer.do(context.Background(), false, func(*conn) error { return nil }) }()
		queued(e, 20+i+1)
	}
	w := e.writer
	w.mu.Lock()
	people, background := w.people, w.background
	w.mu.Unlock()
	batch := w.take()
	if len(batch) != 8+2 {
		t.Fatalf("a batch of %d", len(batch))
	}
	for i, j := range batch {
		if i < 8 && j != people[i] || i >= 8 && j != background[i-8] {
			t.Errorf("place %d is another's", i)
		}
	}
	if rest := w.take(); len(rest) != 18 {
		t.Errorf("with nobody waiting background gets %d", len(rest))
	}
	release() // the jobs taken here are nobody's any more
}

func TestAFullDiskIsSaidAndPasses(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "a.db"))
	limit := func(pages string) {
		err := e.writer.do(t.Context(), false, func(c *conn) error {
			return c.each("PRAGMA max_page_count = "+pages, func([]driver.Value) error { return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("40")
	var err error
	stored := 0
	for ; stored < 1000 && err == nil; stored++ {
		err = e.Commit(t.Context(), "note", write(fmt.Sprint("n", stored), 0, `{"text":"`+fmt.Sprintf("%01000d", stored)+`"}`))
	}
	if !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("after %d: %v", stored, err)
	}
	stored--
	if _, err := e.Get(t.Context(), "note", fmt.Sprint("n", stored)); !errors.Is(err, store.ErrNotFound) {
		t.Error("the refused document is there", err)
	}
	facts, _, err := e.Facts(t.Context(), "", 1000)
	if err != nil || len(facts) != stored {
		t.Error(len(facts), stored, err)
	}
	limit("100000")
	if err := e.Commit(t.Context(), "note", write(fmt.Sprint("n", stored), 0, `{}`)); err != nil {
		t.Error("space came back and still:", err)
	}
}

func TestANewerFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	e := openEngine(t, path)
	if err := e.writer.do(t.Context(), false, func(c *conn) error {
		_, err := c.exec(fmt.Sprint("PRAGMA user_version = ", schemaVersion+1))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path)
	if !errors.Is(err, store.ErrNewer) {
		t.Fatal(err)
	}
	t.Log(err)
}

func TestOpenSaysWhatIsWrongWithTheFile(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "missing", "a.db"), t.TempDir()} {
		if _, err := Open(t.Context(), path); !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v", path, err)
		}
	}
	odd := filepath.Join(t.TempDir(), "客户 ?a=b#c%20.db")
	e := openEngine(t, odd)
	if err := e.Commit(t.Context(), "note", write("a", 0, `{}`)); err != nil {
		t.Error(err)
	}
	found, err := filepath.Glob(filepath.Join(filepath.Dir(odd), "*.db"))
	if err != nil || len(found) != 1 || found[0] != odd {
		t.Error(found, err)
	}
}

// Synced to disk at every commit, and read beside the writer.
func TestPragmas(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "a.db"))
	for pragma, want := range map[string]any{"synchronous": int64(2), "journal_mode": "wal", "busy_timeout": int64(10000)} {
		var got driver.Value
		if err := e.writer.do(t.Context(), false, func(c *conn) error {
			return c.each("PRAGMA "+pragma, func(row []driver.Value) error { got = row[0]; return nil })
		}); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %v", pragma, got)
		}
	}
	if _, err := e.readers.ExecContext(t.Context(), "DELETE FROM note"); err == nil {
		t.Error("a reader's connection can write")
	}
}
