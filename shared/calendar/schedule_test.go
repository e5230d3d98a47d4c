package calendar

import (
	"errors"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

func compiled(t testing.TB, c Calendar) *Schedule {
	t.Helper()
	s, err := Compile(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(t testing.TB, zone, text string) instant.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	v, err := time.ParseInLocation("2006-01-02 15:04:05", text, loc)
	if err != nil {
		t.Fatal(err)
	}
	return instant.Of(v)
}

func sh(t testing.TB, text string) instant.Time { return at(t, "Asia/Shanghai", text) }

// The statutory numbers of working days are a checksum over the notices.
func TestChinaWorkingDaysOfTheYears(t *testing.T) {
	s := compiled(t, China())
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		got := 0
		for d := time.Date(year, 1, 1, 2, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if s.Working(instant.Of(d)) { // 10:00 in Shanghai
				got++
			}
		}
		if got != want {
			t.Errorf("%d: %d working days, want %d", year, got, want)
		}
	}
}

func TestChinaMakeupDaysAreWeekends(t *testing.T) {
	for _, d := range China().Days {
		w := date(d.Date).Weekday()
		weekend := w == time.Saturday || w == time.Sunday
		if d.Kind == Makeup && !weekend {
			t.Errorf("%s (%s) is made up on a %s", d.Date, d.Source, w)
		}
		if d.Source == "" || d.Name == "" {
			t.Errorf("%s has no source or name", d.Date)
		}
	}
}

func TestWorking(t *testing.T) {
	s := compiled(t, China())
	for text, want := range map[string]bool{
		"2026-11-23 08:59:59": false, "2026-11-23 09:00:00": true, "2026-11-23 11:59:59": true, "2026-11-23 12:00:00": false,
		"2026-11-23 13:00:00": true, "2026-11-23 17:59:59": true, "2026-11-23 18:00:00": false,
		"2026-11-21 10:00:00": false, // Saturday
		"2026-02-17 10:00:00": false, // spring festival, a Tuesday
		"2026-02-14 10:00:00": true,  // Saturday, made up
		"2026-10-10 17:00:00": true,  // Saturday, made up
		"2026-10-11 10:00:00": false, // the Sunday after it
	} {
		if s.Working(sh(t, text)) != want {
			t.Errorf("Working(%s) = %v", text, !want)
		}
	}
}

func TestAddTime(t *testing.T) {
	s := compiled(t, China())
	for _, c := range []struct {
		name, from string
		d          time.Duration
		want       string
	}{
		{"within the morning", "2026-11-23 09:00:00", 3 * time.Hour, "2026-11-23 12:00:00"},
		{"one second more leaps lunch", "2026-11-23 09:00:00", 3*time.Hour + time.Second, "2026-11-23 13:00:01"},
		{"exactly the day", "2026-11-23 09:00:00", 8 * time.Hour, "2026-11-23 18:00:00"},
		{"over night", "2026-11-23 17:00:00", 2 * time.Hour, "2026-11-24 10:00:00"},
		{"over the weekend", "2026-11-20 17:30:00", time.Hour, "2026-11-23 09:30:00"},
		{"from a Sunday", "2026-11-22 23:00:00", 4 * time.Hour, "2026-11-23 14:00:00"},
		{"over the golden week", "2026-09-30 17:00:00", 2 * time.Hour, "2026-10-08 10:00:00"},
		{"into a make-up Saturday", "2026-10-09 17:00:00", 2 * time.Hour, "2026-10-10 10:00:00"},
		{"nothing", "2026-11-22 23:00:00", 0, "2026-11-22 23:00:00"},
		{"a year of work", "2026-01-01 00:00:00", 248 * 8 * time.Hour, "2026-12-31 18:00:00"},
	} {
		if got, want := s.AddTime(sh(t, c.from), c.d), sh(t, c.want); got != want {
			t.Errorf("%s: %s, want %s", c.name, got, want)
		}
	}
}

func TestAddDays(t *testing.T) {
	s := compiled(t, China())
	for _, c := range []struct {
		name, from string
		n          int
		want       string
	}{
		{"next day", "2026-11-23 10:15:30", 1, "2026-11-24 10:15:30"},
		{"over the weekend", "2026-11-20 10:00:00", 1, "2026-11-23 10:00:00"},
		{"three days", "2026-11-18 10:00:00", 3, "2026-11-23 10:00:00"},
		{"over the golden week", "2026-09-30 16:00:00", 1, "2026-10-08 16:00:00"},
		{"a make-up Saturday counts", "2026-10-09 16:00:00", 1, "2026-10-10 16:00:00"},
		{"a Saturday begins on Monday", "2026-11-21 10:00:00", 3, "2026-11-26 09:00:00"},
		{"an evening begins next morning", "2026-11-23 20:00:00", 1, "2026-11-25 09:00:00"},
		{"noon begins after lunch", "2026-11-23 12:30:00", 1, "2026-11-24 13:00:00"},
		{"none", "2026-11-21 10:00:00", 0, "2026-11-21 10:00:00"},
		{"a year of days", "2025-12-31 10:00:00", 248, "2026-12-31 10:00:00"},
	} {
		if got, want := s.AddDays(sh(t, c.from), c.n), sh(t, c.want); got != want {
			t.Errorf("%s: %s, want %s", c.name, got.Std().Add(8*time.Hour), c.want)
		}
	}
}

// roundTheClock works day and night, so that a change of the clocks is working time.
func roundTheClock(zone string) Calendar {
	c := Calendar{ID: "always", Zone: zone}
	for d := range c.Week {
		c.Week[d] = []Interval{{"00:00", "24:00"}}
	}
	return c
}

func TestDaylightSaving(t *testing.T) {
	ny := compiled(t, roundTheClock("America/New_York"))
	// 2026-03-08 has 23 hours, 2026-11-01 has 25.
	if got := ny.Between(at(t, "America/New_York", "2026-03-08 00:00:00"), at(t, "America/New_York", "2026-03-09 00:00:00")); got != 23*time.Hour {
		t.Errorf("spring day: %s", got)
	}
	if got := ny.Between(at(t, "America/New_York", "2026-11-01 00:00:00"), at(t, "America/New_York", "2026-11-02 00:00:00")); got != 25*time.Hour {
		t.Errorf("autumn day: %s", got)
	}
	if got, want := ny.AddDays(at(t, "America/New_York", "2026-03-07 12:00:00"), 1), at(t, "America/New_York", "2026-03-08 12:00:00"); got != want {
		t.Errorf("the local time stays: %s, want %s", got, want)
	}
	// 02:30 does not exist on that day: the clocks leap at 02:00 EST = 07:00 UTC.
	if got, want := ny.AddDays(at(t, "America/New_York", "2026-03-07 02:30:00"), 1), at(t, "UTC", "2026-03-08 07:00:00"); got != want {
		t.Errorf("a time that is leapt over: %s, want %s", got, want)
	}
	gap := Calendar{ID: "gap", Zone: "America/New_York"}
	gap.Week[6] = []Interval{{"02:10", "02:50"}, {"03:00", "04:00"}}
	s := compiled(t, gap)
	if got := s.Between(at(t, "America/New_York", "2026-03-08 00:00:00"), at(t, "America/New_York", "2026-03-09 00:00:00")); got != time.Hour {
		t.Errorf("an interval within the leap has no length: %s", got)
	}
	// Midnight itself is leapt over in Cairo on 2026-04-24.
	cairo := compiled(t, roundTheClock("Africa/Cairo"))
	if got := cairo.Between(at(t, "Africa/Cairo", "2026-04-23 00:00:00"), at(t, "Africa/Cairo", "2026-04-25 00:00:00")); got != 47*time.Hour {
		t.Errorf("two days in Cairo: %s", got)
	}
}

func TestBeyondTheTotals(t *testing.T) {
	s := compiled(t, China())
	if got, want := s.AddTime(sh(t, "1999-12-31 17:00:00"), 2*time.Hour), sh(t, "2000-01-03 10:00:00"); got != want {
		t.Errorf("into the totals: %s", got)
	}
	if got, want := s.AddDays(sh(t, "2059-12-31 10:00:00"), 2), sh(t, "2060-01-02 10:00:00"); got != want {
		t.Errorf("out of the totals: %s", got)
	}
	a, b := sh(t, "1998-06-01 00:00:00"), sh(t, "2061-06-01 00:00:00")
	var walked time.Duration
	for d := a; d < b; d = d.Add(24 * time.Hour) {
		walked += s.Between(d, d.Add(24*time.Hour))
	}
	if got := s.Between(a, b); got != walked {
		t.Errorf("Between = %s, day by day %s", got, walked)
	}
}

func TestCompileNamesFieldAndRule(t *testing.T) {
	bad := Calendar{Zone: "Mars/Olympus", Days: []Day{{Date: "2026-02-30", Kind: Holiday}, {Date: "2026-03-01", Kind: "party"}, {Date: "2026-03-01", Kind: Makeup}}}
	bad.Week[0] = []Interval{{"09:00", "08:00"}, {"9", "10:00"}, {"24:00", "24:00"}, {"10:00", "25:00"}}
	bad.Week[1] = []Interval{{"09:00", "12:00"}, {"11:00", "13:00"}}
	_, err := Compile(bad)
	var p *problem.Error
	if !errors.As(err, &p) {
		t.Fatalf("no problem: %v", err)
	}
	var got []string
	for _, f := range p.Fields {
		got = append(got, f.Field+" "+f.Rule)
		if f.Text.Zh == "" || f.Text.En == "" {
			t.Errorf("%s has no text", f.Field)
		}
	}
	want := []string{"id required", "zone zone", "week[0][0].to ascending", "week[0][1].from clock", "week[0][2].from clock", "week[0][3].to clock",
		"week[1][1].from overlap", "days[0].date date", "days[1].kind one_of", "days[2].date duplicate"}
	if strings.Join(got, "; ") != strings.Join(want, "; ") {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), strings.Join(want, "; "))
	}
	if _, err := Compile(Calendar{ID: "idle", Zone: "UTC"}); err == nil || !strings.Contains(err.Error(), "week") {
		t.Errorf("a week without work: %v", err)
	}
	if _, err := Compile(Calendar{ID: "local", Zone: "Local"}); err == nil || !strings.Contains(err.Error(), "zone") {
		t.Errorf("the machine's own zone: %v", err)
	}
}

func TestNothingAllocates(t *testing.T) {
	s := compiled(t, China())
	from, to := sh(t, "2026-02-13 17:00:00"), sh(t, "2026-10-10 10:00:00")
	if n := testing.AllocsPerRun(100, func() {
		s.AddTime(from, 100*time.Hour)
		s.AddDays(from, 30)
		s.Working(from)
		s.Between(from, to)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAddTime(b *testing.B) {
	s, from := compiled(b, China()), sh(b, "2026-02-13 17:00:00")
	for b.Loop() {
		s.AddTime(from, 100*time.Hour)
	}
}

func BenchmarkAddDays(b *testing.B) {
	s, from := compiled(b, China()), sh(b, "2026-02-13 17:00:00")
	for b.Loop() {
		s.AddDays(from, 30)
	}
}

func BenchmarkCompile(b *testing.B) {
	c := China()
	for b.Loop() {
		compiled(b, c)
	}
}
