package prices

import (
	"fmt"
	"math/bits"
	"slices"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// mostMinor is the largest amount, as shared/money has it.
const mostMinor = 9_000_000_000_000_000

// Ask is a line that somebody wants the price of.
type Ask struct {
	Product  string `json:"product" minLength:"1" maxLength:"100"`
	Quantity int64  `json:"quantity" minimum:"1" maximum:"1000000000"`
}

// Buyer is what prices depend on of a customer.
type Buyer struct {
	Tier   string
	Since  instant.Time   // when the first contract was signed; zero: not a customer yet
	Offers []policy.Offer // that stand
}

// Reason is a discount with why it applies and whether it counts.
type Reason struct {
	Kind     string    `json:"kind" enum:"tier,volume,tenure,offer,most"`
	PerMille int       `json:"per_mille"`
	Counts   bool      `json:"counts"`
	Says     lang.Text `json:"says"`
}

// Line is a priced line that explains itself.
type Line struct {
	Product  string    `json:"product"`
	Name     lang.Text `json:"name"`
	Quantity int64     `json:"quantity"`
	List     int64     `json:"list" doc:"Price of one before discounts, in minor units"`
	PerMille int       `json:"per_mille" doc:"Discount that applies"`
	Price    int64     `json:"price" doc:"Price of one, in minor units, rounded half up"`
	Total    int64     `json:"total" doc:"Minor units"`
	Because  []Reason  `json:"because"`
}

// Quote is what a customer pays for what it asks, and why.
type Quote struct {
	Lines    []Line       `json:"lines"`
	List     money.Amount `json:"list" doc:"Before discounts"`
	Total    money.Amount `json:"total"`
	PerMille int          `json:"per_mille" doc:"Discount over all, rounded down"`
	Tier     string       `json:"tier,omitempty"`
	Since    instant.Time `json:"since,omitempty" doc:"Customer since"`
	Policy   int64        `json:"policy" doc:"Version of the policy it was priced by"`
	At       instant.Time `json:"at"`
}

// Of prices what a buyer asks for. Fields that are wrong are named at (items).
func Of(v *policy.View, b Buyer, asks []Ask, now instant.Time, at string) (Quote, error) {
	p := v.Sections.Prices
	q := Quote{Lines: make([]Line, 0, len(asks)), Tier: b.Tier, Since: b.Since, Policy: v.Version, At: now}
	var wrong []problem.Field
	var list, total int64
	for i, a := range asks {
		field := fmt.Sprintf("%s[%d]", at, i)
		j := slices.IndexFunc(p.List, func(x policy.Price) bool { return x.Product == a.Product })
		switch {
		case j < 0:
			wrong = append(wrong, problem.FieldError(field+".product", "exists", "价目表没有这个产品："+a.Product, "the price list has no such product: "+a.Product))
			continue
		case a.Quantity < 1:
			wrong = append(wrong, problem.FieldError(field+".quantity", "minimum", "至少为 1", "must be at least 1"))
			continue
		case slices.ContainsFunc(asks[:i], func(o Ask) bool { return o.Product == a.Product }):
			wrong = append(wrong, problem.FieldError(field+".product", "duplicate", "产品重复", "is asked for twice"))
			continue
		}
		l := line(v, b, p.List[j], a, now)
		full, ok := times(l.List, l.Quantity)
		l.Total, _ = times(l.Price, l.Quantity)
		if list += full; !ok || list > mostMinor {
			wrong = append(wrong, problem.FieldError(field+".quantity", "maximum", "金额过大", "gives an amount that is too large"))
			list = 0
			continue
		}
		total += l.Total
		q.Lines = append(q.Lines, l)
	}
	q.List, q.Total = money.Of(list, p.Currency), money.Of(total, p.Currency)
	q.PerMille = Off(list, total)
	return q, problem.InvalidFields(wrong...)
}

// Off gives the discount between a list price and what is asked, in per mille, rounded down; 0 if it is no discount.
func Off(list, total int64) int {
	if list <= 0 || total >= list {
		return 0
	}
	hi, lo := bits.Mul64(uint64(list-total), 1000)
	n, _ := bits.Div64(hi, lo, uint64(list)) // hi < list: list-total < list, and 1000 * 2^53 < 2^64
	return int(n)
}

func times(a, n int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(n))
	if hi != 0 || lo > mostMinor {
		return 0, false
	}
	return int64(lo), true
}

// line prices one line: the largest discount or their sum, and no more than most.
func line(v *policy.View, b Buyer, p policy.Price, a Ask, now instant.Time) Line {
	s := v.Sections.Prices
	l := Line{Product: p.Product, Name: p.Name, Quantity: a.Quantity, List: p.Minor, Because: reasons(v, b, a, now)}
	best := -1
	for i, r := range l.Because {
		if r.Kind == "offer" || s.Combine == policy.CombineSum {
			l.Because[i].Counts = true
		} else if best < 0 || r.PerMille > l.Because[best].PerMille {
			best = i
		}
	}
	if best >= 0 {
		l.Because[best].Counts = true
	}
	for _, r := range l.Because {
		if r.Counts {
			l.PerMille += r.PerMille
		}
	}
	if l.PerMille > s.Most {
		l.PerMille = s.Most
		l.Because = append(l.Because, Reason{Kind: "most", PerMille: s.Most, Counts: true, Says: lang.T(fmt.Sprintf("折扣最多 %s", percent(s.Most)), "no discount is larger than "+percent(s.Most))})
	}
	l.Price = Less(p.Minor, l.PerMille)
	return l
}

// Less takes a discount off a price, rounded half up.
func Less(minor int64, perMille int) int64 {
	hi, lo := bits.Mul64(uint64(minor), uint64(1000-perMille))
	lo, carry := bits.Add64(lo, 500, 0)
	n, _ := bits.Div64(hi+carry, lo, 1000)
	return int64(n)
}

// reasons gives every discount that applies, in a fixed order.
func reasons(v *policy.View, b Buyer, a Ask, now instant.Time) []Reason {
	s := v.Sections.Prices
	out := []Reason{}
	for _, t := range s.Tiers {
		if b.Tier != "" && t.Tier == b.Tier {
			out = append(out, Reason{Kind: "tier", PerMille: t.PerMille, Says: lang.T("客户分层 "+t.Tier+"，优惠 "+percent(t.PerMille), "tier "+t.Tier+": "+percent(t.PerMille)+" off")})
		}
	}
	for _, g := range slices.Backward(s.Volume) {
		if a.Quantity >= g.From {
			out = append(out, Reason{Kind: "volume", PerMille: g.PerMille, Says: lang.T(fmt.Sprintf("数量 %d，达到 %d 起优惠 %s", a.Quantity, g.From, percent(g.PerMille)),
				fmt.Sprintf("%d ordered: from %d on %s off", a.Quantity, g.From, percent(g.PerMille)))})
			break
		}
	}
	for _, l := range slices.Backward(s.Tenure) {
		if !b.Since.IsZero() && !now.Before(v.After(b.Since, l.From)) {
			out = append(out, Reason{Kind: "tenure", PerMille: l.PerMille, Says: lang.T("自 "+v.Local(b.Since)+" 起为客户，满 "+l.From.String()+"，优惠 "+percent(l.PerMille),
				"a customer since "+v.Local(b.Since)+", for "+l.From.String()+" or longer: "+percent(l.PerMille)+" off")})
			break
		}
	}
	for _, o := range b.Offers {
		if len(o.Products) == 0 || slices.Contains(o.Products, a.Product) {
			out = append(out, Reason{Kind: "offer", PerMille: o.PerMille, Says: lang.T(o.Name.Zh+"，另优惠 "+percent(o.PerMille), o.Name.En+": another "+percent(o.PerMille)+" off")})
		}
	}
	return out
}

func percent(perMille int) string {
	if perMille%10 == 0 {
		return fmt.Sprintf("%d%%", perMille/10)
	}
	return fmt.Sprintf("%d.%d%%", perMille/10, perMille%10)
}

// Eligible tells whether a customer gets an offer, and why.
func Eligible(v *policy.View, o policy.Offer, b Buyer, now instant.Time) (lang.Text, bool) {
	if len(o.Tiers) > 0 && !slices.Contains(o.Tiers, b.Tier) {
		return lang.Text{}, false
	}
	if b.Since.IsZero() || now.Before(v.After(b.Since, o.Tenure)) {
		return lang.Text{}, false
	}
	zh, en := "自 "+v.Local(b.Since)+" 起为客户", "a customer since "+v.Local(b.Since)
	if len(o.Tiers) > 0 {
		zh, en = zh+"，分层 "+b.Tier, en+", of tier "+b.Tier
	}
	return lang.T(zh, en), true
}
