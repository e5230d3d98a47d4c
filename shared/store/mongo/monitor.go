package mongo

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"go.mongodb.org/mongo-driver/v2/event"

	"liuke.dev/shared/telemetry"
)

// commands are how long the server took, and how often it failed; one for all
// engines of the process.
var (
	commands = prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "liuke_mongo_command_seconds",
		Help: "Time that MongoDB took to answer a command.", Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5}}, []string{"command"})
	failures = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "liuke_mongo_failures_total",
		Help: "Commands that MongoDB refused or did not answer."}, []string{"command"})
)

// Collectors gives the metrics of all engines of the process.
func Collectors() []prometheus.Collector { return []prometheus.Collector{commands, failures} }

// monitor measures commands, and makes a step of those in a recorded trace.
func monitor() *event.CommandMonitor {
	var steps sync.Map // request id → telemetry.Span
	end := func(id int64, err error) {
		if step, ok := steps.LoadAndDelete(id); ok {
			step.(telemetry.Span).End(err)
		}
	}
	return &event.CommandMonitor{
		Started: func(ctx context.Context, e *event.CommandStartedEvent) {
			if _, step := telemetry.Begin(ctx, telemetry.Calls, "mongodb", e.CommandName); step.Recording() {
				steps.Store(e.RequestID, step.Note("db.system.name", "mongodb").Note("db.namespace", e.DatabaseName))
			}
		},
		Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) {
			commands.WithLabelValues(e.CommandName).Observe(e.Duration.Seconds())
			failures.WithLabelValues(e.CommandName).Add(0) // counted from the beginning, as zero
			end(e.RequestID, nil)
		},
		Failed: func(_ context.Context, e *event.CommandFailedEvent) {
			commands.WithLabelValues(e.CommandName).Observe(e.Duration.Seconds())
			failures.WithLabelValues(e.CommandName).Inc()
			end(e.RequestID, e.Failure)
		},
	}
}
