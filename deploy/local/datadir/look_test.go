package datadir

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// A directory is seen as it is: missing, held, left by a dead program, newer.
func TestLook(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	if s, err := Look(path); err != nil || !s.Missing {
		t.Errorf("no directory: %+v %v", s, err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("looking made a directory")
	}
	d, err := open(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := Look(path); err != nil || !s.Held || s.Holder != strconv.Itoa(os.Getpid()) || s.Missing || s.Fault != nil {
		t.Errorf("held: %+v %v", s, err)
	}
	if err := d.lock.Unlock(); err != nil { // as a program that was killed leaves it
		t.Fatal(err)
	}
	if s, err := Look(path); err != nil || s.Held || s.Holder != "" {
		t.Errorf("left behind: %+v %v", s, err)
	}
	again, err := open(path, 0)
	if err != nil {
		t.Fatalf("after it was looked at: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, versionFile), []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Look(path); err != nil || !errors.Is(s.Fault, ErrNewer) {
		t.Errorf("newer: %+v %v", s, err)
	}
}
