package policy

import "testing"

// C-05: three readings of one sentence; exactly 20 does not fire, 21 does.
func TestHealthFall(t *testing.T) {
	shipped := Defaults().Risk.HealthFall
	if shipped != (HealthFall{Months: 3, Points: 20, Mode: FallCumulative}) {
		t.Fatalf("shipped %+v", shipped)
	}
	each, window := shipped, shipped
	each.Mode, window.Mode = FallEachMonth, FallWindow
	for name, c := range map[string]struct {
		scores                   []int
		cumulative, each, window bool
	}{
		"exactly 20 in three months":           {[]int{80, 74, 67, 60}, false, false, false},
		"21 in three months":                   {[]int{80, 74, 67, 59}, true, false, true},
		"21, but one month stood still":        {[]int{80, 70, 70, 59}, false, false, true},
		"21, but one month rose":               {[]int{80, 60, 62, 59}, false, false, true},
		"20 in each month":                     {[]int{100, 80, 60, 40}, true, false, true},
		"21 in each month":                     {[]int{100, 79, 58, 37}, true, true, true},
		"21 once, then less":                   {[]int{100, 79, 58, 38}, true, false, true},
		"a fall that is over":                  {[]int{90, 80, 70, 60, 61}, false, false, true},
		"a rise":                               {[]int{50, 60, 70, 80}, false, false, false},
		"only two months known":                {[]int{90, 60, 30}, false, false, false},
		"nothing known":                        {nil, false, false, false},
		"the last three of many months":        {[]int{10, 95, 90, 80, 69}, true, false, true},
		"fell far, slowly, over four months":   {[]int{80, 74, 69, 64, 58}, false, false, false},
		"more than 20 only over four, falling": {[]int{81, 76, 70, 65, 60}, false, false, false},
	} {
		for mode, got := range map[string][2]bool{
			"cumulative": {shipped.Fell(c.scores), c.cumulative}, "each_month": {each.Fell(c.scores), c.each}, "window": {window.Fell(c.scores), c.window}} {
			if got[0] != got[1] {
				t.Errorf("%s, %s: %t, want %t", name, mode, got[0], got[1])
			}
		}
	}
}
