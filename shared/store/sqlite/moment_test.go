package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"liuke.dev/shared/moment"
	"liuke.dev/shared/store"
)

// A commit that fails at its last step has written nothing and says that it may be
// tried again; so do those that shared its transaction.
func TestACommitThatFailsAtItsLastStepHasWrittenNothing(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "x.db"))
	t.Cleanup(func() { _ = moment.Arm("") })
	if err := moment.Arm("commit.before:error:1"); err != nil {
		t.Fatal(err)
	}
	if err := e.Commit(t.Context(), "note", write("a", 0, `{"text":"x"}`)); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("failed with %v", err)
	}
	if _, err := e.Get(t.Context(), "note", "a"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is there: %v", err)
	}
	if n, _, err := e.Backlog(t.Context()); err != nil || n != 0 {
		t.Errorf("%d facts are there, %v", n, err)
	}
	if err := e.Commit(t.Context(), "note", write("a", 0, `{"text":"x"}`)); err != nil {
		t.Errorf("tried again: %v", err)
	}
}
