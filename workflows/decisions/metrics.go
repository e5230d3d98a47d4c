package decisions

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/telemetry"
	"liuke.dev/workflows/journey"
)

// metrics are what decisions count, by kind and rule, never by journey.
type metrics struct {
	decisions, late, fired *prometheus.CounterVec
	last                   *prometheus.GaugeVec
	took, lateness         *prometheus.HistogramVec
}

// Buckets in seconds: of a decision, and of how late a promise was kept.
var (
	quick = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}
	days  = []float64{.1, .5, 1, 2, 5, 15, 60, 300, 3600, 6 * 3600, 24 * 3600}
)

func measured(r prometheus.Registerer) *metrics {
	return &metrics{
		decisions: telemetry.Counter(r, "liuke_decisions_total", "Decisions of journeys: recorded, quiet (nothing new) or failed.", "kind", "outcome"),
		took:      telemetry.Histogram(r, "liuke_decision_seconds", "Time of one decision with its commit.", quick, "kind"),
		fired:     telemetry.Counter(r, "liuke_rule_fired_total", "Obligations that fired.", "kind", "rule"),
		last:      telemetry.Gauge(r, "liuke_rule_last_fired_timestamp_seconds", "When a rule fired last, as far as this process knows.", "kind", "rule"),
		lateness:  telemetry.Histogram(r, "liuke_promise_lateness_seconds", "How long after its due time an obligation had fired, its decision recorded.", days, "kind", "rule"),
		late:      telemetry.Counter(r, "liuke_promises_late_total", "Obligations that fired more than a minute after they were due.", "kind"),
	}
}

// Measure counts decisions in a registry from now on; call it before the first.
func (d *Decider) Measure(r prometheus.Registerer) {
	d.metrics = measured(r)
	for kind := range d.kinds { // zero from the beginning, so that the first time is an increase
		d.metrics.late.WithLabelValues(kind)
		for _, outcome := range []string{"recorded", "quiet", "failed"} {
			d.metrics.decisions.WithLabelValues(kind, outcome)
		}
	}
}

func (m *metrics) failed(kind string) { m.decisions.WithLabelValues(kind, "failed").Inc() }

func (m *metrics) quiet(kind string, begun time.Time) {
	m.decisions.WithLabelValues(kind, "quiet").Inc()
	m.took.WithLabelValues(kind).Observe(time.Since(begun).Seconds())
}

func (m *metrics) recorded(kind string, dec journey.Decision, begun time.Time, kept instant.Time) {
	m.decisions.WithLabelValues(kind, "recorded").Inc()
	m.took.WithLabelValues(kind).Observe(time.Since(begun).Seconds())
	for _, o := range dec.Pending { // zero from when it is armed, so that its first firing after a start is an increase
		m.fired.WithLabelValues(kind, o.Rule)
	}
	for _, f := range dec.Fired {
		rule := f.Obligation.Rule
		m.fired.WithLabelValues(kind, rule).Inc()
		m.last.WithLabelValues(kind, rule).Set(float64(f.At) / 1000)
		m.lateness.WithLabelValues(kind, rule).Observe(max(f.At.Sub(f.Obligation.Due), kept.Sub(f.Obligation.Due), 0).Seconds()) // where time is skipped the decision lies ahead of the clock
		if f.Late {
			m.late.WithLabelValues(kind).Inc()
		}
	}
}
