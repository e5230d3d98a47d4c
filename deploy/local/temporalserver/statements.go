package temporalserver

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"reflect"

	"github.com/jmoiron/sqlx"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	persistencesql "go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/resolver"
)

// mostStatements are kept by a connection. The server has some hundred; lists of
// journeys are as many as there are filters.
const mostStatements = 256

// keepStatements has the server's connection to a file keep its statements. The
// server hands SQLite the text of each of them anew, some twenty for a timer that
// fires, and SQLite took as long to read them as to write what they say
// (docs/benchmarks.md). The server has no setting for it and opens its connection
// by the name of a driver; all its services share the first that is opened of a
// file, so the pool inside is exchanged before they start.
func keepStatements(cfg *config.SQL) error {
	db, err := persistencesql.NewSQLDB(sqlplugin.DbKindMain, cfg, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		return err
	}
	pool, err := poolOf(db)
	if err != nil {
		return err
	}
	plain := pool.DB
	if _, kept := plain.Driver().(keeping); kept {
		return nil // a server of this process had the file before
	}
	pool.DB = sql.OpenDB(keeping{plain: plain.Driver(), source: source(cfg)})
	pool.SetMaxOpenConns(1) // as the plugin does
	return plain.Close()
}

// source names the file and its settings as the plugin does.
func source(cfg *config.SQL) string {
	settings := url.Values{"_time_format": {"sqlite"}}
	for name, value := range cfg.ConnectAttributes {
		if name == "mode" {
			settings.Set(name, value)
		} else {
			settings.Add("_pragma", name+"="+value)
		}
	}
	return "file:" + cfg.DatabaseName + "?" + settings.Encode()
}

// poolOf gives what a database of the server's SQLite plugin asks. The plugin
// has no name for it outside: a server that keeps it elsewhere is refused here,
// not somewhere in the middle of a night.
func poolOf(db sqlplugin.DB) (*sqlx.DB, error) {
	if v := reflect.ValueOf(db); v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		if field := v.Elem().FieldByName("db"); field.IsValid() && field.Type() == reflect.TypeFor[*sqlx.DB]() {
			return (*sqlx.DB)(field.UnsafePointer()), nil
		}
	}
	return nil, fmt.Errorf("%T of server %s has no pool of connections where it is looked for", db, ServerVersion)
}

// keeping is a driver whose connections keep their statements.
type keeping struct {
	plain  driver.Driver
	source string
}

func (k keeping) Connect(context.Context) (driver.Conn, error) { return k.Open(k.source) }

// Driver tells a pool whose statements are kept from one of the plugin's.
func (k keeping) Driver() driver.Driver { return k }

func (k keeping) Open(source string) (driver.Conn, error) {
	c, err := k.plain.Open(source)
	if err != nil {
		return nil, err
	}
	plain, ok := c.(plainConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T does not do what its statements could be kept with", c), c.Close())
	}
	return &keeper{plainConn: plain, idle: map[string]driver.Stmt{}}, nil
}

// plainConn is what the driver's connections do.
type plainConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keeper is a connection with the statements that nobody is using. One goroutine
// has it at a time, but that may ask something while it reads the rows of what it
// asked before: a statement is taken out while it runs.
type keeper struct {
	plainConn
	idle map[string]driver.Stmt
}

func (k *keeper) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := k.take(ctx, text)
	if err != nil {
		return nil, err
	}
	done, err := s.(driver.StmtExecContext).ExecContext(ctx, args)
	if err != nil {
		return nil, drop(s, err)
	}
	return done, k.keep(text, s)
}

func (k *keeper) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := k.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, drop(s, err)
	}
	return &keptRows{Rows: rows, done: func() error { return k.keep(text, s) }}, nil
}

// drop closes a statement that failed and gives the error as it is: the server
// compares some.
func drop(s driver.Stmt, err error) error {
	if closing := s.Close(); closing != nil {
		return errors.Join(err, closing)
	}
	return err
}

func (k *keeper) take(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := k.idle[text]; ok {
		delete(k.idle, text)
		return s, nil
	}
	return k.PrepareContext(ctx, text)
}

// keep puts a statement back. The one that it takes the place of is any: those
// that are used often are soon there again.
func (k *keeper) keep(text string, s driver.Stmt) error {
	if _, twice := k.idle[text]; twice {
		return s.Close()
	}
	for other, instead := range k.idle {
		if len(k.idle) < mostStatements {
			break
		}
		delete(k.idle, other)
		if err := instead.Close(); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	k.idle[text] = s
	return nil
}

func (k *keeper) Close() error {
	var errs []error
	for _, s := range k.idle {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, k.plainConn.Close())...)
}

// keptRows gives its statement back when it is closed, once.
type keptRows struct {
	driver.Rows
	done func() error
}

func (r *keptRows) Close() error {
	if r.done == nil {
		return nil
	}
	err := r.Rows.Close()
	if kept := r.done(); err == nil {
		err = kept
	}
	r.done = nil
	return err
}
