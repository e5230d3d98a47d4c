package pursuit

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// maxWaiting bounds the outbound contacts that wait for an answer. The first of a silence
// are kept, whose windows end first and which are more than any policy counts, and
// the newest, which waits on when an answer to the others comes.
const maxWaiting = 16

// FollowUp takes a recorded follow-up. Only one that counts resets clocks
// who spoke last is known from all of them (C-06).
func (c *Care) FollowUp(f journey.Fact, u *catalogue.FollowUp, v *policy.View) {
	c.See(f)
	happened := journey.Moment{Ref: f.Ref, At: u.OccurredAt, Known: f.Time}
	if u.Counts {
		c.Touch.Newest(happened)
		if f.After(c.Counted) {
			c.Counted = f.Ref
		}
		if c.Next.Tell(f.Ref, Plan{At: u.NextTouchAt, Task: u.ID}) {
			c.openTask(Task{Kind: catalogue.TaskNextTouch, ID: u.ID, Base: f.Ref, Round: f.V, Due: u.NextTouchAt})
		}
	} else {
		c.Uncounted.Later(journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time})
	}
	if u.Direction == "inbound" {
		c.heard(happened)
	} else {
		c.spoke(happened, u.Counts)
	}
	c.Talk.listen(f, u, v)
}

func (c *Care) spoke(m journey.Moment, counts bool) {
	c.WentOut(m.Ref)
	if !counts {
		return
	}
	c.Outbound.Newest(m)
	if m.At <= c.Inbound.At || slices.ContainsFunc(c.Waiting, func(w journey.Moment) bool { return w.Ref == m.Ref }) {
		return
	}
	c.Waiting = append(c.Waiting, m)
	slices.SortFunc(c.Waiting, func(a, b journey.Moment) int { return cmp.Compare(a.V, b.V) })
	if newest := len(c.Waiting) - 1; newest >= maxWaiting {
		c.Waiting = slices.Delete(c.Waiting, maxWaiting-1, newest)
	}
}

// WentOut takes that somebody reached out: of several facts the first in history is
// kept, whichever arrives first.
func (c *Care) WentOut(at journey.Ref) {
	if c.FirstOut.IsZero() || c.FirstOut.After(at) {
		c.FirstOut = at
	}
}

func (c *Care) heard(m journey.Moment) {
	if !c.Inbound.Newest(m) {
		return
	}
	c.Waiting = slices.DeleteFunc(c.Waiting, func(w journey.Moment) bool { return w.At <= m.At })
}

// Touched tells whether anybody has been in touch with the customer at all.
func (c *Care) Touched() bool { return !c.FirstOut.IsZero() || !c.Counted.IsZero() }
