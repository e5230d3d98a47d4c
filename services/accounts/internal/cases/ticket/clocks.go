package ticket

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Clock gives one of the clocks of the case's present round.
func (t *Ticket) Clock(c catalogue.CaseClock) policy.Clock {
	within, _ := policy.ParseDuration(c.Within) // it was written by a policy duration
	out := policy.Clock{Start: t.RoundAt, Within: within}
	for _, p := range t.Pauses {
		out.Pauses = append(out.Pauses, policy.Pause(p))
	}
	return out
}

// Wind writes down when the clocks run down as things stand. The view is on the
// calendar of the case or of its owner.
func (t *Ticket) Wind(v *policy.View) {
	for _, c := range []*catalogue.CaseClock{&t.Response, &t.Solution} {
		if !c.DoneAt.IsZero() {
			continue
		}
		if due, running := v.Due(t.Clock(*c)); running {
			c.Due = due
		} else {
			c.Due = 0
		}
	}
}

// done stops a clock. What is done at the very instant it runs down is late: a
// clock gives until then.
func (t *Ticket) done(c *catalogue.CaseClock, v *policy.View, at instant.Time) {
	if !c.DoneAt.IsZero() {
		return
	}
	clock := t.Clock(*c)
	c.DoneAt, c.TookMS = at, v.Took(clock, at).Milliseconds()
	if due, running := v.Due(clock); running {
		if c.Due = due; at >= due && c.BreachedAt.IsZero() {
			c.BreachedAt = due
		}
	}
}

// Breach notes that a clock of a round ran down at an instant. It is void where
// the clock was done, or runs down at another instant by now.
func (t *Ticket) Breach(clock string, round int, due instant.Time, v *policy.View) bool {
	c := &t.Response
	if clock == catalogue.ClockSolution {
		c = &t.Solution
	}
	now, running := v.Due(t.Clock(*c))
	if t.Ended() || round != t.Round || !c.DoneAt.IsZero() || !c.BreachedAt.IsZero() || !running || now != due {
		return false
	}
	c.BreachedAt, c.Due = due, due
	return true
}

// wait lets the clocks stand still.
func (t *Ticket) wait(at instant.Time) {
	if t.WaitsSince.IsZero() {
		t.Pauses = append(slices.Clone(t.Pauses), catalogue.CasePause{From: at})
		t.WaitsSince, t.Nudged = at, 0
	}
	t.Status = catalogue.CaseWaiting
}

// resume lets the clocks go on.
func (t *Ticket) resume(at instant.Time) {
	if n := len(t.Pauses); n > 0 && t.Pauses[n-1].To.IsZero() {
		t.Pauses = slices.Clone(t.Pauses) // facts hold it as it was before
		t.Pauses[n-1].To = max(at, t.Pauses[n-1].From)
	}
	t.WaitsSince, t.Nudged = 0, 0
}
