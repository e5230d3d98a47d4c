package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
)

func local(t testing.TB, text string) instant.Time {
	t.Helper()
	at, err := instant.Parse(text[:10] + "T" + text[11:] + ":00+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// a clock stands still during its pauses and goes on exactly where it stood, in the time that it counts.
func TestAClockThatStandsStill(t *testing.T) {
	v := policytest.View(t)
	// Monday, 2 March 2026; people work 09:00 to 12:00 and 13:00 to 18:00 by the shipped calendar.
	monday := "2026-03-02 "
	at := func(s string) instant.Time { return local(t, s) }
	for name, c := range map[string]struct {
		within string
		start  string
		pauses []string // from, to …
		due    string   // empty: it stands still
	}{
		"no pause":                      {"4wh", monday + "09:00", nil, monday + "14:00"},
		"a pause within":                {"4wh", monday + "09:00", []string{monday + "10:00", monday + "11:00"}, monday + "15:00"},
		"two pauses":                    {"4wh", monday + "09:00", []string{monday + "10:00", monday + "11:00", monday + "14:00", monday + "14:30"}, monday + "15:30"},
		"over night":                    {"4wh", monday + "16:00", []string{monday + "17:00", "2026-03-03 10:00"}, "2026-03-03 14:00"},
		"in the night":                  {"4wh", monday + "16:00", []string{monday + "20:00", "2026-03-03 07:00"}, "2026-03-03 11:00"},
		"a pause begun when it was due": {"4wh", monday + "09:00", []string{monday + "14:00", monday + "17:00"}, monday + "14:00"},
		"begun a minute before":         {"4wh", monday + "09:00", []string{monday + "13:59", monday + "17:00"}, monday + "17:01"},
		"it lasts":                      {"4wh", monday + "09:00", []string{monday + "10:00", ""}, ""},
		"begun afterwards":              {"4wh", monday + "09:00", []string{monday + "15:00", ""}, monday + "14:00"},
		"a working day":                 {"1wd", monday + "10:00", []string{monday + "11:00", monday + "14:00"}, "2026-03-03 12:00"},
		"elapsed":                       {"24h", monday + "10:00", []string{monday + "20:00", "2026-03-03 20:00"}, "2026-03-04 10:00"},
	} {
		clock := policy.Clock{Start: at(c.start), Within: policy.D(c.within)}
		for i := 0; i < len(c.pauses); i += 2 {
			p := policy.Pause{From: at(c.pauses[i])}
			if c.pauses[i+1] != "" {
				p.To = at(c.pauses[i+1])
			}
			clock.Pauses = append(clock.Pauses, p)
		}
		due, running := v.Due(clock)
		if c.due == "" && running || c.due != "" && (!running || due != at(c.due)) {
			t.Errorf("%s: due %s (%v), want %s", name, v.Local(due), running, c.due)
		}
		if running && c.within == "4wh" && v.Took(clock, due) != 4*time.Hour {
			t.Errorf("%s: took %v", name, v.Took(clock, due))
		}
	}
	half, _ := v.Reaches(policy.Clock{Start: at(monday + "09:00"), Within: policy.D("4wh"), Pauses: []policy.Pause{{From: at(monday + "09:30"), To: at(monday + "10:00")}}}, 50)
	if half != at(monday+"11:30") {
		t.Errorf("half of it: %s", v.Local(half))
	}
}

// whatever the pauses, exactly what the policy gives has run by the due
// time, and not a millisecond more.
func TestAPausedClockGivesExactlyItsTime(t *testing.T) {
	v := policytest.View(t)
	rapid.Check(t, func(r *rapid.T) {
		start := local(t, "2026-03-02 00:00") + instant.Time(rapid.IntRange(0, 14*24*60).Draw(r, "start"))*60_000
		within := rapid.SampledFrom([]string{"30wm", "4wh", "20wh", "90m", "3d"}).Draw(r, "within")
		c := policy.Clock{Start: start, Within: policy.D(within)}
		at := start
		for range rapid.IntRange(0, 4).Draw(r, "pauses") {
			from := at + instant.Time(rapid.IntRange(0, 900).Draw(r, "until"))*60_000
			at = from + instant.Time(rapid.IntRange(0, 3000).Draw(r, "for"))*60_000
			c.Pauses = append(c.Pauses, policy.Pause{From: from, To: at})
		}
		due, running := v.Due(c)
		if !running {
			r.Fatal("it stands still after its last pause has ended")
		}
		if took := v.Took(c, due); took != c.Within.Elapsed() {
			r.Fatalf("%v by %s, want %v", took, v.Local(due), c.Within.Elapsed())
		}
		if took := v.Took(c, due-1); took >= c.Within.Elapsed() {
			r.Fatalf("%v a millisecond before", took)
		}
	})
}
