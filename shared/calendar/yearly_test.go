package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

func day(t *testing.T, text string) instant.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Zone("Asia/Shanghai"))
	if err != nil {
		t.Fatal(err)
	}
	return instant.Of(at)
}

// days of the lunar calendar fall where published calendars have them,
// leap months and short months included.
func TestLunarDays(t *testing.T) {
	for _, c := range []struct {
		year, month, day int
		leap             bool
		want             string
	}{
		{2000, 1, 1, false, "2000-02-05"}, {2008, 1, 1, false, "2008-02-07"}, {2020, 1, 1, false, "2020-01-25"},
		{2023, 2, 1, false, "2023-02-20"}, {2023, 2, 1, true, "2023-03-22"}, // the leap second month of 2023
		{2023, 1, 1, false, "2023-01-22"}, {2024, 1, 1, false, "2024-02-10"}, {2024, 5, 5, false, "2024-06-10"}, {2024, 8, 15, false, "2024-09-17"},
		{2025, 1, 1, false, "2025-01-29"}, {2025, 5, 5, false, "2025-05-31"}, {2025, 8, 15, false, "2025-10-06"}, {2025, 6, 1, true, "2025-07-25"},
		{2026, 1, 1, false, "2026-02-17"}, {2026, 5, 5, false, "2026-06-19"}, {2026, 8, 15, false, "2026-09-25"}, {2026, 9, 9, false, "2026-10-18"},
		{2027, 1, 1, false, "2027-02-06"}, {2030, 1, 1, false, "2030-02-03"}, {2033, 11, 1, true, "2033-12-22"}, {2034, 1, 1, false, "2034-02-19"},
		{2057, 9, 1, false, "2057-09-29"}, {2100, 1, 1, false, "2100-02-09"},
		{2024, 3, 1, true, "2024-04-09"}, // 2024 has no leap third month: the month itself
	} {
		got, ok := calendar.Lunar(c.year, c.month, c.day, c.leap)
		if !ok || got.Format(time.DateOnly) != c.want {
			t.Errorf("%d-%d-%d leap %v: %s, want %s", c.year, c.month, c.day, c.leap, got.Format(time.DateOnly), c.want)
		}
	}
	if _, ok := calendar.Lunar(calendar.LastLunar+1, 1, 1, false); ok {
		t.Error("a year that is not known has days")
	}
}

// the next occurrence, in the customer's time zone.
func TestNextYearly(t *testing.T) {
	shanghai, york := calendar.Zone("Asia/Shanghai"), calendar.Zone("America/New_York")
	solar := func(m, d int) catalogue.Yearly { return catalogue.Yearly{Calendar: catalogue.Solar, Month: m, Day: d} }
	lunar := func(m, d int) catalogue.Yearly { return catalogue.Yearly{Calendar: catalogue.Lunar, Month: m, Day: d} }
	for _, c := range []struct {
		name  string
		d     catalogue.Yearly
		zone  *time.Location
		after string
		want  string // in Shanghai
	}{
		{"later this year", solar(5, 20), shanghai, "2026-03-01 12:00", "2026-05-20 09:00"},
		{"one minute before", solar(5, 20), shanghai, "2026-05-20 08:59", "2026-05-20 09:00"},
		{"exactly at it: next year", solar(5, 20), shanghai, "2026-05-20 09:00", "2027-05-20 09:00"},
		{"29 February of a common year", solar(2, 29), shanghai, "2026-01-01 00:00", "2026-02-28 09:00"},
		{"29 February of a leap year", solar(2, 29), shanghai, "2027-03-01 00:00", "2028-02-29 09:00"},
		{"where the customer lives", solar(5, 20), york, "2026-03-01 12:00", "2026-05-20 21:00"},
		{"lunar new year", lunar(1, 1), shanghai, "2026-01-01 00:00", "2026-02-17 09:00"},
		{"the twelfth lunar month falls into the next solar year", lunar(12, 20), shanghai, "2026-01-01 00:00", "2026-02-07 09:00"},
		{"and again", lunar(12, 20), shanghai, "2026-02-07 09:00", "2027-01-27 09:00"},
	} {
		if got := calendar.NextYearly(c.d, c.zone, "09:00", day(t, c.after)); got != day(t, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, day(t, c.want))
		}
	}
}

// a rhythm counts from its anchor; a month without the day takes its last one.
func TestNextRhythm(t *testing.T) {
	shanghai := calendar.Zone("Asia/Shanghai")
	for _, c := range []struct {
		every               int
		unit                string
		anchor, after, want string
	}{
		{1, "month", "2026-01-31 15:00", "2026-01-31 15:00", "2026-02-28 09:00"},
		{1, "month", "2026-01-31 15:00", "2026-02-28 09:00", "2026-03-31 09:00"},
		{1, "quarter", "2026-01-15 15:00", "2026-01-15 15:00", "2026-04-15 09:00"},
		{2, "week", "2026-01-05 08:00", "2026-01-05 08:00", "2026-01-19 09:00"},
		{1, "day", "2026-01-05 08:00", "2026-01-05 08:00", "2026-01-06 09:00"},
		{1, "year", "2024-02-29 08:00", "2024-02-29 08:00", "2025-02-28 09:00"},
		{1, "month", "2016-01-10 08:00", "2026-05-10 09:00", "2026-06-10 09:00"},
	} {
		got := calendar.NextRhythm(catalogue.Cadence{Every: c.every, Unit: c.unit}, shanghai, "09:00", day(t, c.anchor), day(t, c.after))
		if got != day(t, c.want) {
			t.Errorf("every %d %s from %s after %s: %s, want %s", c.every, c.unit, c.anchor, c.after, got, c.want)
		}
	}
}

// Turns come one after the other, and never closer than three quarters of their length.
func TestRhythmsGoOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := catalogue.Cadence{Every: rapid.IntRange(1, 12).Draw(t, "every"), Unit: rapid.SampledFrom([]string{"day", "week", "month", "quarter", "year"}).Draw(t, "unit")}
		zone := calendar.Zone(rapid.SampledFrom([]string{"Asia/Shanghai", "America/New_York", "UTC", "Pacific/Apia"}).Draw(t, "zone"))
		anchor := instant.Time(rapid.Int64Range(1_500_000_000_000, 2_000_000_000_000).Draw(t, "anchor"))
		at := calendar.NextRhythm(c, zone, "09:00", anchor, anchor)
		for range 5 {
			next := calendar.NextRhythm(c, zone, "09:00", anchor, at)
			if next <= at || next.Sub(at) < calendar.Turn(c)*3/4 {
				t.Fatalf("%s after %s", next, at)
			}
			at = next
		}
	})
}
