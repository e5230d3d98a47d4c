package temporalserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/jmoiron/sqlx"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	persistencesql "go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/resolver"
)

func opened(t *testing.T, cfg *config.SQL) (sqlplugin.DB, *sqlx.DB) {
	t.Helper()
	db, err := persistencesql.NewSQLDB(sqlplugin.DbKindMain, cfg, resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := poolOf(db)
	if err != nil {
		t.Fatal(err)
	}
	return db, pool
}

// asked gives the first column of a statement's only row.
func asked(t *testing.T, on sqlx.Queryer, text string, args ...any) (answer string) {
	t.Helper()
	if err := sqlx.Get(on, &answer, text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return answer
}

// idle gives how many statements the connection of a pool keeps that nobody uses.
func idle(t *testing.T, pool *sqlx.DB) (n int) {
	t.Helper()
	c, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // it goes back to the pool
	if err := c.Raw(func(inner any) error { n = len(inner.(*keeper).idle); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// kept is a new file whose pool keeps statements.
func kept(t *testing.T) (sqlplugin.DB, *sqlx.DB) {
	t.Helper()
	cfg := connection(filepath.Join(t.TempDir(), databaseFile))
	if err := keepStatements(cfg); err != nil {
		t.Fatal(err)
	}
	db, pool := opened(t, cfg)
	t.Cleanup(func() { _ = pool.Close() })
	if _, err := pool.Exec("CREATE TABLE promises (id TEXT PRIMARY KEY, due INTEGER)"); err != nil {
		t.Fatal(err)
	}
	return db, pool
}

// TestTheExchangedPoolHasTheSettings: WAL, syncs and caches are those of the
// pool that the plugin opens, and a second server of the process finds the first's.
func TestTheExchangedPoolHasTheSettings(t *testing.T) {
	cfg := connection(filepath.Join(t.TempDir(), databaseFile))
	settings := []string{"journal_mode", "synchronous", "cache_size", "temp_store", "mmap_size"}
	_, pool := opened(t, cfg)
	var plain []string
	for _, name := range settings {
		plain = append(plain, asked(t, pool, "PRAGMA "+name))
	}
	for range 2 {
		if err := keepStatements(cfg); err != nil {
			t.Fatal(err)
		}
	}
	again := pool.DB
	t.Cleanup(func() { _ = again.Close() })
	if _, is := pool.Driver().(keeping); !is {
		t.Fatalf("the pool that the server's services share has driver %T", pool.Driver())
	}
	for i, name := range settings {
		if got := asked(t, pool, "PRAGMA "+name); got != plain[i] {
			t.Errorf("%s is %s, by the plugin %s", name, got, plain[i])
		}
	}
	if n := pool.Stats().MaxOpenConnections; n != 1 {
		t.Errorf("%d connections at most, by the plugin 1: SQLite has one writer", n)
	}
}

// TestKeptStatementsGiveWhatTheyGave: the same text again with other values,
// inside the rows of itself, in a transaction that ends badly, after the table changed.
func TestKeptStatementsGiveWhatTheyGave(t *testing.T) {
	_, pool := kept(t)
	const insert, due = "INSERT INTO promises (id, due) VALUES (?, ?)", "SELECT due FROM promises WHERE id = ?"
	tx, err := pool.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if _, err := tx.Exec(insert, fmt.Sprint("p", i), i); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := tx.Query(due, "p7")
	if err != nil {
		t.Fatal(err)
	}
	if !rows.Next() {
		t.Fatal("no row of p7")
	}
	if got := asked(t, tx, due, "p8"); got != "8" {
		t.Errorf("p8 is due at %s while the rows of p7 are read", got)
	}
	var seven int
	if err := errors.Join(rows.Scan(&seven), rows.Close(), tx.Commit()); err != nil || seven != 7 {
		t.Errorf("p7 is due at %d (%v)", seven, err)
	}
	if n := idle(t, pool); n != 3 { // the table, the insert, the query once
		t.Errorf("%d statements are kept, not 3", n)
	}
	tx, err = pool.Beginx()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(insert, "p20", 20); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	var none int
	if err := pool.Get(&none, due, "p20"); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("what was rolled back is there: %d (%v)", none, err)
	}
	if _, err := pool.Exec("ALTER TABLE promises ADD COLUMN kept INTEGER DEFAULT 1"); err != nil {
		t.Fatal(err)
	}
	if got := asked(t, pool, due, "p9"); got != "9" {
		t.Errorf("p9 is due at %s after the table changed", got)
	}
}

// TestAFailedStatementIsNotKept: its error is the one that the server knows, and
// the connection goes on.
func TestAFailedStatementIsNotKept(t *testing.T) {
	db, pool := kept(t)
	const insert = "INSERT INTO promises (id, due) VALUES (?, ?)"
	if _, err := pool.Exec(insert, "p", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(insert, "p", 2); !db.IsDupEntryError(err) {
		t.Errorf("the same id twice: %v", err)
	}
	if _, err := pool.Exec(insert, "q", 3); err != nil {
		t.Error(err)
	}
	if _, err := pool.Exec("INSERT INTO nobody VALUES (1)"); err == nil {
		t.Error("a table that is not there was written")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := pool.ExecContext(ctx, insert, "r", 4); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits any more: %v", err)
	}
	if got := asked(t, pool, "SELECT count(*) FROM promises"); got != "2" {
		t.Errorf("%s promises, not 2", got)
	}
}

// TestStatementsAreKeptUpToABound: lists have as many texts as there are filters.
func TestStatementsAreKeptUpToABound(t *testing.T) {
	_, pool := kept(t)
	for i := range 2 * mostStatements {
		if got := asked(t, pool, fmt.Sprintf("SELECT count(*) + %d FROM promises", i)); got != fmt.Sprint(i) {
			t.Fatalf("%s, not %d", got, i)
		}
	}
	if n := idle(t, pool); n != mostStatements {
		t.Errorf("%d statements are kept, not %d", n, mostStatements)
	}
}
