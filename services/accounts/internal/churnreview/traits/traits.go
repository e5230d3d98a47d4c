// Package traits compares lost customers with those that stayed, by industry,
// purchase cycle, order amount and type, and says how much the figures
// can bear. It is pure.
package traits

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
)

// Dimensions are what customers are compared by.
var Dimensions = []string{"industry", "cycle", "amount", "type"}

// Names of the dimensions.
var Names = map[string]lang.Text{"industry": lang.T("行业", "industry"), "cycle": lang.T("采购周期", "purchase cycle"), "amount": lang.T("订单金额", "order amount"), "type": lang.T("客户类型", "customer type")}

// Unknown is the value of what is not recorded: counted, and never called a trait.
const Unknown = "unknown"

// Groups of customers.
const (
	Churned  = "churned"
	Retained = "retained"
)

// Of gives a customer's traits.
func Of(industry, kind string, orders []catalogue.TimelineEntry, p policy.ChurnReviews) catalogue.ChurnTraits {
	return catalogue.ChurnTraits{Industry: cmp.Or(industry, Unknown), Type: cmp.Or(kind, Unknown), Cycle: cycle(orders, p.CycleBands), Amount: amount(orders, p.AmountBands)}
}

// Value gives a trait by its dimension.
func Value(t catalogue.ChurnTraits, dimension string) string {
	return map[string]string{"industry": t.Industry, "cycle": t.Cycle, "amount": t.Amount, "type": t.Type}[dimension]
}

// cycle is the band of the mean time between orders; a single order has none.
func cycle(orders []catalogue.TimelineEntry, bands []int) string {
	if len(orders) < 2 {
		return Unknown
	}
	first, last := orders[0].OccurredAt, orders[0].OccurredAt
	for _, o := range orders {
		first, last = min(first, o.OccurredAt), max(last, o.OccurredAt)
	}
	days := last.Sub(first).Hours() / 24 / float64(len(orders)-1)
	for i, b := range bands {
		if days <= float64(b) {
			return between(i, func(i int) string { return fmt.Sprint(bands[i]) }, "d")
		}
	}
	return fmt.Sprintf(">%dd", bands[len(bands)-1])
}

// amount is the band of the mean amount of an order, of those in the currency of the newest.
func amount(orders []catalogue.TimelineEntry, bands []int64) string {
	sum, n, currency := int64(0), int64(0), ""
	newest := instant.Time(math.MinInt64)
	for _, o := range orders {
		if o.Amount != nil && o.OccurredAt > newest {
			newest, currency = o.OccurredAt, o.Amount.Currency
		}
	}
	for _, o := range orders {
		if o.Amount != nil && o.Amount.Currency == currency {
			sum, n = sum+o.Amount.Minor, n+1
		}
	}
	if n == 0 {
		return Unknown
	}
	for i, b := range bands {
		if sum/n <= b {
			return between(i, func(i int) string { return money.Of(bands[i], currency).String() }, "")
		}
	}
	return ">" + money.Of(bands[len(bands)-1], currency).String()
}

func between(i int, bound func(int) string, unit string) string {
	if i == 0 {
		return "<=" + bound(0) + unit
	}
	return bound(i-1) + unit + " - " + bound(i) + unit
}

// Count is how many customers have a value.
type Count struct {
	Value             string
	Churned, Retained int64
}

// Row is one value of a dimension, compared.
type Row struct {
	Dimension string  `json:"dimension" enum:"industry,cycle,amount,type"`
	Value     string  `json:"value"`
	Churned   int64   `json:"churned" doc:"Lost customers with it"`
	Retained  int64   `json:"retained" doc:"Customers with it that stayed"`
	Rate      float64 `json:"rate" doc:"Lost of all with it"`
	RateLeast float64 `json:"rate_least" doc:"95 % interval of the rate, from (Wilson)"`
	RateMost  float64 `json:"rate_most" doc:"95 % interval of the rate, to (Wilson)"`
	Lift      float64 `json:"lift" doc:"Rate against that of all customers: 1 is the same, 2 is twice; 0 where nobody was lost"`
	TooFew    bool    `json:"too_few,omitempty" doc:"Rests on fewer customers than the policy wants"`
	Common    bool    `json:"common,omitempty" doc:"A common trait of lost customers: not too few, and even the least of its interval is above the rate of all"`
}

// Comparison of lost customers with those that stayed.
type Comparison struct {
	Churned  int64       `json:"churned"`
	Retained int64       `json:"retained"`
	Rate     float64     `json:"rate"`
	Rows     []Row       `json:"rows" doc:"By dimension, the highest rate first"`
	Common   []lang.Text `json:"common" doc:"Common traits in words; none where the figures cannot bear any"`
}

// Compare makes the comparison of counts by dimension.
func Compare(churned, retained int64, counts map[string][]Count, few int) Comparison {
	c := Comparison{Churned: churned, Retained: retained, Rate: share(churned, churned+retained), Rows: []Row{}, Common: []lang.Text{}}
	for _, d := range Dimensions {
		var rows []Row
		for _, n := range counts[d] {
			if n.Churned+n.Retained > 0 {
				rows = append(rows, c.row(d, n, few))
			}
		}
		slices.SortStableFunc(rows, func(a, b Row) int {
			if x := cmp.Compare(b.Rate, a.Rate); x != 0 {
				return x
			}
			return cmp.Compare(a.Value, b.Value)
		})
		for _, r := range rows {
			if r.Common {
				c.Common = append(c.Common, r.says())
			}
		}
		c.Rows = append(c.Rows, rows...)
	}
	return c
}

func (c Comparison) row(dimension string, n Count, few int) Row {
	all := n.Churned + n.Retained
	r := Row{Dimension: dimension, Value: n.Value, Churned: n.Churned, Retained: n.Retained, Rate: share(n.Churned, all), TooFew: all < int64(few)}
	r.RateLeast, r.RateMost = wilson(n.Churned, all)
	if c.Rate > 0 {
		r.Lift = r.Rate / c.Rate
	}
	r.Common = !r.TooFew && n.Value != Unknown && r.RateLeast > c.Rate
	return r
}

func (r Row) says() lang.Text {
	return lang.T(fmt.Sprintf("%s为“%s”的客户流失率为%.1f%%（%d/%d），是总体的%.1f倍", Names[r.Dimension].Zh, r.Value, 100*r.Rate, r.Churned, r.Churned+r.Retained, r.Lift),
		fmt.Sprintf("customers whose %s is %q: %.1f %% lost (%d of %d), %.1f times the rate of all", Names[r.Dimension].En, r.Value, 100*r.Rate, r.Churned, r.Churned+r.Retained, r.Lift))
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// wilson is the interval in which the true rate lies in 95 of 100 cases, sound for small numbers.
func wilson(k, n int64) (from, to float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, mid-half), min(1, mid+half)
}
