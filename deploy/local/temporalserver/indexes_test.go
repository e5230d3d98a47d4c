package temporalserver

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"go.temporal.io/api/enums/v1"
)

// The file is left with the indexes of the attributes that are declared, also
// when another is declared later.
func TestOnlyIndexesOfUseAreKept(t *testing.T) {
	ctx := t.Context()
	cfg := connection(filepath.Join(t.TempDir(), "temporal.db"))
	if err := ensureSchema(ctx, cfg); err != nil {
		t.Fatal(err)
	}
	declared := map[string]enums.IndexedValueType{"Stage": enums.INDEXED_VALUE_TYPE_KEYWORD, "Owner": enums.INDEXED_VALUE_TYPE_KEYWORD,
		"NextDue": enums.INDEXED_VALUE_TYPE_DATETIME, "Notes": enums.INDEXED_VALUE_TYPE_TEXT}
	check := func(want ...string) {
		t.Helper()
		if err := trimIndexes(ctx, cfg, declared); err != nil {
			t.Fatal(err)
		}
		have := present(ctx, t, cfg.DatabaseName)
		want = append(want, keptIndexes...)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("indexes %v, wanted %v", have, want)
		}
	}
	check("by_datetime_01", "by_keyword_01", "by_keyword_02")
	declared["Late"], declared["Risk"] = enums.INDEXED_VALUE_TYPE_BOOL, enums.INDEXED_VALUE_TYPE_KEYWORD
	check("by_bool_01", "by_datetime_01", "by_keyword_01", "by_keyword_02", "by_keyword_03")
	check("by_bool_01", "by_datetime_01", "by_keyword_01", "by_keyword_02", "by_keyword_03")
}

func present(ctx context.Context, t *testing.T, file string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read from
	names, err := indexesOf(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}
