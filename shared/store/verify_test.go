package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// recorded makes a store of 600 documents with three facts each.
func recorded(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "chain.db")
	e, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	if err := e.Declare(t.Context(), noteSpec); err != nil {
		t.Fatal(err)
	}
	c := store.Of[note](e, noteSpec)
	for i := range 600 {
		d := store.New(fmt.Sprintf("n%03d", i), note{"x"})
		for v, facts := range []int{2, 0, 1} {
			var fs []store.Fact
			for n := range facts {
				fs = append(fs, store.Fact{Type: "t", Topic: "p", Body: fmt.Appendf(nil, `{"v":%d,"n":%d}`, v+1, n)})
			}
			if err := c.Commit(t.Context(), d, "", fs...); err != nil {
				t.Fatal(err)
			}
		}
	}
	return path
}

func tamper(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	r, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed %d rows, %v", statement, n, err)
	}
}

func verify(t *testing.T, path string) store.Report {
	t.Helper()
	e, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	pages := 0
	r, err := store.Verify(context.Background(), e, func(store.Report) { pages++ })
	if err != nil {
		t.Fatal(err)
	}
	if r.Broken == nil && pages < 5 {
		t.Errorf("progress was told %d times", pages)
	}
	return r
}

// Whatever is changed behind the store's back, the first fault is named.
func TestVerifyNamesTheFirstFault(t *testing.T) {
	untouched := recorded(t)
	content, err := os.ReadFile(untouched)
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, untouched); r.Broken != nil || r.Facts != 1800 || r.Aggregates != 600 || r.Documents != 600 {
		t.Fatalf("%+v", r)
	}
	for _, c := range []struct{ what, statement, fact, fault string }{
		{"content", `UPDATE facts SET body = '{"v":9}' WHERE aggregate = 'note/n555' AND version = 1 AND n = 1`,
			"note/n555/1/1", "the content is not what was recorded"},
		{"hash", `UPDATE facts SET hash = 'x' WHERE aggregate = 'note/n002' AND version = 1 AND n = 0`,
			"note/n002/1/0", "the content is not what was recorded"},
		{"first fact gone", `DELETE FROM facts WHERE aggregate = 'note/n003' AND version = 1 AND n = 0`,
			"note/n003/1/1", "the fact before it is missing or another"},
		{"middle fact gone", `DELETE FROM facts WHERE aggregate = 'note/n003' AND version = 1 AND n = 1`,
			"note/n003/3/0", "the fact before it is missing or another"},
		{"last fact gone", `DELETE FROM facts WHERE aggregate = 'note/n004' AND version = 3`,
			"note/n004", "the document does not stand at its last fact"},
		{"all facts gone", `DELETE FROM facts WHERE aggregate = 'note/n004'`,
			"note/n004", "the document does not stand at its last fact"},
		{"document gone", `DELETE FROM note WHERE id = 'n005'`,
			"note/n005/3/0", "the document of the fact is missing"},
		{"document's chain", `UPDATE note SET chain = 'x' WHERE id = 'n006'`,
			"note/n006", "the document does not stand at its last fact"},
		{"document's version", `UPDATE note SET version = 2 WHERE id = 'n007'`,
			"note/n007", "the document is older than its last fact"},
		{"renumbered", `UPDATE facts SET n = 5 WHERE aggregate = 'note/n008' AND version = 1 AND n = 1`,
			"note/n008/1/5", "the content is not what was recorded"},
	} {
		t.Run(c.what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			tamper(t, path, c.statement)
			r := verify(t, path)
			if r.Broken == nil || r.Broken.Fact != c.fact || r.Broken.Fault != c.fault || r.Broken.Expected == r.Broken.Found {
				t.Errorf("%+v", r.Broken)
			}
		})
	}
}
