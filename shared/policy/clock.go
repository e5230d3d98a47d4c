package policy

import (
	"time"

	"liuke.dev/shared/instant"
)

// Pause is when a clock stands still: from, up to to; to unset: it still does.
type Pause struct {
	From instant.Time `json:"from"`
	To   instant.Time `json:"to,omitempty" doc:"Unset while it lasts"`
}

// Clock counts a duration from an instant and stands still during its pauses,
// which are in order and do not overlap.
type Clock struct {
	Start  instant.Time
	Within Duration
	Pauses []Pause
}

// Due gives when the clock has run down; false while it stands still before that.
func (v *View) Due(c Clock) (instant.Time, bool) {
	return v.paused(c, v.After(c.Start, c.Within))
}

// Reaches gives when a share of the clock has passed, in percent; false while it
// stands still before that.
func (v *View) Reaches(c Clock, percent int) (instant.Time, bool) {
	whole := v.span(c, c.Start, v.After(c.Start, c.Within))
	return v.paused(c, v.onward(c, c.Start, whole*time.Duration(percent)/100))
}

// Took gives how much of the clock's kind of time passed until an instant,
// without the pauses.
func (v *View) Took(c Clock, end instant.Time) time.Duration {
	var took time.Duration
	from := c.Start
	for _, p := range c.Pauses {
		if p.From >= end {
			break
		}
		took += v.span(c, from, max(p.From, from))
		if from = max(from, p.To); p.To.IsZero() {
			return took
		}
	}
	return took + v.span(c, from, end)
}

// paused moves an instant that the clock reaches without pauses behind those that come before it.
func (v *View) paused(c Clock, due instant.Time) (instant.Time, bool) {
	for _, p := range c.Pauses {
		if p.From >= due {
			break
		}
		if p.To.IsZero() {
			return 0, false
		}
		from := max(p.From, c.Start)
		if p.To <= from {
			continue
		}
		due = v.onward(c, p.To, v.span(c, from, due))
	}
	return due, true
}

// span gives the time of the clock's kind between two instants.
func (v *View) span(c Clock, from, to instant.Time) time.Duration {
	if v.Speed > 1 || !c.Within.Working() {
		return max(0, to.Sub(from))
	}
	return v.schedule.Between(from, to)
}

// onward gives the instant that much time of the clock's kind later.
func (v *View) onward(c Clock, from instant.Time, d time.Duration) instant.Time {
	if v.Speed > 1 || !c.Within.Working() {
		return from.Add(d)
	}
	return v.schedule.AddTime(from, d)
}
