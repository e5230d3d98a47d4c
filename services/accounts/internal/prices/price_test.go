package prices

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"
)

const now = instant.Time(1_800_000_000_000)

const day = 24 * time.Hour

// discounts by tier, volume and tenure with their boundaries, and the price says why.
func TestPriceExplainsItself(t *testing.T) {
	v := policytest.View(t)
	for name, c := range map[string]struct {
		b        Buyer
		quantity int64
		perMille int
		counted  []string
	}{
		"a stranger":                   {Buyer{}, 1, 0, nil},
		"tier":                         {Buyer{Tier: "core"}, 1, 50, []string{"tier"}},
		"tier that has none":           {Buyer{Tier: "normal"}, 1, 0, nil},
		"one below the volume":         {Buyer{}, 49, 0, nil},
		"exactly the volume":           {Buyer{}, 50, 30, []string{"volume"}},
		"the larger of tier and vol":   {Buyer{Tier: "core"}, 200, 60, []string{"volume"}},
		"a year less a millisecond":    {Buyer{Since: now.Add(-365*day) + 1}, 1, 0, nil},
		"exactly a year":               {Buyer{Since: now.Add(-365 * day)}, 1, 20, []string{"tenure"}},
		"offer on top of tier":         {Buyer{Tier: "vip", Offers: v.Sections.Prices.Offers}, 1, 110, []string{"tier", "offer"}},
		"no more than the most":        {Buyer{Tier: "vip", Offers: []policy.Offer{{ID: "x", PerMille: 100}}}, 1, 150, []string{"tier", "offer", "most"}},
		"an offer on something else":   {Buyer{Offers: []policy.Offer{{ID: "x", PerMille: 100, Products: []string{"training"}}}}, 1, 0, nil},
		"largest wins over the others": {Buyer{Tier: "vip", Since: now.Add(-2000 * day)}, 60, 80, []string{"tier"}},
	} {
		q, err := Of(v, c.b, []Ask{{"licence", c.quantity}}, now, "items")
		if err != nil {
			t.Fatal(name, err)
		}
		l := q.Lines[0]
		var counted []string
		for _, r := range l.Because {
			if r.Counts {
				counted = append(counted, r.Kind)
			}
			if r.Says.Zh == "" || r.Says.En == "" {
				t.Errorf("%s: %s says nothing", name, r.Kind)
			}
		}
		if l.PerMille != c.perMille || !slices.Equal(counted, c.counted) || q.Total.Minor != l.Price*c.quantity || q.PerMille != c.perMille {
			t.Errorf("%s: %d per mille because of %v, total %s; want %d, %v", name, l.PerMille, counted, q.Total, c.perMille, c.counted)
		}
	}
}

// discounts add up where the company says so.
func TestDiscountsAddUp(t *testing.T) {
	v := policytest.View(t, func(s *policy.Sections) { s.Prices.Combine = policy.CombineSum })
	q, err := Of(v, Buyer{Tier: "core", Since: now.Add(-365 * day)}, []Ask{{"licence", 50}}, now, "items")
	if err != nil || q.Lines[0].PerMille != 100 {
		t.Errorf("%+v %v", q, err)
	}
}

func TestWhatCannotBePriced(t *testing.T) {
	v := policytest.View(t)
	_, err := Of(v, Buyer{}, []Ask{{"licence", 1}, {"licence", 2}, {"moon", 1}, {"service", 0}, {"training", 1_000_000_000_000_000}}, now, "items")
	var p *problem.Error
	if !errors.As(err, &p) || len(p.Fields) != 4 {
		t.Fatalf("%v", err)
	}
	for i, want := range []string{"items[1].product", "items[2].product", "items[3].quantity", "items[4].quantity"} {
		if p.Fields[i].Field != want {
			t.Errorf("%s, want %s", p.Fields[i].Field, want)
		}
	}
}

// nobody pays more than the list, nor gets more off than the most.
func TestPricesStayInBounds(t *testing.T) {
	v := policytest.View(t, func(s *policy.Sections) { s.Prices.Combine = policy.CombineSum })
	s := v.Sections.Prices
	rapid.Check(t, func(rt *rapid.T) {
		b := Buyer{Tier: rapid.SampledFrom([]string{"", "vip", "core", "edge"}).Draw(rt, "tier"), Since: now - instant.Time(rapid.Int64Range(0, 200_000_000_000).Draw(rt, "since"))}
		if rapid.Bool().Draw(rt, "offer") {
			b.Offers = s.Offers
		}
		a := Ask{rapid.SampledFrom([]string{"licence", "service", "training"}).Draw(rt, "product"), rapid.Int64Range(1, 1_000_000).Draw(rt, "quantity")}
		q, err := Of(v, b, []Ask{a}, now, "items")
		if err != nil {
			rt.Fatal(err)
		}
		l := q.Lines[0]
		if l.PerMille > s.Most || l.Price > l.List || l.Price < Less(l.List, s.Most) || q.PerMille > s.Most {
			rt.Fatalf("%+v", l)
		}
	})
}

// exactly the tenure makes eligible, a millisecond less does not.
func TestEligible(t *testing.T) {
	v := policytest.View(t)
	o := v.Sections.Prices.Offers[0]
	if _, ok := Eligible(v, o, Buyer{Since: now.Add(-365*day) + 1}, now); ok {
		t.Error("too early")
	}
	if why, ok := Eligible(v, o, Buyer{Since: now.Add(-365 * day)}, now); !ok || why.Zh == "" {
		t.Error("not eligible")
	}
	if _, ok := Eligible(v, o, Buyer{}, now); ok {
		t.Error("nobody's customer is eligible")
	}
	o.Tiers = []string{"vip"}
	if _, ok := Eligible(v, o, Buyer{Since: now.Add(-400 * day), Tier: "core"}, now); ok {
		t.Error("of another tier")
	}
}
