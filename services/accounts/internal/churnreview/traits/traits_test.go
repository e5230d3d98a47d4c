package traits_test

import (
	"math"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/churnreview/traits"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
)

func orders(days ...int) []catalogue.TimelineEntry {
	var out []catalogue.TimelineEntry
	for _, d := range days {
		a := money.Of(100_000, "CNY")
		out = append(out, catalogue.TimelineEntry{OccurredAt: instant.Of(time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC)), Amount: &a})
	}
	return out
}

// industry, purchase cycle, order amount and type, at the bounds of their bands.
func TestTraits(t *testing.T) {
	p := policy.Defaults().Reviews.Churn
	for name, c := range map[string]struct {
		orders []catalogue.TimelineEntry
		cycle  string
	}{"never": {nil, traits.Unknown}, "once": {orders(0), traits.Unknown}, "30 days": {orders(0, 30), "<=30d"}, "31 days": {orders(0, 31), "30d - 60d"}, "mean of 60": {orders(120, 0, 50), "30d - 60d"},
		"more than a year": {orders(0, 366), ">365d"}} {
		if got := traits.Of("steel", "company", c.orders, p); got.Cycle != c.cycle || got.Industry != "steel" || got.Type != "company" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := traits.Of("", "", orders(0), p); got.Industry != traits.Unknown || got.Amount != "<=1000.00 CNY" {
		t.Errorf("%+v", got)
	}
	big := orders(0)
	*big[0].Amount = money.Of(100_001, "CNY")
	if got := traits.Of("", "", big, p); got.Amount != "1000.00 CNY - 10000.00 CNY" {
		t.Errorf("%+v", got)
	}
}

// counts and lift by hand; few customers bear no trait, and neither does chance.
func TestCompare(t *testing.T) {
	c := traits.Compare(50, 450, map[string][]traits.Count{
		"industry": {{"steel", 30, 70}, {"tea", 3, 3}, {traits.Unknown, 17, 377}},
		"cycle":    {{"<=30d", 6, 44}, {"30d - 60d", 44, 406}},
	}, 10)
	rows := map[string]traits.Row{}
	for _, r := range c.Rows {
		rows[r.Value] = r
	}
	steel := rows["steel"]
	if steel.Rate != 0.3 || math.Abs(steel.Lift-3) > 1e-9 || !steel.Common || steel.TooFew || steel.RateLeast < 0.21 || steel.RateLeast > 0.23 || steel.RateMost < 0.39 || steel.RateMost > 0.41 {
		t.Errorf("%+v", steel)
	}
	if tea := rows["tea"]; !tea.TooFew || tea.Common || tea.Rate != 0.5 {
		t.Errorf("6 customers bear a trait: %+v", tea)
	}
	if short := rows["<=30d"]; short.Common || short.Lift <= 1 {
		t.Errorf("12 %% of 50 is within chance of 10 %%: %+v", short)
	}
	if len(c.Common) != 1 || c.Rate != 0.1 || c.Rows[0].Value != "tea" {
		t.Errorf("%+v", c)
	}
	if none := traits.Compare(0, 0, nil, 10); none.Rate != 0 || none.Rows == nil {
		t.Errorf("%+v", none)
	}
}
