package activity

import (
	"errors"
	"reflect"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/temporal"

	"liuke.dev/shared/telemetry"
)

// Outcomes of an attempt, besides the types of final errors.
const (
	done     = "done"
	repeated = "again" // to be repeated
)

// Metrics count attempts of effects by verb.
type Metrics struct {
	attempts *prometheus.CounterVec
	took     *prometheus.HistogramVec
}

// NewMetrics registers the metrics of effects.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		attempts: telemetry.Counter(r, "liuke_effect_attempts_total", "Attempts at effects: done, refused, failed (for good) or again (to be repeated).", "effect", "outcome"),
		took: telemetry.Histogram(r, "liuke_effect_seconds", "Time of one attempt at an effect.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}, "effect"),
	}
	activities := reflect.TypeFor[*Activities]()
	for i := range activities.NumMethod() { // zero from the beginning, so that the first time is an increase
		for _, outcome := range []string{done, repeated, TypeRefused, TypeFailed} {
			m.attempts.WithLabelValues(activities.Method(i).Name, outcome)
		}
	}
	return m
}

func (m *Metrics) asked(effect string, err error, begun time.Time) {
	if m == nil {
		return
	}
	m.took.WithLabelValues(effect).Observe(time.Since(begun).Seconds())
	outcome := done
	var final *temporal.ApplicationError
	switch {
	case errors.As(err, &final):
		outcome = final.Type()
	case err != nil:
		outcome = repeated
	}
	m.attempts.WithLabelValues(effect, outcome).Inc()
}
