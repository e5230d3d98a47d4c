package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

// factsSchema is the journal of all facts. The unique index is the fact's id in
// its three parts: it serves histories, and one index less to write than an id
// of its own. The pending index holds only what is not yet published.
var factsSchema = []string{
	`CREATE TABLE IF NOT EXISTS facts (
	sequence INTEGER PRIMARY KEY,
	aggregate TEXT NOT NULL, version INTEGER NOT NULL, n INTEGER NOT NULL,
	id TEXT GENERATED ALWAYS AS (aggregate || '/' || version || '/' || n) VIRTUAL,
	type TEXT NOT NULL, topic TEXT NOT NULL, key TEXT NOT NULL, time INTEGER NOT NULL,
	body TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL,
	published INTEGER NOT NULL DEFAULT 0)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS facts__id ON facts (aggregate, version, n)`,
	`CREATE INDEX IF NOT EXISTS facts__pending ON facts (published) WHERE published = 0`,
}

// prepareFile brings a new or older file to the present schema.
func prepareFile(c *conn) error {
	var found int64
	err := c.each("PRAGMA user_version", func(row []driver.Value) error {
		found = row[0].(int64)
		return nil
	})
	if err != nil {
		return err
	}
	if found > schemaVersion {
		return fmt.Errorf("%w: the file has version %d, this program knows versions up to %d", store.ErrNewer, found, schemaVersion)
	}
	for _, text := range append(factsSchema, fmt.Sprintf("PRAGMA user_version = %d", schemaVersion)) {
		if _, err := c.exec(text); err != nil {
			return err
		}
	}
	return nil
}

// Declare makes collections and indexes. An index whose definition changed is
// built anew; nothing is dropped that is not declared any more.
func (e *engine) Declare(ctx context.Context, specs ...store.Spec) error {
	for _, s := range specs {
		if err := list.Check(s); err != nil {
			return err
		}
		err := e.writer.do(ctx, false, func(c *conn) error { return declare(c, s) })
		if err != nil {
			return fmt.Errorf("declare %s: %w", s.Name, err)
		}
		e.mu.Lock()
		e.specs[s.Name] = s
		e.mu.Unlock()
	}
	return nil
}

func declare(c *conn, s store.Spec) error {
	table := fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (id TEXT NOT NULL, version INTEGER NOT NULL, chain TEXT NOT NULL, commands TEXT NOT NULL, body TEXT NOT NULL)`, quote(s.Name))
	if _, err := c.exec(table); err != nil {
		return err
	}
	if err := ensureIndex(c, idIndex(s.Name), fmt.Sprintf("CREATE UNIQUE INDEX %s ON %s (id)", quote(idIndex(s.Name)), quote(s.Name))); err != nil {
		return err
	}
	for _, i := range s.Indexes {
		if len(list.Paths(i)) == 0 {
			continue
		}
		name := indexName(s.Name, i)
		text := fmt.Sprintf("CREATE INDEX %s ON %s (%s)", quote(name), quote(s.Name), strings.Join(columns(i), ", "))
		if err := ensureIndex(c, name, text); err != nil {
			return err
		}
	}
	return nil
}

func ensureIndex(c *conn, name, text string) error {
	have := ""
	err := c.each("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?", func(row []driver.Value) error {
		have = row[0].(string)
		return nil
	}, name)
	if err != nil || have == text {
		return err
	}
	if have != "" {
		if _, err := c.exec("DROP INDEX " + quote(name)); err != nil {
			return err
		}
	}
	_, err = c.exec(text)
	return err
}

// columns gives the expressions of an index: equality paths, order, id.
func columns(i store.Index) []string {
	var out []string
	for _, p := range i.Equal {
		out = append(out, equalColumn(p))
	}
	if i.Order != "" {
		out = append(out, orderColumn(i.Order))
	}
	return append(out, "id")
}

// equalColumn makes missing, null, false, zero and empty one value.
func equalColumn(path string) string {
	return "coalesce(nullif(nullif(" + orderColumn(path) + ", ''), 0), '')"
}

func orderColumn(path string) string {
	return `json_extract(body, '$."` + strings.ReplaceAll(path, ".", `"."`) + `"')`
}

func idIndex(collection string) string { return collection + "__id" }

// indexName gives the name of the index that serves the list.
func indexName(collection string, i store.Index) string {
	if len(list.Paths(i)) == 0 {
		return idIndex(collection)
	}
	return collection + "__" + i.Name
}

func quote(name string) string { return `"` + name + `"` }
