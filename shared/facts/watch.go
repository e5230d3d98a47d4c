package facts

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/telemetry"
)

// WatchDeadLetters shows how many dead letters are pending, by the group that
// gave up, until ctx ends. One process of an installation is enough.
func WatchDeadLetters(ctx context.Context, cluster kafka.Cluster, log *slog.Logger, r prometheus.Registerer) error {
	gauge := telemetry.Gauge(r, "liuke_dead_letters_pending", "Dead letters that nobody has replayed.", "group")
	pending := map[string]string{} // id → group
	count, ready := map[string]int{}, false
	set := func(id, group string) {
		if before, was := pending[id]; was {
			delete(pending, id)
			count[before]--
		}
		if group != "" {
			pending[id] = group
			count[group]++
		}
		if !ready {
			return // letters of long ago are read first
		}
		for group, n := range count {
			gauge.WithLabelValues(group).Set(float64(n))
		}
	}
	err := cluster.Follow(ctx, catalogue.TopicDeadLetters, func(m kafka.Message) {
		l, err := letterOf(m)
		switch {
		case m.Value == nil:
			set(m.Key, "")
		case err != nil:
			orDiscard(log).WarnContext(ctx, "a dead letter cannot be read", "offset", m.Offset, "error", err)
		case l.State == LetterPending:
			set(l.ID, l.Group)
		default:
			set(l.ID, "")
		}
	}, func() { ready = true; set("", "") })
	if ctx.Err() != nil {
		return nil
	}
	return err
}
