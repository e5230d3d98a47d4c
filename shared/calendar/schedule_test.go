package calendar

import (
	"testing"
	"time"

	"liuke.dev/shared/instant"
	"pgregory.net/rapid"
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

func TestChinaYears(t *testing.T) {
	s := compiled(t, China())
	// Working days a year: 2024 had 251 (366 − 104 weekend days − 18 free weekdays + 8 make-up days − …), computed
	// here from the notices by hand: weekdays − weekdays off + make-up days.
	for _, c := range []struct{ year, weekdays, off, makeup int }{
		{2024, 262, 19, 8}, // 1 + 6 + 2 + 3 + 1 + 2 + 5 = 20 weekdays off less 1: see weekdays below
		{2025, 261, 18, 5},
		{2026, 261, 19, 6},
	} {
		got, off, makeup, weekdays := 0, 0, 0, 0
		for d := time.Date(c.year, 1, 1, 4, 0, 0, 0, time.UTC); d.Year() == c.year; d = d.AddDate(0, 0, 1) {
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			works := s.Working(instant.Of(d)) || s.Working(instant.Of(d.Add(2*time.Hour)))
			if works {
				got++
			}
			if !weekend {
				weekdays++
			}
			if !weekend && !works {
				off++
			}
			if weekend && works {
				makeup++
			}
		}
		t.Logf("%d: %d working days, %d weekdays, %d off, %d made up", c.year, got, weekdays, off, makeup)
	}
}
