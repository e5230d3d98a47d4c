package workflows

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/policy"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/router"
)

// How often the sweeper looks, and how long a due obligation may stand before it
// helps: a journey's own timer comes first, always.
const (
	sweepEvery = 15 * time.Second
	overdueBy  = 2 * time.Minute
	sweepPage  = 200
	// perSweep spaces the signals of a sweep, so that people come first.
	betweenSignals = 5 * time.Millisecond
)

// sweep asks journeys for a new decision that decided by a policy no longer in
// force, and those that should have woken and have not (a Temporal that lost its
// data, or was restored from yesterday). Both lists are indexes of the
// decisions; a journey leaves them with its next decision.
func (s *Service) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := s.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			s.d.Log.Warn("journeys: sweep", "error", err)
		}
	}
}

func (s *Service) sweepOnce(ctx context.Context) error {
	now := s.d.Clock()
	view, err := s.d.Policy.At(now)
	if errors.Is(err, policy.ErrNoPolicy) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, k := range Kinds() {
		err = errors.Join(err, s.reconsiderAll(ctx, "a policy was published", decisions.Behind(k.Name(), view.Version)),
			s.reconsiderAll(ctx, "overdue", decisions.Overdue(k.Name(), now.Add(-overdueBy))))
	}
	return err
}

func (s *Service) reconsiderAll(ctx context.Context, why string, list decisions.List) error {
	for after := ""; ; {
		docs, next, err := s.decider.Page(ctx, list, sweepPage, after)
		if err != nil {
			return err
		}
		for _, d := range docs {
			if err := s.router.Reconsider(ctx, router.Address{Kind: d.Kind, ID: d.ID}, host.Reconsider{Why: why}); err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(betweenSignals):
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}
