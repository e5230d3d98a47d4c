package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"liuke.dev/shared/store"
)

// A whole file is found whole, beside the program that holds it; one with a
// torn page is not; and one that is not there is not made.
func TestInspect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leads.db")
	e, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	spec := store.Spec{Name: "thing", Indexes: []store.Index{{Name: "by_n", Order: "n"}}}
	if err := e.Declare(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	things := store.Of[map[string]any](e, spec)
	for n := range 200 {
		if err := things.Commit(t.Context(), store.New(filepath.Join("t", string(rune('a'+n%26)), string(rune('a'+n/26))), map[string]any{"n": n, "text": path}), ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, thorough := range []bool{false, true} {
		i, err := Inspect(context.Background(), path, thorough)
		if err != nil || len(i.Faults) > 0 || i.Unchecked != "" || i.Newer || i.Older || i.Settings["journal_mode"] != "wal" || i.Version == "" {
			t.Errorf("%+v %v", i, err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	tear(t, path)
	if i, err := Inspect(context.Background(), path, true); err != nil || len(i.Faults) == 0 {
		t.Errorf("a torn page is not found: %+v %v", i, err)
	}
	missing := filepath.Join(t.TempDir(), "none.db")
	if _, err := Inspect(context.Background(), missing, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("inspecting made a file")
	}
}

func tear(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	junk := make([]byte, 4096)
	for i := range junk {
		junk[i] = 0xA5
	}
	for at := int64(4 * 4096); at < info.Size(); at += 3 * 4096 {
		if _, err := f.WriteAt(junk, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
