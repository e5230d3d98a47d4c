package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
)

// conn is a connection with its prepared statements, the writer's or one that
// documents are got by. It passes database/sql by: one goroutine uses it at a
// time, and every microsecond of the writer's is taken from all who commit.
type conn struct {
	c        driver.Conn
	prepared map[string]driver.Stmt
}

// exec runs a cached statement and gives the number of rows it changed.
func (c *conn) exec(text string, args ...driver.Value) (int64, error) {
	s, err := c.prepare(text)
	if err != nil {
		return 0, err
	}
	r, err := s.(driver.StmtExecContext).ExecContext(context.Background(), named(args))
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// each runs a cached query and hands every row to the function; the row is
// valid only until it returns.
func (c *conn) each(text string, row func([]driver.Value) error, args ...driver.Value) error {
	s, err := c.prepare(text)
	if err != nil {
		return err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), named(args))
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(rows.Columns()))
	for err = rows.Next(values); err == nil; err = rows.Next(values) {
		if err := row(values); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	if closing := rows.Close(); closing != nil {
		return closing
	}
	return ended(err)
}

func (c *conn) prepare(text string) (driver.Stmt, error) {
	if s, ok := c.prepared[text]; ok {
		return s, nil
	}
	s, err := c.c.Prepare(text)
	if err != nil {
		return nil, err
	}
	c.prepared[text] = s
	return s, nil
}

func (c *conn) close() error {
	var errs []error
	for _, s := range c.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.c.Close())...)
}

func named(args []driver.Value) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return out
}
