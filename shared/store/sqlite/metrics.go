package sqlite

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/store"
)

// What the writers of the process do, by store.
var (
	groups = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "liuke_sqlite_group_commits",
		Help: "Commits that one transaction took together.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256}}, []string{"store"})
	transactions = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "liuke_sqlite_transaction_seconds",
		Help: "Time of one transaction, synced to the disk.", Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1}}, []string{"store"})
	failures = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "liuke_sqlite_failures_total",
		Help: "Transactions that failed: disk full, file away."}, []string{"store"})
)

// Collectors gives the metrics of all engines of the process.
func Collectors() []prometheus.Collector {
	return []prometheus.Collector{groups, transactions, failures}
}

func (w *writer) measure(jobs int, begin time.Time, err error) {
	groups.WithLabelValues(w.name).Observe(float64(jobs))
	transactions.WithLabelValues(w.name).Observe(time.Since(begin).Seconds())
	away := errors.Is(outcome(err), store.ErrUnavailable)
	w.failed.Store(away)
	if away {
		failures.WithLabelValues(w.name).Inc()
	}
}
