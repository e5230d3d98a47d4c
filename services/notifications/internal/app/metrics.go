package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/telemetry"
)

// Metrics count deliveries by channel.
type Metrics struct {
	ended *prometheus.CounterVec
	age   *prometheus.HistogramVec
}

// again is the status of an attempt that will be repeated.
const again = "again"

// NewMetrics registers the metrics of deliveries.
func NewMetrics(r prometheus.Registerer) *Metrics {
	m := &Metrics{
		ended: telemetry.Counter(r, "liuke_deliveries_total", "Reminders that were delivered or failed for good, and attempts that will be made again.", "channel", "status"),
		age: telemetry.Histogram(r, "liuke_delivery_age_seconds", "Time from a reminder until it was delivered; what quiet hours withheld is old.",
			[]float64{.05, .1, .25, .5, 1, 2.5, 5, 15, 60, 300, 3600, 6 * 3600, 24 * 3600}, "channel"),
	}
	for _, channel := range []string{outbox.InApp, outbox.Email, outbox.Webhook} { // zero from the beginning, so that the first time is an increase
		for _, status := range []string{outbox.Delivered, outbox.Failed, again} {
			m.ended.WithLabelValues(channel, status)
		}
	}
	return m
}

// count takes how an attempt at a delivery ended.
func (m *Metrics) count(v *outbox.Delivery, now instant.Time) {
	if m == nil {
		return
	}
	status := v.Status
	if v.Open {
		status = again
	}
	m.ended.WithLabelValues(v.Channel, status).Inc()
	if status == outbox.Delivered {
		since := v.Reminder.At
		if v.Outreach != nil {
			since = v.At
		}
		m.age.WithLabelValues(v.Channel).Observe(max(now.Sub(since).Seconds(), 0))
	}
}
