package health

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

var up = prometheus.NewDesc("liuke_dependency_up", "1 where something that the process depends on, or a part of it, stands well.", []string{"dependency", "needed"}, nil)

// Describe implements prometheus.Collector.
func (b *Board) Describe(out chan<- *prometheus.Desc) { out <- up }

// Collect implements prometheus.Collector.
func (b *Board) Collect(out chan<- prometheus.Metric) {
	for _, s := range b.States(context.Background()) {
		value, needed := 0.0, "no"
		if s.State == OK {
			value = 1
		}
		if s.Needed {
			needed = "yes"
		}
		out <- prometheus.MustNewConstMetric(up, prometheus.GaugeValue, value, s.Name, needed)
	}
}
