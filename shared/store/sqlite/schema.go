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
	if found == schemaVersion {
		return nil // who only reads the file leaves it as it is
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
		err := e.writer.declare(ctx, func(c *conn) error { return declare(c, s) })
		if err != nil {
			return fmt.Errorf("declare %s: %w", s.Name, err)
		}
		e.mu.Lock()
		e.forms[s.Name] = formOf(s)
		e.mu.Unlock()
	}
	return nil
}

func declare(c *conn, s store.Spec) error {
	// A new table has its columns from the start: each that is added makes SQLite read
	// the whole schema anew.
	var paths strings.Builder
	for _, p := range list.AllPaths(s) {
		paths.WriteString(", " + pathColumn(p))
	}
	table := fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (id TEXT NOT NULL, version INTEGER NOT NULL, chain TEXT NOT NULL, commands TEXT NOT NULL, body TEXT NOT NULL%s)`, quote(s.Name), paths.String())
	if _, err := c.exec(table); err != nil {
		return err
	}
	if err := ensureColumns(c, s); err != nil {
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
		if err := ensureIndex(c, name, fmt.Sprintf("CREATE INDEX %s ON %s (%s)%s", quote(name), quote(s.Name), strings.Join(columns(i), ", "), sparse(i))); err != nil {
			return err
		}
	}
	return nil
}

// ensureColumns gives every path of the collection's indexes a column of its
// own, filled from the documents that are there: indexes over columns are
// cheaper to keep than indexes over expressions that look into the document. A
// column that no index declares any more goes, because from now on commits
// leave it behind.
func ensureColumns(c *conn, s store.Spec) error {
	have := map[string]bool{}
	err := c.each("SELECT name FROM pragma_table_info(?)", func(row []driver.Value) error {
		if name := row[0].(string); strings.HasPrefix(name, pathMark) {
			have[strings.TrimPrefix(name, pathMark)] = true
		}
		return nil
	}, s.Name)
	if err != nil {
		return err
	}
	for _, path := range list.AllPaths(s) {
		if have[path] {
			delete(have, path)
			continue
		}
		if _, err := c.exec(fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s", quote(s.Name), pathColumn(path))); err != nil {
			return err
		}
		in := `'$."` + strings.ReplaceAll(path, ".", `"."`) + `"'`
		if _, err := c.exec(fmt.Sprintf("UPDATE %s SET %s = json_extract(body, %s)", quote(s.Name), pathColumn(path), in)); err != nil {
			return err
		}
	}
	for path := range have {
		if err := dropColumn(c, s.Name, pathColumn(path)); err != nil {
			return err
		}
	}
	return nil
}

// dropColumn removes a column and the indexes that use it.
func dropColumn(c *conn, table, column string) error {
	var using []string
	err := c.each("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND instr(sql, ?) > 0", func(row []driver.Value) error {
		using = append(using, row[0].(string))
		return nil
	}, table, column)
	if err != nil {
		return err
	}
	for _, name := range using {
		if _, err := c.exec("DROP INDEX " + quote(name)); err != nil {
			return err
		}
	}
	_, err = c.exec(fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", quote(table), column))
	return err
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
	for n := range i.Equal {
		out = append(out, equalColumn(i, n))
	}
	if i.Order != "" {
		out = append(out, pathColumn(i.Order))
	}
	return append(out, "id")
}

// equalColumn gives the n-th equality path with missing, null, false, zero and
// empty as one value: the empty text, or NULL where a sparse index leaves it out.
func equalColumn(i store.Index, n int) string {
	some := "nullif(nullif(" + pathColumn(i.Equal[n]) + ", ''), 0)"
	if n == 0 && i.Sparse {
		return some
	}
	return "coalesce(" + some + ", '')"
}

// sparse limits a sparse index to documents that have its first path. SQLite
// sees that a query for a value implies it.
func sparse(i store.Index) string {
	if !i.Sparse {
		return ""
	}
	return " WHERE " + equalColumn(i, 0) + " IS NOT NULL"
}

// pathMark tells the columns of paths from the others.
const pathMark = "$"

func pathColumn(path string) string { return quote(pathMark + path) }

func idIndex(collection string) string { return collection + "__id" }

// indexName gives the name of the index that serves the list.
func indexName(collection string, i store.Index) string {
	if len(list.Paths(i)) == 0 {
		return idIndex(collection)
	}
	return collection + "__" + i.Name
}

func quote(name string) string { return `"` + name + `"` }
