package workflows

import (
	"context"
	"errors"
	"slices"
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
	// sweepWindow is how many journeys of a sweep are asked at once, sweepPatience
	// how long it waits for them before it asks the next, looking so often.
	sweepWindow   = 8
	sweepPatience = 2 * time.Second
	sweepLook     = 25 * time.Millisecond
)

// sweep asks journeys for a new decision that decided by a policy no longer in
// force or by a working calendar that is not their holder's any more, and those that should have woken and have not (a Temporal that lost its
// data, or was restored from yesterday). The lists are indexes of the
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
			s.d.Log.WarnContext(ctx, "journeys: sweep", "error", err)
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
	return errors.Join(err, s.sweepCalendars(ctx))
}

// reconsiderAll asks the journeys of a list, a window at a time: the next one
// once those before have decided. However many a policy touches, no more than a
// window of them stands before what a person does meanwhile. Those whose rules
// fail are left alone: they try again by themselves.
func (s *Service) reconsiderAll(ctx context.Context, why string, list decisions.List) error {
	for after := ""; ; {
		docs, next, err := s.decider.Page(ctx, list, sweepWindow, after)
		if err != nil {
			return err
		}
		asked := map[string]bool{}
		for _, d := range docs {
			if d.Fault != nil {
				continue
			}
			if err := s.router.Reconsider(ctx, router.Address{Kind: d.Kind, ID: d.ID}, host.Reconsider{Why: why}); err != nil {
				return err
			}
			asked[d.ID] = true
		}
		if err := s.decided(ctx, list, after, asked); err != nil || next == "" {
			return err
		}
		after = next
	}
}

// decided waits until those that were asked have left the list, or for as long
// as patience goes: one that stands still must not hold up the others.
func (s *Service) decided(ctx context.Context, list decisions.List, after string, asked map[string]bool) error {
	for until := time.Now().Add(s.patience); time.Now().Before(until); {
		docs, _, err := s.decider.Page(ctx, list, sweepWindow, after)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(docs, func(d decisions.Document) bool { return asked[d.ID] }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(sweepLook):
		}
	}
	return ctx.Err()
}
