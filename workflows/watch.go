package workflows

import (
	"context"
	"time"

	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
	"liuke.dev/workflows/decisions"
)

// How often journeys are counted for the metrics: those that need somebody
// often, all of them now and then, since that reads the whole index.
const (
	watchEvery    = 15 * time.Second
	watchAllEvery = 4 // times watchEvery
)

// watch shows how many journeys run and how many of them need somebody.
func (s *Service) watch(ctx context.Context) error {
	gauge := telemetry.Gauge(s.d.Metrics, "liuke_journeys", "Journeys: running, behind (decided by an older policy), overdue (slept past a due time), troubled (an effect or the rules failed).", "kind", "state")
	ctx = store.Background(ctx)
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for round := 0; ; round++ {
		for _, k := range Kinds() {
			for state, list := range s.watched(k.Name(), round%watchAllEvery == 0) {
				n, err := s.decider.Count(ctx, list)
				if err != nil {
					break // the store is away, which its own metrics and checks say
				}
				gauge.WithLabelValues(k.Name(), state).Set(float64(n))
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Service) watched(kind string, all bool) map[string]decisions.List {
	now := s.d.Clock()
	out := map[string]decisions.List{"overdue": decisions.Overdue(kind, now.Add(-overdueBy)), "troubled": decisions.Troubled(kind)}
	if view, err := s.d.Policy.At(now); err == nil {
		out["behind"] = decisions.Behind(kind, view.Version)
	}
	if all {
		out["running"] = decisions.Running(kind)
	}
	return out
}

// letters shows how many dead letters are pending.
func (s *Service) letters(ctx context.Context) error {
	return facts.WatchDeadLetters(ctx, s.d.Cluster, s.d.Log, s.d.Metrics)
}
