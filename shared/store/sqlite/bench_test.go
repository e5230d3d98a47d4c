package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

// BenchmarkCommit gives the commit rate by number of writers.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			for range b.N {
				e, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "rate.db"))
				if err != nil {
					b.Fatal(err)
				}
				rate, err := storetest.CommitRate(e, writers, time.Second)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(rate, "commits/s")
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
