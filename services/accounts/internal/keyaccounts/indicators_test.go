package keyaccounts

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
)

// an indicator takes its value from where the customer stands, is checked as
// often as the policy says, and below (not at) its threshold its action is due.
func TestIndicatorTable(t *testing.T) {
	v := policytest.View(t, func(s *policy.Sections) {
		s.KeyAccounts.Indicators = []policy.Indicator{{ID: "satisfaction", From: "satisfaction", Frequency: policy.D("30d"), Threshold: 70}}
	})
	const begin = instant.Time(1_800_000_000_000)
	day := 24 * time.Hour
	var o catalogue.KeyAccount
	for _, c := range []struct {
		at       time.Duration
		score    int
		turned   []string
		breached bool
		changed  bool
	}{
		{0, 70, nil, false, true},                             // exactly the threshold
		{day, 69, nil, false, true},                           // known, not checked yet
		{30*day - time.Millisecond, 69, nil, false, false},    // a millisecond before the check
		{30 * day, 69, []string{"satisfaction"}, true, true},  // checked
		{31 * day, 80, nil, true, true},                       // better, not checked yet
		{60 * day, 80, []string{"satisfaction"}, false, true}, // came back
		{90 * day, 80, nil, false, true},                      // checked, as before
	} {
		st := catalogue.Standing{Parts: []catalogue.HealthPart{{Input: "other", Score: 1}, {Input: "satisfaction", Score: c.score}}}
		turned, changed := judge(&o, v, st, begin.Add(c.at))
		if row := o.Indicators[0]; !slices.Equal(turned, c.turned) || row.Breached != c.breached || row.Value != c.score || changed != c.changed {
			t.Errorf("after %v: turned %v, changed %t, %+v; want %+v", c.at, turned, changed, row, c)
		}
	}
}

// thresholds stand on what is measured of orders, use, cases and contracts, on
// either side; exactly at one nothing is due.
func TestThresholdsOnMeasuredValues(t *testing.T) {
	st := catalogue.Standing{Health: 64, Indicators: []catalogue.Indicator{{ID: "response_hours", Value: 24.4}, {ID: "last_order", At: 5}, {ID: "feature_coverage", Product: "erp", Value: 3}, {ID: "feature_coverage", Value: 70}},
		Signals: []catalogue.Signal{{Rule: policy.SignalRenewal, Severity: catalogue.SignalSevere}}}
	for from, want := range map[string]int{"health": 64, "response_hours": 24, "feature_coverage": 70, "signal_" + policy.SignalRenewal: 100, "signal_" + policy.SignalComparison: 0, "last_order": -1, "nothing": -1} {
		value, _, ok := valueOf(st, from)
		if ok != (want >= 0) || ok && value != want {
			t.Errorf("%s: %d %t, want %d", from, value, ok, want)
		}
	}
	above, below := policy.Indicator{Threshold: 24, When: policy.Above}, policy.Indicator{Threshold: 24}
	for value, want := range map[int][2]bool{23: {false, true}, 24: {false, false}, 25: {true, false}} {
		if got := [2]bool{above.Breached(value), below.Breached(value)}; got != want {
			t.Errorf("%d: %v", value, got)
		}
	}
}

// what becomes due by time alone fires at its instant, not a millisecond
// before, and once: a check is asked for, then late; an indicator is judged by its
// frequency though no fact came. A check that was made begins anew.
func TestWhatBecomesDueOnASheet(t *testing.T) {
	day := 24 * time.Hour
	v := policytest.View(t, func(s *policy.Sections) {
		s.KeyAccounts.ActWithin, s.KeyAccounts.CheckEvery = policy.D("3d"), policy.D("90d")
		s.KeyAccounts.Indicators = []policy.Indicator{{ID: "satisfaction", From: "satisfaction", Frequency: policy.D("30d"), Threshold: 70}}
	})
	const begin = instant.Time(1_800_000_000_000)
	o := catalogue.KeyAccount{Since: begin, Gaps: []catalogue.KeyAccountGap{{ID: "data"}},
		Indicators: []catalogue.KeyAccountIndicator{{ID: "satisfaction", Known: true, Value: 60, NextCheck: begin.Add(30 * day)}, {ID: "gone", Known: true, NextCheck: begin.Add(day)}}}
	step := func(at time.Duration, want string, then time.Duration) {
		t.Helper()
		if got := fmt.Sprint(due(&o, v, begin.Add(at))); got != want {
			t.Errorf("after %v: %s, want %s", at, got, want)
		}
		if got := next(o, v); got != begin.Add(then) {
			t.Errorf("after %v the next is at %v, want %v", at, got.Sub(begin), then)
		}
	}
	step(day, "[]", 3*day) // the book has that indicator no more
	step(3*day-time.Millisecond, "[]", 3*day)
	step(3*day, "[[recheck data]]", 6*day)
	step(3*day, "[]", 6*day)
	step(6*day-time.Millisecond, "[]", 6*day)
	step(6*day, "[[recheck_late data]]", 30*day)
	step(30*day-time.Millisecond, "[]", 30*day)
	step(30*day, "[[indicator satisfaction]]", 60*day)
	step(60*day, "[]", 90*day) // still below: its action was asked for
	o.Gaps[0].CheckedAt, o.Gaps[0].AskedAt, o.Gaps[0].LateAt = begin.Add(61*day), 0, 0
	step(90*day, "[]", 120*day)
	step(151*day, "[[recheck data]]", 154*day)
	o.EndedAt = begin.Add(151 * day)
	if next(o, v) != 0 {
		t.Error("something becomes due on a sheet that ended")
	}
}
