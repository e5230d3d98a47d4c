package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

// BenchmarkCommit gives the commit rates with 1, 8 and 64 writers and how they
// compare; take -benchtime 1x.
func BenchmarkCommit(b *testing.B) {
	for range b.N {
		e, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "rate.db"))
		if err != nil {
			b.Fatal(err)
		}
		rates, err := storetest.CommitRates(e, 9, 300*time.Millisecond, 1, 8, 64)
		if err != nil {
			b.Fatal(err)
		}
		for writers, rate := range rates {
			b.ReportMetric(rate, fmt.Sprintf("commits/s-by-%d", writers))
			b.ReportMetric(rate/rates[1], fmt.Sprintf("times-one-by-%d", writers))
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
