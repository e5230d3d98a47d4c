package folder

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/shared/objects/objectstest"
)

func TestContract(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "objects")
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	objectstest.Run(t, s)
	if left, err := os.ReadDir(filepath.Join(dir, unfinished)); err != nil || len(left) != 0 {
		t.Errorf("lie unfinished: %v, %v", left, err)
	}
}

// What a crash left is removed a day later; what may still be on its way stays.
func TestAbandonedUploadsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": abandoned + time.Minute, "young": abandoned - time.Minute} {
		path := filepath.Join(dir, unfinished, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(dir, unfinished))
	if err != nil || len(left) != 1 || left[0].Name() != "young" {
		t.Errorf("left %v, %v", left, err)
	}
}
