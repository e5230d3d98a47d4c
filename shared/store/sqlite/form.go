package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

// form is how a collection's documents are written: the statements, and the
// paths whose values stand in columns. The values are read out of the document
// by whoever commits, not by the one writer that all wait for.
type form struct {
	spec                store.Spec
	paths               []string
	places              map[string]int // of the paths, if none of them leads deeper into the document
	insert, update, get string
}

// Statements say OR FAIL so that SQLite keeps no journal per statement for the
// case that one ends half done: then the writer undoes the whole transaction.

func formOf(s store.Spec) form {
	f := form{spec: s, paths: list.AllPaths(s), places: map[string]int{}}
	for i, p := range f.paths {
		f.places[p] = i
		if !plainName(p) {
			f.places = nil
			break
		}
	}
	names, places, sets := "", "", ""
	for _, p := range f.paths {
		names, places, sets = names+", "+pathColumn(p), places+", ?", sets+", "+pathColumn(p)+" = ?"
	}
	f.insert = fmt.Sprintf("INSERT INTO %s (id, version, chain, commands, body%s) VALUES (?, 1, ?, ?, ?%s) ON CONFLICT DO NOTHING", quote(s.Name), names, places)
	f.update = fmt.Sprintf("UPDATE OR FAIL %s SET version = ?, chain = ?, commands = ?, body = ?%s WHERE id = ? AND version = ?", quote(s.Name), sets)
	f.get = "SELECT version, chain, commands, " + bodyColumn + " FROM " + quote(s.Name) + " WHERE id = ?"
	return f
}

// bodyColumn reads a body. The driver copies text twice to make a Go string of it,
// bytes once.
const bodyColumn = "CAST(body AS BLOB)"

// plainName tells whether a path is the name of a field of the document itself.
func plainName(path string) bool {
	return !strings.ContainsFunc(path, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

func (e *engine) form(collection string) (form, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	f, ok := e.forms[collection]
	if !ok {
		return f, fmt.Errorf("store: collection %q was not declared", collection)
	}
	return f, nil
}

// values gives the values of the paths as json_extract would.
func (f form) values(body []byte) []driver.Value {
	out := make([]driver.Value, len(f.paths))
	if f.places == nil {
		for i, found := range gjson.GetManyBytes(body, f.paths...) {
			out[i] = value(found)
		}
		return out
	}
	missing := len(f.paths)
	if missing == 0 {
		return out
	}
	seen := make([]bool, len(f.paths)) // of two fields with one name the first counts
	whole := gjson.ParseBytes(body)
	if !whole.IsObject() {
		return out
	}
	whole.ForEach(func(name, found gjson.Result) bool {
		if i, ok := f.places[name.Str]; ok && !seen[i] {
			seen[i], out[i] = true, value(found)
			missing--
		}
		return missing > 0
	})
	return out
}

func value(r gjson.Result) driver.Value {
	switch r.Type {
	case gjson.True:
		return int64(1)
	case gjson.False:
		return int64(0)
	case gjson.String:
		return r.Str
	case gjson.Number:
		if strings.ContainsAny(r.Raw, ".eE") {
			return r.Num
		}
		return r.Int()
	case gjson.JSON:
		return r.Raw
	default:
		return nil
	}
}

// write inserts or updates the document.
func (f form) write(c *conn, r store.Record, commands string, values []driver.Value) error {
	if r.Version == 0 {
		n, err := c.exec(f.insert, append([]driver.Value{r.ID, r.Chain, commands, string(r.Body)}, values...)...)
		if err == nil && n == 0 {
			return answer{store.ErrExists}
		}
		return err
	}
	args := append([]driver.Value{r.Version + 1, r.Chain, commands, string(r.Body)}, values...)
	n, err := c.exec(f.update, append(args, r.ID, r.Version)...)
	if err == nil && n == 0 {
		return answer{store.ErrConflict}
	}
	return err
}
