// Package budget holds the rules of how often, and when, one customer may be
// reached by all departments together (D-9): at most so many contacts on one day
// of the customer's and in any seven days, never in their quiet hours, in an order
// that is fair between departments. It is pure: no store, no clock.
package budget

import (
	"time"
	_ "time/tzdata" // customers' zones are known on every machine

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Rules are the policy's for one customer.
type Rules struct {
	PerDay, PerWeek int
	DeferAtMost     time.Duration // longest wait from when something is meant to leave
	HoldFor         time.Duration // how long a person's reservation is kept
	AnswerWithin    time.Duration // after the customer's own contact, ours is an answer

	zone     *time.Location
	from, to int // quiet minutes of the day, equal: none
	speed    int64
}

// RulesOf compiles the policy for a customer who lives by a time zone; empty or
// unknown: by the policy's. Under a demo's speed a day is as much shorter, and
// there are no quiet hours.
func RulesOf(v *policy.View, zone string) Rules {
	o := v.Sections.Outreach
	r := Rules{PerDay: o.PerDay, PerWeek: o.PerWeek, speed: max(v.Speed, 1)}
	r.DeferAtMost, r.HoldFor, r.AnswerWithin = span(v, o.DeferAtMost), span(v, o.HoldFor), span(v, o.AnswerWithin)
	r.zone = location(zone, o.Zone)
	if r.speed == 1 {
		r.from, r.to = minutes(o.QuietFrom), minutes(o.QuietTo)
	}
	return r
}

func span(v *policy.View, d policy.Duration) time.Duration {
	return d.Elapsed() / time.Duration(max(v.Speed, 1))
}

func location(names ...string) *time.Location {
	for _, n := range names {
		if z, err := time.LoadLocation(n); err == nil && n != "" {
			return z
		}
	}
	return time.UTC
}

func minutes(s string) int {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0
	}
	return t.Hour()*60 + t.Minute()
}

const dayMillis = 86_400_000

// Day numbers the customer's local day of an instant.
func (r Rules) Day(at instant.Time) int64 {
	if r.speed > 1 {
		return int64(at) * r.speed / dayMillis
	}
	y, m, d := at.Std().In(r.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400
}

// begin gives the first instant of a local day.
func (r Rules) begin(day int64) instant.Time {
	if r.speed > 1 {
		return instant.Time((day*dayMillis + r.speed - 1) / r.speed)
	}
	return instant.Of(time.Date(1970, 1, 1+int(day), 0, 0, 0, 0, r.zone))
}

// Awake gives the instant itself, or the end of the quiet hours that it lies in.
func (r Rules) Awake(at instant.Time) instant.Time {
	if r.from == r.to {
		return at
	}
	local := at.Std().In(r.zone)
	minute := local.Hour()*60 + local.Minute()
	end := func(days int) instant.Time {
		y, m, d := local.Date()
		// Where the clocks leap over the end, the next minute that there is has it.
		return max(at, instant.Of(time.Date(y, m, d+days, r.to/60, r.to%60, 0, 0, r.zone)))
	}
	switch {
	case r.from < r.to && minute >= r.from && minute < r.to, r.from > r.to && minute < r.to:
		return end(0)
	case r.from > r.to && minute >= r.from:
		return end(1)
	}
	return at
}

// Local writes an instant as the customer's clocks show it.
func (r Rules) Local(at instant.Time) string { return at.Std().In(r.zone).Format("2006-01-02 15:04") }

// Zone names the zone that the customer lives by.
func (r Rules) Zone() string { return r.zone.String() }

// dayLength is how long a day is.
func (r Rules) dayLength() time.Duration { return 24 * time.Hour / time.Duration(r.speed) }

// Names of the rules, as answers give them.
const (
	PerDay     = "outreach.per_day"
	PerWeek    = "outreach.per_week"
	QuietHours = "outreach.quiet_hours"
)

// weight says which of several rules that hold something back is named.
var weight = map[string]int{QuietHours: 1, PerDay: 2, PerWeek: 3}

// counts are contacts by local day.
type counts map[int64]int

// week gives how many contacts any seven days that hold the day have at most.
func (c counts) week(day int64) int {
	most := 0
	for first := day - 6; first <= day; first++ {
		sum := 0
		for d := first; d < first+7; d++ {
			sum += c[d]
		}
		most = max(most, sum)
	}
	return most
}

// furthest bounds the search for a free day.
const furthest = 4000

// free gives the earliest instant from which on something may leave, and the
// rule that moved it, empty where none did.
func (r Rules) free(c counts, from instant.Time, anyHour, counted bool) (instant.Time, string) {
	at, why := from, ""
	hold := func(rule string) {
		if weight[rule] > weight[why] {
			why = rule
		}
	}
	for range furthest {
		if awake := r.Awake(at); !anyHour && awake != at {
			hold(QuietHours)
			at = awake
		}
		if !counted {
			return at, why
		}
		day := r.Day(at)
		switch {
		case c.week(day) >= r.PerWeek:
			hold(PerWeek)
		case c[day] >= r.PerDay:
			hold(PerDay)
		default:
			return at, why
		}
		at = r.begin(day + 1)
	}
	return at, why
}
