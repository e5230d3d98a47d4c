package temporalserver

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	sqliteschema "go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Format numbers the schema of the file. Temporal has no migrations for
// SQLite: raise it together with the ALTERs that lead from one to the next,
// whenever the server's schema changes. 1 is that of servers 1.31.0 to 1.32.2.
const Format = 1

// ServerVersion is the server that this program is built with.
const ServerVersion = "1.32.1"

// synchronous=normal writes each commit without waiting for the disk, which a
// crash of the program survives and a power failure does not: what a client was
// told is durable is synced before it is told (durable), because the broker has
// synced its consumer offsets by then, and a signal forgotten behind a committed
// offset is a promise forgotten. What workers and timers did in the last second
// may be forgotten: it is done again, and decisions and effects know their keys.
// With a sync for each of its own commits the server took a third longer for two
// thousand timers in one instant (docs/benchmarks.md).
const synchronous = "normal"

// fileShards: more gain nothing on SQLite.
const fileShards = 1

const (
	databaseFile = "temporal.db"
	formatFile   = "temporal.json"
)

// ErrNewer is wrapped when the file was made by a newer program.
var ErrNewer = errors.New("temporal: the journeys were written by a newer program")

// format is what formatFile holds.
type format struct {
	Format int    `json:"format"`
	Server string `json:"server"`
}

// prepare makes databases, schema and namespace where they are missing.
func prepare(ctx context.Context, cfg Config) (stores, error) {
	if cfg.Postgres != "" {
		return preparePostgres(ctx, cfg)
	}
	return prepareFile(ctx, cfg)
}

func prepareFile(ctx context.Context, cfg Config) (stores, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return stores{}, fmt.Errorf("temporal: %w", err)
	}
	if err := checkFormat(cfg.Dir); err != nil {
		return stores{}, err
	}
	file := filepath.Join(cfg.Dir, databaseFile)
	db := connection(file)
	if err := ensureSchema(ctx, db); err != nil {
		return stores{}, fmt.Errorf("temporal: schema of %s: %w", file, err)
	}
	if err := trimIndexes(ctx, db, cfg.SearchAttributes); err != nil {
		return stores{}, fmt.Errorf("temporal: indexes of %s: %w", file, err)
	}
	if err := writeFormat(cfg.Dir); err != nil {
		return stores{}, fmt.Errorf("temporal: %w", err)
	}
	if err := ensureNamespace(db, cfg); err != nil {
		return stores{}, err
	}
	if err := keepStatements(db); err != nil {
		return stores{}, fmt.Errorf("temporal: connection to %s: %w", file, err)
	}
	return stores{main: db, shards: fileShards, file: file}, nil
}

// ensureNamespace writes the namespace where it is missing; the server need not
// run, and works on one that is there from its first moment.
func ensureNamespace(db *config.SQL, cfg Config) error {
	n, err := sqliteschema.NewNamespaceConfig(clusterName, cfg.Namespace, false, cfg.SearchAttributes)
	if err != nil {
		return fmt.Errorf("temporal: namespace %s: %w", cfg.Namespace, err)
	}
	n.Detail.Config.Retention = durationpb.New(cfg.Retention)
	if err := sqliteschema.CreateNamespaces(db, n); err != nil { // leaves one that exists as it is; any SQL database will do
		return fmt.Errorf("temporal: namespace %s: %w", cfg.Namespace, err)
	}
	return nil
}

// schemaDB lends a transaction to the server's schema set-up, which asks for
// nothing but Exec.
type schemaDB struct {
	sqlplugin.AdminDB
	ctx context.Context
	tx  *sql.Tx
}

func (s schemaDB) Exec(statement string, args ...any) error {
	_, err := s.tx.ExecContext(s.ctx, statement, args...)
	return err
}

// ensureSchema sets the schema up in one transaction: a first start that is
// killed half way leaves an empty file, not a broken one.
func ensureSchema(ctx context.Context, cfg *config.SQL) (err error) {
	db, err := sql.Open("sqlite", "file:"+cfg.DatabaseName+"?_pragma=journal_mode=wal&_pragma=synchronous=full")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to roll back after Commit
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'table'").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return nil
	}
	if err := sqliteschema.SetupSchemaOnDB(schemaDB{ctx: ctx, tx: tx}); err != nil {
		return err
	}
	return tx.Commit()
}

func checkFormat(dir string) error {
	path := filepath.Join(dir, formatFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("temporal: %w", err)
	}
	var f format
	if err := json.Unmarshal(text, &f); err != nil {
		return fmt.Errorf("temporal: %s cannot be read: %w", path, err)
	}
	if f.Format > Format {
		return fmt.Errorf("%w: %s has format %d (server %s), this program knows formats up to %d (server %s): run the newer program",
			ErrNewer, dir, f.Format, f.Server, Format, ServerVersion)
	}
	return nil
}

func writeFormat(dir string) error {
	text, err := json.Marshal(format{Format: Format, Server: ServerVersion})
	if err != nil {
		return err
	}
	path := filepath.Join(dir, formatFile)
	if have, err := os.ReadFile(path); err == nil && string(have) == string(text) {
		return nil
	}
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
