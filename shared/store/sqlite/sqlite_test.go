package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

func open(t testing.TB) store.Engine {
	t.Helper()
	e, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestRate(t *testing.T) {
	e := open(t)
	for _, w := range []int{1, 8, 64, 1, 8, 64} {
		r, err := storetest.CommitRate(e, w, time.Second)
		t.Log(w, r, err)
	}
	t.Log(e.Explain(context.Background(), "rate", store.Query{Index: "by_owner", Equal: []any{"p-1"}, Limit: 20}))
	p, err := e.Page(context.Background(), "rate", store.Query{Index: "by_owner", Equal: []any{"p-1"}, Limit: 20})
	t.Log(len(p.Records), p.Next, err)
	p, err = e.Page(context.Background(), "rate", store.Query{Index: "by_owner", Equal: []any{"p-1"}, Limit: 20, After: p.Next})
	t.Log(len(p.Records), p.Next, err)
	t.Log(e.Explain(context.Background(), "rate", store.Query{Index: "by_owner", Equal: []any{"p-1"}, Limit: 20, After: p.Next}))
	t.Log(e.Backlog(context.Background()))
}
