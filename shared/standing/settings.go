package standing

import (
	"math"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Settings are what a customer is judged by: sections of a policy book, and what
// its file says of it.
type Settings struct {
	Rules      policy.Standing
	Model      policy.HealthModel
	Fall       policy.HealthFall
	Reply      policy.Duration   // reply window (C-06)
	Unanswered int               // contacts in a row that make R-101; 0: off
	Policy     int64             // version of the book

	Tier     string
	Override *catalogue.LifecycleOverride
	// Roles are the roles in the buying process of contacts, by id and by name.
	Roles map[string]string
	// Names leads from a contact's name to its id: entries name either.
	Names map[string]string

	view *policy.View
	grid grid
}

// File is what a customer's file says that matters here.
type File struct {
	Sector, Tier string
	Roles        map[string]string // by id of the contact and by name
	Names        map[string]string // ids by name
	Override     *catalogue.LifecycleOverride
}

// By gives the settings of a book for a customer.
func By(v *policy.View, f File) Settings {
	s := v.Sections
	return Settings{Rules: s.Standing, Model: s.Health.For(f.Sector), Fall: s.Risk.HealthFall, Reply: s.Risk.ReplyWindow, Unanswered: s.Risk.UnansweredContacts,
		Policy: v.Version, Tier: f.Tier, Override: f.Override, Roles: f.Roles, Names: f.Names, view: v, grid: grid{zone: v.Zone(), speed: max(v.Speed, 1)}}
}

// length gives a window's length; a demo's speed shortens it.
func (s *Settings) length(d policy.Duration) instant.Time {
	return instant.Time(d.Elapsed().Milliseconds() / s.grid.speed)
}

// grid gives the beginnings of days, weeks and months by the company's calendar.
// Under a demo's speed they are the same parts of time, shortened.
type grid struct {
	zone  *time.Location
	speed int64
}

const (
	dayLength   = 24 * 60 * 60 * 1000
	monthLength = 30 * dayLength
)

// days numbers local days. It remembers between which instants the clocks do not
// change, as most of what it is asked lies between the same two.
type days struct {
	grid
	since, until instant.Time
	offset       int64 // of local time, in ms
}

func (d *days) of(at instant.Time) int64 {
	if d.speed > 1 {
		return int64(at) / max(dayLength/d.speed, 1)
	}
	if at < d.since || at >= d.until {
		t := at.Std().In(d.zone)
		_, offset := t.Zone()
		d.since, d.until, d.offset = math.MinInt64, math.MaxInt64, int64(offset)*1000
		from, to := t.ZoneBounds()
		if !from.IsZero() {
			d.since = instant.Of(from)
		}
		if !to.IsZero() {
			d.until = instant.Of(to)
		}
	}
	return (int64(at) + d.offset) / dayLength
}

// week gives the beginning of the week, Monday, that an instant lies in.
func (g grid) week(at instant.Time) instant.Time {
	if g.speed > 1 {
		w := max(instant.Time(7*dayLength/g.speed), 1)
		return at / w * w
	}
	t := at.Std().In(g.zone)
	back := (int(t.Weekday()) + 6) % 7
	return instant.Of(time.Date(t.Year(), t.Month(), t.Day()-back, 0, 0, 0, 0, g.zone))
}

// month gives the beginning of the month an instant lies in, n months on.
func (g grid) month(at instant.Time, n int) instant.Time {
	if g.speed > 1 {
		m := max(instant.Time(monthLength/g.speed), 1)
		return (at/m + instant.Time(n)) * m
	}
	t := at.Std().In(g.zone)
	return instant.Of(time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, g.zone))
}

// nextWeek gives the beginning of the week after the one an instant lies in.
func (g grid) nextWeek(at instant.Time) instant.Time {
	if g.speed > 1 {
		return g.week(at) + max(instant.Time(7*dayLength/g.speed), 1)
	}
	t := g.week(at).Std().In(g.zone)
	return instant.Of(time.Date(t.Year(), t.Month(), t.Day()+7, 0, 0, 0, 0, g.zone))
}

// anchor gives where the windows of a rule end in the past.
func (g grid) anchor(check string, at instant.Time) instant.Time {
	if check == policy.CheckMonthly {
		return g.month(at, 0)
	}
	return g.week(at)
}
