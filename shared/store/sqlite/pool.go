package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"liuke.dev/shared/store"
)

// pool holds connections that documents are read by. Getting one document takes
// some microseconds, a page of twenty some tens: database/sql, with a goroutine for
// each query that watches over its context, would take as long again. Such a
// query is short, so that waiting for a connection heeds the context and the query does not.
type pool struct {
	free   chan *conn
	closed chan struct{}
	once   sync.Once
}

// openGetters opens the connections that single documents are got by; they need not
// wait until a page is read.
func openGetters(path string) (*pool, error) {
	return openPool(path, max(2, runtime.GOMAXPROCS(0)), "cache_size(-4000)")
}

// openListers opens the connections that pages are read by.
func openListers(path string) (*pool, error) {
	return openPool(path, max(4, 2*runtime.GOMAXPROCS(0)), "cache_size(-8000)")
}

func openPool(path string, n int, cache string) (*pool, error) {
	p := &pool{free: make(chan *conn, n), closed: make(chan struct{})}
	for i := range n {
		c, err := connect(path, "query_only(1)", cache)
		if err != nil {
			for range i {
				err = errors.Join(err, (<-p.free).close())
			}
			return nil, err
		}
		p.free <- c
	}
	return p, nil
}

// close refuses further work, waits for those at work, and closes the connections.
func (p *pool) close() (err error) {
	p.once.Do(func() {
		close(p.closed)
		for range cap(p.free) {
			err = errors.Join(err, (<-p.free).close())
		}
	})
	return err
}

// take waits for a connection no longer than ctx; it must be given back.
func (p *pool) take(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.closed:
		return nil, fmt.Errorf("%w: closed", store.ErrUnavailable)
	case <-ctx.Done():
		return nil, ctx.Err()
	case c := <-p.free:
		return c, nil
	}
}

func (p *pool) give(c *conn) { p.free <- c }
