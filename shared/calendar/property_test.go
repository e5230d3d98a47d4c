package calendar

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/instant"
	"pgregory.net/rapid"
)

var zones = []string{"Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "UTC", "Asia/Kathmandu"}

// anyCalendar draws a week with up to two intervals a day and some exceptions.
func anyCalendar(t *rapid.T) Calendar {
	c := Calendar{ID: "any", Zone: rapid.SampledFrom(zones).Draw(t, "zone")}
	for d := range c.Week {
		cuts := rapid.SliceOfNDistinct(rapid.IntRange(0, 96), 0, 4, rapid.ID).Draw(t, fmt.Sprintf("day%d", d))
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			c.Week[d] = append(c.Week[d], Interval{clock(cuts[i]), clock(cuts[i+1])})
		}
	}
	if len(c.Week[2]) == 0 {
		c.Week[2] = []Interval{{"09:00", "18:00"}}
	}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range rapid.IntRange(0, 10).Draw(t, "exceptions") {
		day = day.AddDate(0, 0, rapid.IntRange(1, 60).Draw(t, "gap"))
		c.Days = append(c.Days, Day{Date: day.Format(time.DateOnly), Kind: rapid.SampledFrom([]string{Holiday, Makeup}).Draw(t, "kind")})
	}
	return c
}

func clock(quarter int) string { return fmt.Sprintf("%02d:%02d", quarter/4, quarter%4*15) }

func anyInstant(t *rapid.T, name string) instant.Time {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	return instant.Time(from + rapid.Int64Range(0, 2*365*dayMillis).Draw(t, name))
}

// AddTime gives the first instant at which exactly so much work is done.
func TestAddTimeIsTheFirstInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := Compile(anyCalendar(t))
		if err != nil {
			t.Fatal(err)
		}
		from := anyInstant(t, "from")
		d := time.Duration(rapid.Int64Range(1, 1000*3600*1000).Draw(t, "ms")) * time.Millisecond
		to := s.AddTime(from, d)
		if got := s.Between(from, to); got != d {
			t.Fatalf("%s of work lies between, want %s", got, d)
		}
		if got := s.Between(from, to-1); got != d-time.Millisecond {
			t.Fatalf("a millisecond earlier: %s", got)
		}
		half := (d / 2).Truncate(time.Millisecond)
		if a, b := s.AddTime(s.AddTime(from, half), d-half), to; a != b {
			t.Fatalf("in two steps %s, in one %s", a, b)
		}
	})
}

// A later start never gives an earlier end, and the end is working time.
func TestAddDaysKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := Compile(anyCalendar(t))
		if err != nil {
			t.Fatal(err)
		}
		a, n := anyInstant(t, "a"), rapid.IntRange(1, 400).Draw(t, "n")
		b := a.Add(time.Duration(rapid.Int64Range(0, 30*dayMillis).Draw(t, "later")) * time.Millisecond)
		x, y := s.AddDays(a, n), s.AddDays(b, n)
		if x > y {
			t.Fatalf("%s gives %s, the later %s gives %s", a, x, b, y)
		}
		if !s.Working(x) {
			t.Fatalf("%s is not working time", x)
		}
		if y := s.AddDays(a, n+1); y < x {
			t.Fatalf("one day more gives %s after %s", y, x)
		}
	})
}

// Between agrees with counting minutes one by one.
func TestBetweenAgreesWithCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := Compile(anyCalendar(t))
		if err != nil {
			t.Fatal(err)
		}
		a := anyInstant(t, "a") / 60000 * 60000
		minutes := rapid.IntRange(0, 4*24*60).Draw(t, "minutes")
		var counted time.Duration
		for m := range minutes {
			if s.Working(a + instant.Time(m*60000)) {
				counted += time.Minute
			}
		}
		if got := s.Between(a, a+instant.Time(minutes*60000)); got != counted {
			t.Fatalf("Between %s, counted %s", got, counted)
		}
	})
}
