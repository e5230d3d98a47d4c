package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Prices rules what customers pay: list prices, discounts by tier, volume and
// tenure, offers to existing customers, and when asking for prices is comparing
// them.
type Prices struct {
	Currency string    `json:"currency" doc:"Currency of the list" pattern:"^[A-Z]{3}$"`
	List     []Price   `json:"list" doc:"Products with their price before discounts" minItems:"1"`
	Tiers    []Rebate  `json:"tiers" doc:"Discounts by tier of the customer (R-134)"`
	Volume   []Graded  `json:"volume" doc:"Discounts by quantity of a line"`
	Tenure   []Lasting `json:"tenure" doc:"Discounts by how long the customer has been one"`
	Combine  string    `json:"combine" doc:"best: the largest discount of a line counts; sum: they add up" enum:"best,sum"`
	Most     int       `json:"most" doc:"No line has a larger discount, in per mille" minimum:"0" maximum:"1000"`
	Offers   []Offer   `json:"offers" doc:"Offers that existing customers get by themselves (R-134)"`
	// A customer that asks so often in the window compares.
	CompareWithin Duration `json:"compare_within" doc:"Window in which requests for prices are counted (R-135)"`
	CompareCount  int      `json:"compare_count" doc:"So many requests within the window count as comparing prices (R-096, R-135)" minimum:"2" maximum:"100"`
}

// The ways in which discounts combine.
const (
	CombineBest = "best"
	CombineSum  = "sum"
)

// Price of a product.
type Price struct {
	Product string    `json:"product" pattern:"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$" maxLength:"100"`
	Name    lang.Text `json:"name"`
	Minor   int64     `json:"minor" doc:"Price of one in minor units" minimum:"0" maximum:"9000000000000"`
	// Upsell says that it can be added to a running contract in one step.
	Upsell bool `json:"upsell,omitempty" doc:"Can be added to a running contract in one step (R-133)"`
}

// Rebate is a discount of a tier.
type Rebate struct {
	Tier     string `json:"tier" maxLength:"40"`
	PerMille int    `json:"per_mille" minimum:"1" maximum:"1000"`
}

// Graded is a discount from a quantity on.
type Graded struct {
	From     int64 `json:"from" doc:"Quantity of a line" minimum:"1"`
	PerMille int   `json:"per_mille" minimum:"1" maximum:"1000"`
}

// Lasting is a discount of customers that have been so for a while.
type Lasting struct {
	From     Duration `json:"from" doc:"Time since the first contract was signed"`
	PerMille int      `json:"per_mille" minimum:"1" maximum:"1000"`
}

// Offer is what existing customers are offered without asking.
type Offer struct {
	ID       string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name     lang.Text `json:"name"`
	Text     lang.Text `json:"text" doc:"What the customer is told"`
	PerMille int       `json:"per_mille" doc:"Discount beside all others, within most" minimum:"1" maximum:"1000"`
	Products []string  `json:"products,omitempty" doc:"On these products; empty: on all"`
	Tiers    []string  `json:"tiers,omitempty" doc:"For customers of these tiers; empty: for all"`
	Tenure   Duration  `json:"tenure" doc:"For who has been a customer for so long"`
	ValidFor Duration  `json:"valid_for" doc:"How long it stands"`
	Every    Duration  `json:"every" doc:"The same customer gets it again after so long; empty: never again"`
	Channel  string    `json:"channel" doc:"How it is sent" maxLength:"40"`
}

func shippedPrices() Prices {
	return Prices{Currency: "CNY",
		List: []Price{{Product: "licence", Name: lang.T("软件许可（每席位每年）", "Licence, per seat and year"), Minor: 120_000, Upsell: true},
			{Product: "service", Name: lang.T("服务包（每年）", "Service package, per year"), Minor: 2_000_000, Upsell: true},
			{Product: "training", Name: lang.T("培训（每天）", "Training, per day"), Minor: 500_000, Upsell: true},
			{Product: "implementation", Name: lang.T("实施（每人日）", "Implementation, per day"), Minor: 300_000}},
		Tiers:   []Rebate{{"vip", 80}, {"core", 50}},
		Volume:  []Graded{{50, 30}, {200, 60}, {1000, 100}},
		Tenure:  []Lasting{{D("365d"), 20}, {D("1095d"), 40}},
		Combine: CombineBest, Most: 150,
		Offers: []Offer{{ID: "loyalty", Name: lang.T("老客户专享", "Loyalty offer"), Text: lang.T("感谢您一年以来的信任：续约或增购可在您的价格上再优惠。", "Thank you for a year of trust: renewals and additions are cheaper still for you."),
			PerMille: 30, Tenure: D("365d"), ValidFor: D("30d"), Every: D("365d"), Channel: "mail"}},
		CompareWithin: D("30d"), CompareCount: 3}
}

func (c *checker) prices(v Prices) {
	if !money.Known(v.Currency) {
		c.add("prices.currency", "currency", "不是有效的货币代码", "is not a currency of ISO 4217")
	}
	if v.Combine == "" {
		c.add("prices.combine", "required", "必填", "is required")
	}
	c.positive("prices.compare_within", v.CompareWithin)
	var products, tiers, offers []string
	for i, p := range v.List {
		products = append(products, p.Product)
		c.named(fmt.Sprintf("prices.list[%d]", i), p.Name)
	}
	c.distinct("prices.list", products)
	for _, r := range v.Tiers {
		tiers = append(tiers, r.Tier)
	}
	c.distinct("prices.tiers", tiers)
	for i, g := range v.Volume {
		if i > 0 && (g.From <= v.Volume[i-1].From || g.PerMille <= v.Volume[i-1].PerMille) {
			c.add(fmt.Sprintf("prices.volume[%d]", i), "ascending", "数量和折扣都必须高于上一级", "must have a larger quantity and a larger discount than the one before")
		}
	}
	for i, l := range v.Tenure {
		field := fmt.Sprintf("prices.tenure[%d]", i)
		c.positive(field+".from", l.From)
		if i > 0 && (l.From.Elapsed() <= v.Tenure[i-1].From.Elapsed() || l.PerMille <= v.Tenure[i-1].PerMille) {
			c.add(field, "ascending", "时间和折扣都必须高于上一级", "must be longer and larger than the one before")
		}
	}
	for i, o := range v.Offers {
		field := fmt.Sprintf("prices.offers[%d]", i)
		offers = append(offers, o.ID)
		c.named(field, o.Name)
		c.positive(field+".valid_for", o.ValidFor)
		if o.Text.Zh == "" || o.Text.En == "" {
			c.add(field+".text", "required", "两种语言都必填", "is required in both languages")
		}
		for j, p := range o.Products {
			if !slices.Contains(products, p) {
				c.add(fmt.Sprintf("%s.products[%d]", field, j), "exists", "价目表没有这个产品："+p, "the list has no such product: "+p)
			}
		}
	}
	c.distinct("prices.offers", offers)
}
