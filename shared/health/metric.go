package health

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

var up = prometheus.NewDesc("liuke_dependency_up", "1 where something that the process depends on, or a part of it, stands well.", []string{"dependency", "kind"}, nil)

// Describe implements prometheus.Collector.
func (b *Board) Describe(out chan<- *prometheus.Desc) { out <- up }

// Collect implements prometheus.Collector.
func (b *Board) Collect(out chan<- prometheus.Metric) {
	for _, s := range b.States(context.Background()) {
		value := 0.0
		if s.State == OK {
			value = 1
		}
		out <- prometheus.MustNewConstMetric(up, prometheus.GaugeValue, value, s.Name, string(s.Kind))
	}
}
