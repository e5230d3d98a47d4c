package sqlite

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/courtesy"
)

// commands has so many of people's commands under way until the test ends.
func commands(t *testing.T, n int) {
	for range n {
		t.Cleanup(courtesy.Person(true))
	}
}

// patient has the writer wait for ever rather than miss somebody.
func patient(e *engine) {
	e.writer.mu.Lock()
	defer e.writer.mu.Unlock()
	e.writer.patience = time.Hour
}

func TestTheWriterWaitsForHalfOfThoseOnTheirWay(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "s.db"))
	patient(e)
	commands(t, 4)
	taken := 0
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			err := e.writer.do(t.Context(), false, func(*conn) error {
				taken++ // in the writer's goroutine
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if taken != 2 {
		t.Errorf("%d were written", taken)
	}
}

func TestTheWriterWaitsNoLongerThanItsPatience(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "s.db"))
	commands(t, 8) // the other seven commit nothing
	if err := e.Commit(t.Context(), "note", write("a", 0, `{"text":"a"}`)); err != nil {
		t.Error(err)
	}
}

func TestTheWriterWaitsForNobodyWhileFewWork(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "s.db"))
	patient(e)
	commands(t, 3)
	if err := e.Commit(t.Context(), "note", write("a", 0, `{"text":"a"}`)); err != nil {
		t.Error(err)
	}
}
