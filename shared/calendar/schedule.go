package calendar

import (
	"time"
	_ "time/tzdata" // zones are known on machines without a zone database

	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// The days of which a schedule keeps running totals; outside of them it walks
// from day to day, which gives the same answers more slowly.
var (
	firstDay = dayNumber(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	lastDay  = dayNumber(time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)) // exclusive
)

// span is a working interval in minutes of the local day.
type span struct{ from, to int }

// Schedule is a compiled calendar. It is immutable and safe to share; no method
// allocates.
type Schedule struct {
	zone *time.Location
	week [7][]span // Monday first
	// makeup is the working day that a make-up day on a day off follows.
	makeup []span
	days   map[int]string // kind by day number

	// worked[i] and count[i] are the working seconds and working days from
	// firstDay up to firstDay+i.
	worked []uint32
	count  []uint16
}

// Compile checks a calendar and makes it computable. The error names field and rule.
func Compile(c Calendar) (*Schedule, error) {
	if err := problem.InvalidFields(Check(c)...); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, err
	}
	s := &Schedule{zone: zone, days: make(map[int]string, len(c.Days))}
	for d, day := range c.Week {
		for _, v := range day {
			from, _ := minutes(v.From)
			to, _ := minutes(v.To)
			s.week[d] = append(s.week[d], span{from, to})
		}
		if s.makeup == nil {
			s.makeup = s.week[d]
		}
	}
	for _, d := range c.Days {
		t, _ := time.Parse(time.DateOnly, d.Date) // Check has read it
		s.days[dayNumber(t)] = d.Kind
	}
	s.total()
	return s, nil
}

// total fills the running totals.
func (s *Schedule) total() {
	n := lastDay - firstDay
	s.worked, s.count = make([]uint32, n+1), make([]uint16, n+1)
	var since, until int64 // the clocks do not change between these instants
	for i := range n {
		day := firstDay + i
		if int64(day+2)*dayMillis > until {
			since, until = s.steady(day)
		}
		var seconds int64
		if int64(day-1)*dayMillis >= since && int64(day+2)*dayMillis <= until {
			for _, v := range s.spans(day) {
				seconds += int64(v.to-v.from) * 60
			}
		} else {
			seconds = s.within(day, minInstant, maxInstant) / 1000
		}
		s.worked[i+1], s.count[i+1] = s.worked[i]+uint32(seconds), s.count[i]
		if seconds > 0 {
			s.count[i+1]++
		}
	}
}

// steady gives the instants between which the clocks around a day do not change.
func (s *Schedule) steady(day int) (since, until int64) {
	from, to := time.UnixMilli(int64(day+1) * dayMillis).In(s.zone).ZoneBounds()
	since, until = minInstant, maxInstant
	if !from.IsZero() {
		since = from.UnixMilli()
	}
	if !to.IsZero() {
		until = to.UnixMilli()
	}
	return since, until
}

// Working tells whether people work at the instant. An interval holds its start
// and not its end.
func (s *Schedule) Working(at instant.Time) bool {
	day := s.day(at)
	for _, v := range s.spans(day) {
		if from, to := s.bounds(day, v); int64(at) >= from && int64(at) < to {
			return true
		}
	}
	return false
}

// Next gives the instant itself if people work then, otherwise the next instant
// at which they do.
func (s *Schedule) Next(at instant.Time) instant.Time {
	for day := s.day(at); ; day++ {
		for _, v := range s.spans(day) {
			if from, to := s.bounds(day, v); int64(at) < to {
				return max(at, instant.Time(from))
			}
		}
	}
}

// AddTime gives the first instant at which d of working time has passed since
// from. Nothing to add gives from itself.
func (s *Schedule) AddTime(from instant.Time, d time.Duration) instant.Time {
	left := d.Milliseconds()
	if left <= 0 {
		return from
	}
	at := int64(from)
	for day := s.day(from); ; day++ {
		for _, v := range s.spans(day) {
			start, end := s.bounds(day, v)
			start = max(start, at)
			if start >= end {
				continue
			}
			if end-start >= left {
				return instant.Time(start + left)
			}
			left -= end - start
		}
		day, left = s.skip(day, left)
	}
}

// skip passes over whole days after day whose work is less than what is left.
func (s *Schedule) skip(day int, left int64) (int, int64) {
	i := day + 1 - firstDay
	if i < 0 || i >= len(s.worked)-1 {
		return day, left
	}
	base := int64(s.worked[i])
	lo, hi := i, len(s.worked)-1
	for lo < hi { // the last index whose total from i is below left
		mid := (lo + hi + 1) / 2
		if (int64(s.worked[mid])-base)*1000 < left {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return firstDay + lo - 1, left - (int64(s.worked[lo])-base)*1000
}

// AddDays gives the instant n full working days after from: what comes outside
// working hours counts from when work begins again, the local time stays, and
// the answer is moved into the working hours of its day. No days give from itself.
func (s *Schedule) AddDays(from instant.Time, n int) instant.Time {
	if n <= 0 {
		return from
	}
	start := s.Next(from)
	day := s.day(start)
	minute := start.Std().In(s.zone)
	ofDay := int64(minute.Hour()*3600+minute.Minute()*60+minute.Second())*1000 + int64(minute.Nanosecond())/1e6
	for n > 0 {
		day, n = s.skipDays(day, n)
		day++
		if s.works(day) {
			n--
		}
	}
	at := s.moment(day, int(ofDay/60000)) + ofDay%60000
	return s.Next(instant.Time(at))
}

// skipDays goes forward to the working day before the n-th after day.
func (s *Schedule) skipDays(day, n int) (int, int) {
	i := day + 1 - firstDay
	if i < 0 || i >= len(s.count)-1 {
		return day, n
	}
	base := int(s.count[i])
	lo, hi := i, len(s.count)-1
	for lo < hi { // the last index before which fewer than n working days lie
		mid := (lo + hi + 1) / 2
		if int(s.count[mid])-base < n {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return firstDay + lo - 1, n - (int(s.count[lo]) - base)
}

// Between gives the working time from a to b, zero if b is not after a.
func (s *Schedule) Between(a, b instant.Time) time.Duration {
	if b <= a {
		return 0
	}
	first, last := s.day(a), s.day(b)
	if first == last {
		return time.Duration(s.within(first, int64(a), int64(b))) * time.Millisecond
	}
	ms := s.within(first, int64(a), maxInstant) + s.within(last, minInstant, int64(b))
	for day := first + 1; day < last; day++ {
		if day >= firstDay && last <= lastDay {
			ms += (int64(s.worked[last-firstDay]) - int64(s.worked[day-firstDay])) * 1000
			break
		}
		ms += s.within(day, minInstant, maxInstant)
	}
	return time.Duration(ms) * time.Millisecond
}

const (
	minInstant = -1 << 62
	maxInstant = 1 << 62
	dayMillis  = 86_400_000
)

// within gives the working milliseconds of a day that lie between two instants.
func (s *Schedule) within(day int, a, b int64) int64 {
	var ms int64
	for _, v := range s.spans(day) {
		from, to := s.bounds(day, v)
		ms += max(0, min(to, b)-max(from, a))
	}
	return ms
}

// works tells whether any work is done on the day; a span can be swallowed by a
// change of the clocks.
func (s *Schedule) works(day int) bool { return s.within(day, minInstant, maxInstant) > 0 }

// spans gives the working intervals of a day.
func (s *Schedule) spans(day int) []span {
	week := s.week[((day+3)%7+7)%7] // day 0 was a Thursday
	if len(s.days) == 0 {
		return week
	}
	switch s.days[day] {
	case Holiday:
		return nil
	case Makeup:
		if len(week) == 0 {
			return s.makeup
		}
	}
	return week
}

// bounds gives the instants at which a span of a day begins and ends.
func (s *Schedule) bounds(day int, v span) (from, to int64) {
	from, to = s.moment(day, v.from), s.moment(day, v.to)
	return from, max(from, to)
}

// moment gives the instant of a local time in milliseconds; a local time that
// the clocks leap over is the instant at which they leap.
func (s *Schedule) moment(day, minute int) int64 {
	t := time.Date(1970, 1, 1+day, 0, minute, 0, 0, s.zone)
	if _, offset := t.Zone(); t.Unix()+int64(offset) != int64(day)*86400+int64(minute)*60 {
		before, after := t.ZoneBounds()
		if t.Unix()+int64(offset) < int64(day)*86400+int64(minute)*60 {
			return after.UnixMilli()
		}
		return before.UnixMilli()
	}
	return t.UnixMilli()
}

// day gives the number of the local day of an instant, 0 for 1970-01-01.
func (s *Schedule) day(at instant.Time) int {
	t := time.UnixMilli(int64(at)).In(s.zone)
	_, offset := t.Zone()
	return floor(t.Unix()+int64(offset), 86400)
}

func dayNumber(t time.Time) int { return floor(t.Unix(), 86400) }

func floor(a, b int64) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return int(q)
}

// Zone is the time zone that the calendar lives by.
func (s *Schedule) Zone() *time.Location { return s.zone }

// Local writes an instant as people of the calendar's zone read it: 2026-02-17 09:30.
func (s *Schedule) Local(at instant.Time) string {
	return at.Std().In(s.zone).Format("2006-01-02 15:04")
}
