// Package sqlite keeps documents and facts in one SQLite file that belongs to
// one process.
//
// All writes go through one writer that takes the waiting commits together
// into one synced transaction; each commit is judged on its own. Reads run
// beside it on their own connections.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	sqlitedriver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"liuke.dev/shared/store"
)

// schemaVersion is what this program writes into PRAGMA user_version.
// Version 2 keeps the values that indexes are about in columns.
const schemaVersion = 2

type engine struct {
	path      string
	readers   *sql.DB  // for what may take its time
	prepared  sync.Map // statement text → *sql.Stmt of readers
	getters   *pool    // of single documents
	listers   *pool    // of pages
	writer    *writer
	committed chan struct{}

	mu    sync.RWMutex
	forms map[string]form
}

// Open opens the store in the file, making it if need be.
func Open(ctx context.Context, path string) (store.Engine, error) {
	keepSpans()
	conn, err := connect(path, "journal_mode(wal)", "synchronous(full)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)", "cache_size(-16000)")
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, outcome(err))
	}
	if err := prepareFile(conn); err != nil {
		_ = conn.close()
		return nil, fmt.Errorf("open store %s: %w", path, outcome(err))
	}
	readers, err := sql.Open("sqlite", source(path, "query_only(1)", "cache_size(-2000)"))
	if err != nil {
		_ = conn.close()
		return nil, fmt.Errorf("open store %s: %w", path, outcome(err))
	}
	getters, err := openGetters(path)
	if err != nil {
		_, _ = conn.close(), readers.Close()
		return nil, fmt.Errorf("open store %s: %w", path, outcome(err))
	}
	listers, err := openListers(path)
	if err != nil {
		_, _, _ = conn.close(), readers.Close(), getters.close()
		return nil, fmt.Errorf("open store %s: %w", path, outcome(err))
	}
	n := max(4, 2*runtime.GOMAXPROCS(0))
	readers.SetMaxOpenConns(n)
	readers.SetMaxIdleConns(n)
	e := &engine{path: path, readers: readers, getters: getters, listers: listers, committed: make(chan struct{}, 1), forms: map[string]form{}}
	e.writer = startWriter(conn, strings.TrimSuffix(filepath.Base(path), ".db"), e.wake)
	if err := e.Ping(ctx); err != nil {
		_ = e.Close()
		return nil, err
	}
	return e, nil
}

// connect opens a connection that passes database/sql by.
func connect(path string, pragmas ...string) (*conn, error) {
	c, err := (&sqlitedriver.Driver{}).Open(source(path, pragmas...))
	if err != nil {
		return nil, err
	}
	return &conn{c: c, prepared: map[string]driver.Stmt{}}, nil
}

func source(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...)}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Committed has a value whenever facts were committed since it was last received.
func (e *engine) Committed() <-chan struct{} { return e.committed }

func (e *engine) wake() {
	select {
	case e.committed <- struct{}{}:
	default:
	}
}

// Ping tells whether the store can be read and written.
func (e *engine) Ping(ctx context.Context) error {
	if e.writer.isClosed() {
		return fmt.Errorf("%w: closed", store.ErrUnavailable)
	}
	var objects int
	if err := e.readers.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&objects); err != nil {
		return e.outcome(err)
	}
	// The writer's turn comes and the file can be locked; where the last write
	// failed, a small one shows whether the next would.
	failed := e.writer.failed.Load()
	return e.writer.do(store.Background(ctx), false, func(c *conn) error {
		if !failed {
			return nil
		}
		_, err := c.exec(fmt.Sprintf("PRAGMA user_version = %d", schemaVersion))
		return err
	})
}

// Close refuses further work, lets what was taken finish, and closes the file.
func (e *engine) Close() error {
	err := errors.Join(e.getters.close(), e.listers.close(), e.writer.close())
	return errors.Join(e.readers.Close(), err)
}

func (e *engine) spec(collection string) (store.Spec, error) {
	f, err := e.form(collection)
	return f.spec, err
}

// query runs a cached read statement that may take its time, and ends it with ctx.
func (e *engine) query(ctx context.Context, text string, args ...driver.Value) (*sql.Rows, error) {
	s, ok := e.prepared.Load(text)
	if !ok {
		made, err := e.readers.Prepare(text)
		if err != nil {
			return nil, e.outcome(err)
		}
		if s, ok = e.prepared.LoadOrStore(text, made); ok {
			_ = made.Close()
		}
	}
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a
	}
	rows, err := s.(*sql.Stmt).QueryContext(ctx, values...)
	return rows, e.outcome(err)
}

func (e *engine) outcome(err error) error {
	if err != nil && e.writer.isClosed() {
		return fmt.Errorf("%w: closed", store.ErrUnavailable)
	}
	return outcome(err)
}

// outcome tells an error of the database that may pass (disk full, file away)
// from one that will not.
func outcome(err error) error {
	var broken *sqlitedriver.Error
	if !errors.As(err, &broken) {
		return err
	}
	switch broken.Code() & 0xff {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_BUSY, lib.SQLITE_LOCKED,
		lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_NOMEM, lib.SQLITE_PROTOCOL:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}
