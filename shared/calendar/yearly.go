package calendar

import (
	"sync"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// knownZones are those that were asked for: reading one takes longer than a decision.
var knownZones sync.Map

// Zone gives a time zone by its name, the first that is one; UTC if none is.
func Zone(names ...string) *time.Location {
	for _, n := range names {
		if n == "" {
			continue
		}
		if l, ok := knownZones.Load(n); ok {
			return l.(*time.Location)
		}
		if l, err := time.LoadLocation(n); err == nil {
			knownZones.Store(n, l)
			return l
		}
	}
	return time.UTC
}

// NextYearly gives the next time a yearly day comes after an instant, at a local
// time of day ("09:00") of a zone: of the solar calendar, 29 February on the 28th
// of other years, or of the lunar one. Zero: never, as far as is known.
func NextYearly(d catalogue.Yearly, zone *time.Location, clock string, after instant.Time) instant.Time {
	from := after.Std().In(zone).Year()
	for y := from - 1; y <= from+2; y++ {
		day, ok := dayOf(d, y)
		if !ok {
			continue
		}
		if at := onDay(day, clock, zone); at > after {
			return at
		}
	}
	return 0
}

func dayOf(d catalogue.Yearly, year int) (time.Time, bool) {
	if d.Calendar == catalogue.Lunar {
		return Lunar(year, d.Month, d.Day, d.Leap)
	}
	if d.Month < 1 || d.Month > 12 || d.Day < 1 {
		return time.Time{}, false
	}
	last := time.Date(year, time.Month(d.Month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, time.Month(d.Month), min(d.Day, last), 0, 0, 0, 0, time.UTC), true
}

func onDay(day time.Time, clock string, zone *time.Location) instant.Time {
	m, ok := minutes(clock)
	if !ok {
		m = 9 * 60
	}
	return instant.Of(time.Date(day.Year(), day.Month(), day.Day(), m/60, m%60, 0, 0, zone))
}

// months of a unit of a cadence; days for the shorter ones.
var cadenceMonths = map[string]int{"month": 1, "quarter": 3, "year": 12}
var cadenceDays = map[string]int{"day": 1, "week": 7}

// NextRhythm gives the next time a rhythm comes after an instant: counted from the
// anchor's local day, at a local time of day of a zone. A day that a month does
// not have is its last one. Zero for a rhythm of nothing.
func NextRhythm(c catalogue.Cadence, zone *time.Location, clock string, anchor, after instant.Time) instant.Time {
	if c.Every <= 0 || cadenceMonths[c.Unit]+cadenceDays[c.Unit] == 0 {
		return 0
	}
	start := anchor.Std().In(zone)
	for k := max(1, passed(c, start, after)-1); ; k++ {
		if at := onDay(turn(c, start, k), clock, zone); at > after && at > anchor {
			return at
		}
	}
}

// turn gives the day of a rhythm's k-th turn.
func turn(c catalogue.Cadence, start time.Time, k int) time.Time {
	if days := cadenceDays[c.Unit]; days > 0 {
		return time.Date(start.Year(), start.Month(), start.Day()+k*c.Every*days, 0, 0, 0, 0, time.UTC)
	}
	first := time.Date(start.Year(), start.Month()+time.Month(k*c.Every*cadenceMonths[c.Unit]), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(start.Day(), last)-1)
}

// passed counts the turns up to an instant, one more or less.
func passed(c catalogue.Cadence, start time.Time, after instant.Time) int {
	to := after.Std().In(start.Location())
	if days := cadenceDays[c.Unit]; days > 0 {
		return int(to.Sub(start).Hours()) / 24 / (days * c.Every)
	}
	months := (to.Year()-start.Year())*12 + int(to.Month()) - int(start.Month())
	return months / (cadenceMonths[c.Unit] * c.Every)
}

// Turn is the usual length of a rhythm, a month counted as 30 days.
func Turn(c catalogue.Cadence) time.Duration {
	days := cadenceDays[c.Unit] + 30*cadenceMonths[c.Unit]
	return time.Duration(c.Every*days) * 24 * time.Hour
}
