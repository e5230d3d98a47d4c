package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"time"

	"liuke.dev/shared/store"
)

// The quick check reads the whole file: beyond this size, or this time, only a
// thorough inspection does.
const (
	quickUpTo   = 2 << 30
	quickWithin = 20 * time.Second
)

// Inspect reads what a file says of itself and changes nothing. It may run
// beside the program. Errors: fs.ErrNotExist, store.ErrUnavailable.
func Inspect(ctx context.Context, path string, thorough bool) (store.Inspection, error) {
	out := store.Inspection{Engine: "sqlite", Topology: "file", Settings: map[string]string{}}
	info, err := os.Stat(path)
	if err != nil {
		return out, fmt.Errorf("store %s: %w", path, err)
	}
	db, err := sql.Open("sqlite", source(path, "query_only(1)"))
	if err != nil {
		return out, outcome(err)
	}
	defer db.Close() //nolint:errcheck // it was only read
	db.SetMaxOpenConns(1)
	for _, pragma := range []string{"journal_mode", "user_version", "page_size", "auto_vacuum", "freelist_count"} {
		var value string
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&value); err != nil {
			return out, fmt.Errorf("store %s: %w", path, outcome(err))
		}
		out.Settings[pragma] = value
	}
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&out.Version); err != nil {
		return out, fmt.Errorf("store %s: %w", path, outcome(err))
	}
	version, _ := strconv.Atoi(out.Settings["user_version"]) // SQLite gives a number
	out.Bytes, out.Newer, out.Older = info.Size(), version > schemaVersion, version < schemaVersion
	if wal, err := os.Stat(path + "-wal"); err == nil {
		out.Settings["wal_bytes"] = strconv.FormatInt(wal.Size(), 10)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return out, err
	}
	return out, check(ctx, db, &out, thorough)
}

// check runs SQLite's own check of the file.
func check(ctx context.Context, db *sql.DB, out *store.Inspection, thorough bool) error {
	pragma := "PRAGMA integrity_check(20)"
	if !thorough {
		if out.Bytes > quickUpTo {
			out.Unchecked = "the file is large"
			return nil
		}
		pragma = "PRAGMA quick_check(20)"
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, quickWithin)
		defer cancel()
	}
	rows, err := db.QueryContext(ctx, pragma)
	if err != nil {
		return unchecked(ctx, out, err)
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			out.Faults = append(out.Faults, line)
		}
	}
	return unchecked(ctx, out, rows.Err())
}

func unchecked(ctx context.Context, out *store.Inspection, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		out.Unchecked = "the check took too long"
		return nil
	}
	if err != nil && errors.Is(outcome(err), store.ErrUnavailable) {
		out.Faults = append(out.Faults, err.Error()) // too broken to be checked
		return nil
	}
	return err
}
