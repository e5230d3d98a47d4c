package rollout

import (
	"context"
	"time"

	"liuke.dev/shared/config"
)

// How a worker of a new build behaves, by configuration.
const (
	Auto   = config.RolloutAuto   // a build takes over once, when it is first seen
	Manual = config.RolloutManual // an operator says so; only the first build of all takes over by itself
)

// How often a worker looks whether journeys have a build to run on: until it is
// settled, and then.
const (
	lookFirst = 250 * time.Millisecond
	lookThen  = 15 * time.Second
)

// Watch lets a build take over where it should, until ctx ends. It goes on
// looking, because a build whose workers have all gone must not keep journeys
// to itself. told hears of every take-over and of errors.
func (r *Rollout) Watch(ctx context.Context, build, mode string, told func(message string, args ...any)) {
	wait := lookFirst
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		why, err := r.takeOver(ctx, build, mode)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			told("journeys: rollout", "build", build, "error", err)
			wait = min(2*wait, lookThen)
		case why == notYet:
			wait = lookFirst
		default:
			wait = lookThen
			if why.takes {
				told("journeys run on this build", "build", build, "why", why.text)
			}
		}
	}
}

// takeOver makes a build current if it should be.
func (r *Rollout) takeOver(ctx context.Context, build, mode string) (reason, error) {
	s, err := r.Status(ctx)
	if err != nil {
		return notYet, err
	}
	why := decide(s, build, mode)
	if !why.takes {
		return why, nil
	}
	return why, r.makeCurrent(ctx, build, s.token)
}

// reason tells whether a build takes over, and why.
type reason struct {
	takes bool
	text  string
}

var (
	notYet     = reason{false, "the server has not seen this build yet"}
	isCurrent  = reason{false, "it is current"}
	isRamping  = reason{false, "an operator is ramping it"}
	leaves     = reason{false, "another build has the journeys"}
	first      = reason{true, "there was none before"}
	isNew      = reason{true, "it is new"}
	othersGone = reason{true, "the build that had the journeys has no worker left"}
)

// decide holds the rule. A build that had its turn does not come back by itself:
// an old worker that restarts during an upgrade would take journeys back to code
// that cannot replay them.
func decide(s Status, build, mode string) reason {
	own, seen := s.Of(build)
	current, _ := s.Of(s.Current)
	switch {
	case !seen:
		return notYet
	case own.State == Current:
		return isCurrent
	case s.Current == "" && (mode == Auto || s.Unversioned == 0):
		return first
	case own.State == Ramping:
		return isRamping
	case mode == Manual:
		return leaves
	case current.Workers == 0:
		return othersGone
	case own.State == Inactive && own.Since.After(current.Since):
		return isNew
	}
	return leaves
}
