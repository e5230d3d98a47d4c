package standing

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// lines reads what of which product an order holds, each product once. An order of
// one product alone is all of it.
func (r *reading) lines() {
	by := map[string]*Mark{}
	for _, l := range r.e.Lines {
		if l.Product == "" {
			continue
		}
		m := by[l.Product]
		if m == nil {
			m = &Mark{Of: l.Product}
			by[l.Product] = m
		}
		m.Units += l.Quantity
		if l.Amount != nil {
			m.Kind, m.Amount = l.Amount.Currency, m.Amount+l.Amount.Minor
		}
	}
	for _, m := range by {
		if len(by) == 1 && m.Kind == "" && r.e.Amount != nil {
			m.Kind, m.Amount = r.e.Amount.Currency, r.e.Amount.Minor
		}
		r.add(Lines, *m)
	}
}

// lines gives what of products was ordered and not cancelled, in the currency of the
// newest order or in none.
func (e *eye) lines() []Mark {
	list := e.of(Lines)
	if len(list) == 0 {
		return nil
	}
	cancelled := map[string]bool{}
	for _, o := range e.of(Orders) {
		cancelled[o.ID] = true
	}
	for _, o := range e.orders {
		delete(cancelled, o.ID)
	}
	newest, _ := last(e.orders)
	var out []Mark
	for _, m := range list {
		if !cancelled[m.ID] && (m.Kind == "" || m.Kind == newest.Kind) {
			out = append(out, m)
		}
	}
	return out
}

// worth adds up what was bought of a product: money, or pieces where no money is told.
func worth(list []Mark, product string) float64 {
	money, pieces := int64(0), int64(0)
	for _, m := range list {
		if m.Of == product {
			money, pieces = money+m.Amount, pieces+m.Units
		}
	}
	if money == 0 {
		return float64(pieces)
	}
	return float64(money)
}

// productIndicators gives feature coverage and upsell share of each product that
// use and orders name, and what share of the last year's orders went to products
// that the customer had not bought before.
func (e *eye) productIndicators(used []Mark) []catalogue.Indicator {
	var out []catalogue.Indicator
	of := func(id, zh, en, product string, percent float64) {
		out = append(out, catalogue.Indicator{ID: id, Product: product, Name: lang.T(zh, en), Value: rounded(percent), Unit: "percent"})
	}
	for _, m := range byName(used) {
		if m.Of != "" {
			of("feature_coverage", "产品功能覆盖率", "Feature coverage", m.Of, coverage([]Mark{m}))
		}
	}
	year := instant.Time(365 * dayLength / e.s.grid.speed)
	from := e.s.grid.week(e.at) - year
	all := e.lines()
	recent, before, ever := between(all, from, e.at+1), between(all, from-year, from), upTo(all, from-1)
	fresh, whole := 0.0, 0.0
	for _, product := range products(all) {
		now, was := worth(recent, product), worth(before, product)
		if was > 0 {
			of("upsell_share", "增购比例", "Upsell share", product, max(100*(now-was)/was, 0))
		}
		whole += now
		if worth(ever, product) == 0 {
			fresh += now
		}
	}
	if whole > 0 && len(ever) > 0 {
		of("new_product_share", "新购产品占比", "Share of products not bought before", "", 100*fresh/whole)
	}
	return out
}

func products(list []Mark) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.Of)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func byName(list []Mark) []Mark {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Mark) int {
		if a.Of < b.Of {
			return -1
		}
		return 1
	})
	return list
}
