package temporalserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/config"
)

// The server indexes each of the 59 columns that a search may name, and every
// journey's row is written again with each change of what it shows: three
// quarters of the file and the dearest step of a journey. Kept are the indexes
// that lists are drawn from and those of attributes that exist; a search by
// another column still works, it reads the namespace's rows instead.
var keptIndexes = []string{"default_idx", "by_workflow_id", "by_workflow_type", "by_status", "by_temporal_namespace_division"}

// indexedTypes are the types of attributes that have indexes, with their columns.
var indexedTypes = map[enums.IndexedValueType]string{
	enums.INDEXED_VALUE_TYPE_BOOL: "Bool", enums.INDEXED_VALUE_TYPE_DATETIME: "Datetime", enums.INDEXED_VALUE_TYPE_DOUBLE: "Double",
	enums.INDEXED_VALUE_TYPE_INT: "Int", enums.INDEXED_VALUE_TYPE_KEYWORD: "Keyword",
}

// columns gives the columns of the declared attributes: those of a type are
// numbered from 01.
func columns(declared map[string]enums.IndexedValueType) []string {
	used := map[string]int{}
	for _, t := range declared {
		if name, ok := indexedTypes[t]; ok {
			used[name]++
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(used)) {
		for n := range used[name] {
			out = append(out, fmt.Sprintf("%s%02d", name, n+1))
		}
	}
	return out
}

// trimIndexes leaves the visibility table with the indexes that are of use.
func trimIndexes(ctx context.Context, cfg *config.SQL, declared map[string]enums.IndexedValueType) (err error) {
	db, err := sql.Open("sqlite", "file:"+cfg.DatabaseName+"?_pragma=journal_mode=wal&_pragma=synchronous=full")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	kept := slices.Clone(keptIndexes)
	for _, column := range columns(declared) {
		name := indexName(column)
		kept = append(kept, name)
		if _, err := db.ExecContext(ctx, "CREATE INDEX IF NOT EXISTS "+name+" ON executions_visibility (namespace_id, "+column+
			", (COALESCE(close_time, '9999-12-31 23:59:59+00:00')) DESC, start_time DESC, run_id)"); err != nil {
			return err
		}
	}
	present, err := indexesOf(ctx, db)
	if err != nil {
		return err
	}
	for _, name := range present {
		if slices.Contains(kept, name) {
			continue
		}
		if _, err := db.ExecContext(ctx, "DROP INDEX "+name); err != nil {
			return err
		}
	}
	return nil
}

// indexName gives the server's name for a column's index: Keyword01 is by_keyword_01.
func indexName(column string) string {
	n := len(column) - 2
	return "by_" + string(column[0]|0x20) + column[1:n] + "_" + column[n:]
}

func indexesOf(ctx context.Context, db *sql.DB) (names []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'executions_visibility' AND sql IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
