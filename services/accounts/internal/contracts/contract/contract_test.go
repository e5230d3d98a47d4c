package contract_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/prices"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
)

const now = instant.Time(1_800_000_000_000)

// whatever is agreed, installments sum up to the total, no discount
// exceeds the whole, and payments in any parts are all allotted, each once.
func TestSumsHold(t *testing.T) {
	v := policytest.View(t)
	rapid.Check(t, func(rt *rapid.T) {
		price := rapid.Int64Range(0, 9_000_000_000).Draw(rt, "price")
		lines := []contract.Line{{Product: "x", Name: "定制", Quantity: rapid.Int64Range(1, 10_000).Draw(rt, "quantity"), Price: &price}}
		if rapid.Bool().Draw(rt, "listed") {
			lines = append(lines, contract.Line{Product: "licence", Quantity: rapid.Int64Range(1, 10_000).Draw(rt, "seats")})
		}
		c, err := contract.Draft(v, catalogue.Contract{ID: "k"}, contract.Terms{Items: lines}, prices.Buyer{Tier: "vip"}, now)
		if err != nil {
			rt.Fatal(err)
		}
		var sum int64
		for _, p := range c.Schedule {
			sum += p.Minor
		}
		if sum != c.Total.Minor || c.Discount < 0 || c.Discount > 1000 {
			rt.Fatalf("installments of %d for %s, discount %d", sum, c.Total, c.Discount)
		}
		c.Signature, c.SignedAt = &catalogue.Signature{}, now
		for n := 0; c.Paid < c.Total.Minor; n++ {
			part := rapid.Int64Range(1, max(1, (c.Total.Minor-c.Paid+1)/2)).Draw(rt, "part")
			p := catalogue.ContractPayment{ID: string(rune('a' + n)), Amount: money.Of(part, c.Total.Currency), PaidAt: now}
			if n > 20 {
				p.Amount.Minor = c.Total.Minor - c.Paid
			}
			for again := range 2 { // told twice it counts once
				if fresh, err := contract.Pay(&c, p, now); err != nil || fresh != (again == 0) {
					rt.Fatalf("payment %d told again %d: %t %v", n, again, fresh, err)
				}
			}
		}
		sum = 0
		for _, p := range c.Schedule {
			if sum += p.Paid; p.Paid != p.Minor || p.PaidAt.IsZero() {
				rt.Fatalf("not paid: %+v", p)
			}
		}
		if sum != c.Paid || c.Total.Minor > 0 && c.PaidAt != now {
			rt.Fatalf("%d allotted of %d", sum, c.Paid)
		}
	})
}

// the text has a value for every placeholder, in both languages.
func TestWords(t *testing.T) {
	v := policytest.View(t)
	for _, template := range v.Sections.Contracts.Templates {
		for _, language := range []string{"zh", "en"} {
			c, err := contract.Draft(v, catalogue.Contract{ID: "k", Number: "LK-1", Buyer: catalogue.Party{Name: "海天", TaxID: "9144"}}, contract.Terms{Template: template.ID, Language: language,
				Extra: "验收后付款", Items: []contract.Line{{Product: "licence", Quantity: 3}}}, prices.Buyer{}, now)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(contract.Words(v, c), "\n")
			for _, want := range []string{"海天", "9144", "LK-1", "3600.00 CNY", "验收后付款", "2027-01-15", "1200.00 CNY", v.Sections.Contracts.Seller} {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: %q is not in\n%s", template.ID, language, want, text)
				}
			}
			if strings.Contains(text, "{{") || c.Standard {
				t.Errorf("%s, %s: standard %t\n%s", template.ID, language, c.Standard, text)
			}
		}
	}
}

// when a step is needed is data: all of a condition, any of several, other
// currencies as if above.
func TestConditions(t *testing.T) {
	w := policy.When{AmountFrom: 100, DiscountFrom: 50, Tiers: []string{"vip"}}
	for name, c := range map[string]struct {
		total    money.Amount
		discount int
		tier     string
		want     bool
	}{
		"exactly":        {money.Of(100, "CNY"), 50, "vip", true},
		"one below":      {money.Of(99, "CNY"), 50, "vip", false},
		"discount below": {money.Of(100, "CNY"), 49, "vip", false},
		"another tier":   {money.Of(100, "CNY"), 50, "core", false},
		"another money":  {money.Of(1, "USD"), 50, "vip", true},
	} {
		if got := w.Holds(c.total, "CNY", c.discount, c.tier, true); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
