package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"liuke.dev/shared/store"
)

// getters are the connections that documents are got by. Getting one takes some
// microseconds, of which database/sql, with its watching over the context while a
// query runs, would be the larger part.
type getters struct {
	free   chan *conn
	closed chan struct{}
	once   sync.Once
}

func openGetters(path string) (*getters, error) {
	n := max(2, runtime.GOMAXPROCS(0))
	g := &getters{free: make(chan *conn, n), closed: make(chan struct{})}
	for i := range n {
		c, err := connect(path, "query_only(1)", "cache_size(-4000)")
		if err != nil {
			for range i {
				err = errors.Join(err, (<-g.free).close())
			}
			return nil, err
		}
		g.free <- c
	}
	return g, nil
}

// close refuses further work, waits for those at work, and closes the connections.
func (g *getters) close() (err error) {
	g.once.Do(func() {
		close(g.closed)
		for range cap(g.free) {
			err = errors.Join(err, (<-g.free).close())
		}
	})
	return err
}

// take waits for a connection no longer than ctx.
func (g *getters) take(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-g.closed:
		return nil, fmt.Errorf("%w: closed", store.ErrUnavailable)
	case <-ctx.Done():
		return nil, ctx.Err()
	case c := <-g.free:
		return c, nil
	}
}

// Get reads a document.
func (e *engine) Get(ctx context.Context, collection, id string) (store.Record, error) {
	f, err := e.form(collection)
	if err != nil {
		return store.Record{}, err
	}
	c, err := e.getters.take(ctx)
	if err != nil {
		return store.Record{}, err
	}
	defer func() { e.getters.free <- c }()
	r := store.Record{ID: id}
	err = c.each(f.get, func(row []driver.Value) error {
		r.Version, r.Chain, r.Body = row[0].(int64), row[1].(string), json.RawMessage(row[3].(string))
		var err error
		r.Commands, err = decodeCommands(row[2].(string))
		return err
	}, id)
	if err != nil {
		return store.Record{}, e.outcome(fmt.Errorf("%s: %w", id, err))
	}
	if r.Version == 0 {
		return store.Record{}, store.ErrNotFound
	}
	return r, nil
}
