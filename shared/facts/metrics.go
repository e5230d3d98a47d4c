package facts

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics are what the relay and the consumers count. One per process serves
// every service in it.
type Metrics struct {
	pending, oldest                  *prometheus.GaugeVec
	published, refused, relayErrors  *prometheus.CounterVec
	handled, retried, dead, repeated *prometheus.CounterVec
	lag                              *prometheus.GaugeVec
	took                             *prometheus.HistogramVec
}

// NewMetrics registers the metrics; asked again, it gives the same ones. With a
// nil registry they count for nobody.
func NewMetrics(r prometheus.Registerer) *Metrics {
	return &Metrics{
		pending:     gauge(r, "liuke_outbox_pending", "Facts committed and not yet published.", "service"),
		oldest:      gauge(r, "liuke_outbox_oldest_seconds", "Age of the oldest fact not yet published.", "service"),
		published:   counter(r, "liuke_relay_published_total", "Facts published.", "service"),
		refused:     counter(r, "liuke_relay_refused_total", "Facts that could not be published and were parked as dead letters.", "service"),
		relayErrors: counter(r, "liuke_relay_errors_total", "Failed attempts to read, publish or mark facts.", "service", "step"),
		handled:     counter(r, "liuke_consumer_handled_total", "Facts handled.", "group", "topic"),
		retried:     counter(r, "liuke_consumer_retries_total", "Attempts that failed and were repeated.", "group", "topic"),
		dead:        counter(r, "liuke_consumer_dead_letters_total", "Facts parked as dead letters.", "group", "topic"),
		repeated:    counter(r, "liuke_consumer_repeated_total", "Facts skipped because they were seen before.", "group", "topic"),
		lag:         gauge(r, "liuke_consumer_lag", "Messages that the group has not committed.", "group", "topic"),
		took: register(r, prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "liuke_fact_age_seconds",
			Help: "Age of a fact when a group has handled it.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 16)}, []string{"group"})),
	}
}

// What has not happened yet is counted as zero from the beginning, so that its
// first time is an increase.

func (m *Metrics) expectRelay(service string) {
	m.published.WithLabelValues(service)
	m.refused.WithLabelValues(service)
	for _, step := range []string{"read", "publish", "mark"} {
		m.relayErrors.WithLabelValues(service, step)
	}
}

func (m *Metrics) expectGroup(group string, topics []string) {
	for _, topic := range topics {
		for _, counter := range []*prometheus.CounterVec{m.handled, m.retried, m.dead, m.repeated} {
			counter.WithLabelValues(group, topic)
		}
	}
}

func gauge(r prometheus.Registerer, name, help string, labels ...string) *prometheus.GaugeVec {
	return register(r, prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels))
}

func counter(r prometheus.Registerer, name, help string, labels ...string) *prometheus.CounterVec {
	return register(r, prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels))
}

func register[C prometheus.Collector](r prometheus.Registerer, c C) C {
	if r == nil {
		return c
	}
	var already prometheus.AlreadyRegisteredError
	if err := r.Register(c); errors.As(err, &already) {
		return already.ExistingCollector.(C)
	} else if err != nil {
		panic(err)
	}
	return c
}
