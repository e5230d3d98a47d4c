package keyaccounts

import (
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
