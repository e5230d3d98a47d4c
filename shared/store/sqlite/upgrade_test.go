package sqlite

import (
	"path/filepath"
	"slices"
	"testing"

	"liuke.dev/shared/store"
)

// A file of version 1 has indexes over expressions and no columns for paths; it
// is brought forward with what is in it.
func TestAFileOfVersion1IsBroughtForward(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	c, err := connect(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range append(slices.Clone(factsSchema),
		`CREATE TABLE "task" (id TEXT NOT NULL, version INTEGER NOT NULL, chain TEXT NOT NULL, commands TEXT NOT NULL, body TEXT NOT NULL)`,
		`CREATE UNIQUE INDEX "task__id" ON "task" (id)`,
		`CREATE INDEX "task__of_owner" ON "task" (coalesce(nullif(nullif(json_extract(body, '$."owner"'), ''), 0), ''), json_extract(body, '$."deep"."due"'), id)`,
		`INSERT INTO task VALUES ('b', 1, '', '[]', '{"owner":"wang","deep":{"due":1.5}}'), ('a', 1, '', '[]', '{"owner":"wang","deep":{"due":7}}'), ('c', 1, '', '[]', '{"deep":{"due":1}}')`,
		"PRAGMA user_version = 1") {
		if _, err := c.exec(text); err != nil {
			t.Fatal(text, err)
		}
	}
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	e := openEngine(t, path)
	spec := store.Spec{Name: "task", Indexes: []store.Index{{Name: "of_owner", Equal: []string{"owner"}, Order: "deep.due"}}}
	for range 2 { // the second time there is nothing to do
		if err := e.Declare(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Commit(t.Context(), "task", store.Write{Record: store.Record{ID: "d", Body: []byte(`{"owner":"wang","deep":{"due":3}}`)}}); err != nil {
		t.Fatal(err)
	}
	expectTasks(t, e, "of_owner", "b", "d", "a")
}

// A path that no index names for a while is not kept, and is not stale when one
// names it again.
func TestAListThatComesBackHoldsWhatWasWrittenMeanwhile(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "a.db"))
	with := store.Spec{Name: "task", Indexes: []store.Index{{Name: "of_owner", Equal: []string{"owner"}}, {Name: "due", Order: "due"}}}
	without := store.Spec{Name: "task", Indexes: []store.Index{{Name: "due", Order: "due"}}}
	write := func(id, body string) {
		t.Helper()
		if err := e.Commit(t.Context(), "task", store.Write{Record: store.Record{ID: id, Body: []byte(body)}}); err != nil {
			t.Fatal(err)
		}
	}
	for i, spec := range []store.Spec{with, without, with} {
		if err := e.Declare(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
		write(string(rune('a'+i)), `{"owner":"wang","due":1}`)
	}
	expectTasks(t, e, "of_owner", "a", "b", "c")
}

func expectTasks(t *testing.T, e store.Engine, index string, want ...string) {
	t.Helper()
	page, err := e.Page(t.Context(), "task", store.Query{Index: index, Equal: []any{"wang"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range page.Records {
		got = append(got, r.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, not %v", index, got, want)
	}
}
