package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"sort"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

const factColumns = "sequence, aggregate, version, n, type, topic, key, time, " + bodyColumn + ", prev, hash"

// Pending gives facts not yet published, oldest commit first.
func (e *engine) Pending(ctx context.Context, limit int) ([]store.Fact, error) {
	facts, _, err := e.readFacts(ctx, "SELECT "+factColumns+" FROM facts INDEXED BY facts__pending WHERE published = 0 ORDER BY sequence"+limited, int64(limit))
	return facts, err
}

// Published marks facts as published.
func (e *engine) Published(ctx context.Context, facts []store.Fact) error {
	return e.writer.do(ctx, false, func(c *conn) error {
		for _, f := range facts {
			if _, err := c.exec("UPDATE facts SET published = 1 WHERE aggregate = ? AND version = ? AND n = ?", f.Aggregate, f.Version, int64(f.N)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Backlog counts the facts not yet published and gives the time of the oldest.
func (e *engine) Backlog(ctx context.Context) (int64, instant.Time, error) {
	var count, oldest int64
	rows, err := e.query(ctx, `SELECT (SELECT count(*) FROM facts INDEXED BY facts__pending WHERE published = 0),
		coalesce((SELECT time FROM facts INDEXED BY facts__pending WHERE published = 0 ORDER BY sequence LIMIT 1), 0)`)
	if err == nil {
		err = e.one(rows, &count, &oldest)
	}
	return count, instant.Time(oldest), err
}

// History gives the facts of an aggregate in order.
func (e *engine) History(ctx context.Context, aggregate string, afterVersion int64, limit int) ([]store.Fact, error) {
	facts, _, err := e.readFacts(ctx, "SELECT "+factColumns+" FROM facts INDEXED BY facts__id WHERE aggregate = ? AND version > ? ORDER BY version, n"+limited,
		aggregate, afterVersion, int64(limit))
	return facts, err
}

// Facts gives all facts in the order they were committed.
func (e *engine) Facts(ctx context.Context, cursor string, limit int) ([]store.Fact, string, error) {
	var kind string
	var after int64
	if cursor != "" && (!list.Decode(cursor, &kind, &after) || kind != "facts") {
		return nil, "", store.ErrBadCursor
	}
	facts, last, err := e.readFacts(ctx, "SELECT "+factColumns+" FROM facts WHERE sequence > ? ORDER BY sequence"+limited, after, int64(limit))
	if err != nil || len(facts) < limit {
		return facts, "", err
	}
	return facts, list.Encode("facts", last), nil
}

// Documents gives the documents of all collections, collection by collection.
func (e *engine) Documents(ctx context.Context, cursor string, limit int) ([]store.Document, string, error) {
	var kind, collection, after string
	if cursor != "" && (!list.Decode(cursor, &kind, &collection, &after) || kind != "documents") {
		return nil, "", store.ErrBadCursor
	}
	names, err := e.collections(ctx)
	if err != nil {
		return nil, "", err
	}
	c, err := e.listers.take(ctx)
	if err != nil {
		return nil, "", err
	}
	defer e.listers.give(c)
	var out []store.Document
	for _, name := range names[sort.SearchStrings(names, collection):] {
		if name != collection {
			after = ""
		}
		err := c.each("SELECT id, version, chain, commands, "+bodyColumn+" FROM "+quote(name)+" WHERE id > ? ORDER BY id"+limited, func(row []driver.Value) error {
			r, err := record(row)
			out = append(out, store.Document{Collection: name, Record: r})
			return err
		}, after, int64(limit-len(out)))
		if err != nil {
			return nil, "", e.outcome(err)
		}
		if len(out) == limit {
			return out, list.Encode("documents", name, out[limit-1].ID), nil
		}
	}
	return out, "", nil
}

// collections gives the names of the tables that hold documents, sorted. They
// are read from the file: not all need be declared by this program.
func (e *engine) collections(ctx context.Context) ([]string, error) {
	rows, err := e.query(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'facts' AND name NOT LIKE 'sqlite%' ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, e.outcome(err)
		}
		names = append(names, name)
	}
	return names, e.outcome(rows.Err())
}

// readFacts also gives the sequence of the last fact.
func (e *engine) readFacts(ctx context.Context, text string, args ...driver.Value) ([]store.Fact, int64, error) {
	c, err := e.listers.take(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer e.listers.give(c)
	var out []store.Fact
	var sequence int64
	err = c.each(text, func(row []driver.Value) error {
		sequence = row[0].(int64)
		f := store.Fact{Aggregate: row[1].(string), Version: row[2].(int64), N: int(row[3].(int64)), Type: row[4].(string), Topic: row[5].(string), Key: row[6].(string),
			Time: instant.Time(row[7].(int64)), Body: row[8].([]byte), Prev: row[9].(string), Hash: row[10].(string)}
		f.ID = store.FactID(f.Aggregate, f.Version, f.N)
		out = append(out, f)
		return nil
	}, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("facts: %w", e.outcome(err))
	}
	return out, sequence, nil
}
