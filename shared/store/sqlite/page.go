package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/internal/list"
)

// Page reads a page of a declared index.
func (e *engine) Page(ctx context.Context, collection string, q store.Query) (store.Page, error) {
	p, err := e.plan(collection, q, list.ForPage)
	if err != nil {
		return store.Page{}, err
	}
	c, err := e.listers.take(ctx)
	if err != nil {
		return store.Page{}, err
	}
	defer e.listers.give(c)
	page := store.Page{Records: make([]store.Record, 0, min(p.Limit+1, list.DefaultLimit))}
	var last any
	for _, part := range p.Parts() {
		missing := p.Limit + 1 - len(page.Records) // one more tells whether a page follows
		if missing <= 0 {
			break
		}
		text, args := selectPart(collection, p, part)
		err := c.each(text, func(row []driver.Value) error {
			r, err := record(row)
			if page.Records = append(page.Records, r); len(page.Records) == p.Limit {
				last = row[5]
			}
			return err
		}, append(args, int64(missing))...)
		if err != nil {
			return store.Page{}, e.outcome(err)
		}
	}
	if len(page.Records) > p.Limit {
		page.Records = page.Records[:p.Limit]
		page.Next, err = p.Cursor(list.Position{Value: last, ID: page.Records[p.Limit-1].ID})
	}
	return page, err
}

// Count counts what a query would list.
func (e *engine) Count(ctx context.Context, collection string, q store.Query) (int64, error) {
	p, err := e.plan(collection, q, list.ForCount)
	if err != nil {
		return 0, err
	}
	var total int64
	for _, part := range countParts(p) {
		from, args := rangeOf(collection, p, part)
		rows, err := e.query(ctx, "SELECT count(*)"+from, args...)
		if err != nil {
			return 0, err
		}
		var n int64
		if err := e.one(rows, &n); err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// Explain gives SQLite's query plan, a line per step.
func (e *engine) Explain(ctx context.Context, collection string, q store.Query) (string, error) {
	p, err := e.plan(collection, q, list.ForPage)
	if err != nil {
		return "", err
	}
	var out []string
	for _, part := range p.Parts() {
		page, pageArgs := selectPart(collection, p, part)
		count, countArgs := rangeOf(collection, p, part)
		for _, s := range []struct {
			text string
			args []driver.Value
		}{{page, append(pageArgs, int64(p.Limit))}, {"SELECT count(*)" + count, countArgs}} {
			rows, err := e.query(ctx, "EXPLAIN QUERY PLAN "+s.text, s.args...)
			if err != nil {
				return "", err
			}
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					return "", errors.Join(err, rows.Close())
				}
				out = append(out, detail)
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return "", e.outcome(err)
			}
		}
	}
	return strings.Join(out, "\n"), nil
}

func (e *engine) plan(collection string, q store.Query, resolve func(store.Spec, store.Query) (list.Plan, error)) (list.Plan, error) {
	s, err := e.spec(collection)
	if err != nil {
		return list.Plan{}, err
	}
	return resolve(s, q)
}

// countParts avoids counting in two stretches what one range covers.
func countParts(p list.Plan) []list.Part {
	if len(p.Equal) > 0 && p.From == nil && p.To == nil {
		return []list.Part{list.Whole}
	}
	return p.Parts()
}

// lowest sorts before every number and text of an ordering path.
const lowest = "-9e999"

// rangeOf gives FROM and WHERE of a part. INDEXED BY makes SQLite refuse rather
// than scan.
func rangeOf(collection string, p list.Plan, part list.Part) (string, []driver.Value) {
	var where []string
	var args []driver.Value
	for i, v := range p.Equal {
		where = append(where, equalColumn(p.Index, i)+" = ?")
		if v == nil {
			v = ""
		}
		args = append(args, v)
	}
	after := p.AfterIn(part)
	switch {
	case part == list.Having:
		more, values := having(p, after)
		where, args = append(where, more...), append(args, values...)
	case part == list.Lacking:
		where = append(where, pathColumn(p.Index.Order)+" IS NULL")
		fallthrough
	default:
		if after != nil {
			where, args = append(where, "id "+behind(p)+" ?"), append(args, after.ID)
		} else if len(where) == 0 {
			where = append(where, "id >= ''")
		}
	}
	return fmt.Sprintf(" FROM %s INDEXED BY %s WHERE %s", quote(collection), quote(indexName(collection, p.Index)), strings.Join(where, " AND ")), args
}

// having bounds the ordering path; the position takes the place of the bound
// on its side.
func having(p list.Plan, after *list.Position) (where []string, args []driver.Value) {
	order := pathColumn(p.Index.Order)
	if after != nil {
		// The pair alone would not bound the index range: SQLite does not see
		// through a row value that begins with an expression.
		where = append(where, order+" "+behind(p)+"= ?", "("+order+", id) "+behind(p)+" (?, ?)")
		args = append(args, after.Value, after.Value, after.ID)
	}
	if p.From != nil && (after == nil || p.Desc) {
		where, args = append(where, order+" >= ?"), append(args, p.From)
	} else if after == nil || p.Desc {
		where = append(where, order+" >= "+lowest)
	}
	if p.To != nil && (after == nil || !p.Desc) {
		where, args = append(where, order+" < ?"), append(args, p.To)
	}
	return where, args
}

func behind(p list.Plan) string {
	if p.Desc {
		return "<"
	}
	return ">"
}

// limited bounds a list by an argument. SQLite plans by the value of a bare LIMIT ?,
// and so would parse and plan the statement anew each time that it is run.
const limited = " LIMIT (? + 0)"

// selectPart reads a part in order; its last argument is the limit.
func selectPart(collection string, p list.Plan, part list.Part) (string, []driver.Value) {
	from, args := rangeOf(collection, p, part)
	value, order := "NULL", "id"
	if part == list.Having {
		value = pathColumn(p.Index.Order)
		order = value + ", id"
	}
	if p.Desc {
		order = strings.ReplaceAll(order, ", id", " DESC, id") + " DESC"
	}
	return "SELECT id, version, chain, commands, " + bodyColumn + ", " + value + from + " ORDER BY " + order + limited, args
}

// record reads a row of id, version, chain, commands, body and more.
func record(row []driver.Value) (store.Record, error) {
	r := store.Record{ID: row[0].(string), Version: row[1].(int64), Chain: row[2].(string), Body: row[4].([]byte)}
	var err error
	if r.Commands, err = decodeCommands(row[3].(string)); err != nil {
		return r, fmt.Errorf("%s: %w", r.ID, err)
	}
	return r, nil
}

// one reads a single row.
func (e *engine) one(rows *sql.Rows, into ...any) error {
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		return errors.Join(e.outcome(rows.Err()), sql.ErrNoRows)
	}
	return e.outcome(rows.Scan(into...))
}
