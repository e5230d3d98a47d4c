package accounts_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// BenchmarkScoringEverything scores customers of two years from scratch, store and
// facts included: LIUKE_SCORE_CUSTOMERS of them (200) with 48 entries each.
func BenchmarkScoringEverything(b *testing.B) {
	customers := 200
	if n, err := strconv.Atoi(os.Getenv("LIUKE_SCORE_CUSTOMERS")); err == nil {
		customers = n
	}
	r := run(b)
	ids := r.fill(customers, 48)
	for _, id := range ids {
		for r.stands(id).Version == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
	var most uint64
	for b.Loop() {
		if status, _ := r.call("journeys", "POST", "/v1/standings/scoring", nil, nil); status != 202 {
			b.Fatal(status)
		}
		for so := (struct{ Running bool }{true}); so.Running; time.Sleep(10 * time.Millisecond) {
			r.call("journeys", "GET", "/v1/standings/scoring", nil, &so)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	b.ReportMetric(float64(customers*b.N)/b.Elapsed().Seconds(), "customers/s")
	b.ReportMetric(float64(most)/(1<<20), "MiB-heap")
}
