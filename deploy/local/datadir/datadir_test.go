package datadir

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestOpenMakesEverythingAndOpensAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "data")
	for range 2 {
		d, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, sub := range []string{d.Store(), d.Kafka(), d.Temporal(), d.Keys()} {
			if info, err := os.Stat(sub); err != nil || !info.IsDir() || filepath.Dir(sub) != d.Path() {
				t.Errorf("%s: %v", sub, err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASecondInstanceIsRefusedByName(t *testing.T) {
	path := t.TempDir()
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path)
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("got %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	again.Close()
}

func TestANewerFormatIsRefusedAndLeftAlone(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, versionFile), []byte(strconv.Itoa(Format+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path)
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(filepath.Join(path, "store")); err == nil {
		t.Error("something was made in a directory that was refused")
	}
}

func TestSomebodyElsesDirectoryIsRefused(t *testing.T) {
	for name, file := range map[string]string{"photos": "me.jpg", "a broken version": versionFile} {
		path := t.TempDir()
		if err := os.WriteFile(filepath.Join(path, file), []byte("hello"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestAFullDiskIsToldAtStart(t *testing.T) {
	path := t.TempDir()
	_, err := open(path, math.MaxUint64)
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "MiB") {
		t.Errorf("got %v", err)
	}
	// A refused start must not hold the lock.
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
}
