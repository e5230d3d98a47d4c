package standing_test

import (
	"math"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

// the demand response speed is shown, and too slow a one is a sign.
func TestResponseSpeed(t *testing.T) {
	h := history(buyer())
	for _, d := range []float64{10, 20} {
		h.Add(entry(catalogue.EntryInquiry, ago(d), catalogue.Inbound))
		h.Add(entry(catalogue.EntryCall, ago(d).Add(24*time.Hour), catalogue.Outbound))
	}
	s := assess(t, h, now)
	if got, _ := signal(s, policy.SignalSlowResponse); got.Severity != catalogue.SignalWarning || got.Recent != 24 {
		t.Errorf("%+v", got)
	}
	if i := indicator(s, "response_hours", ""); i.Value != 24 {
		t.Errorf("shown as %v", i)
	}
}

func indicator(s catalogue.Standing, id, link string) catalogue.Indicator {
	for _, i := range s.Indicators {
		if i.ID == id && i.Link == link {
			return i
		}
	}
	return catalogue.Indicator{}
}

// recency and frequency of log-in, order and inquiry, feature
// coverage and upsell share are shown.
func TestIndicators(t *testing.T) {
	usage := of(catalogue.EntryUsage, catalogue.Inbound, data("product", "erp"), func(e *catalogue.TimelineEntry) { e.Numbers = map[string]float64{"core": 4, "core_used": 3} })
	s := assess(t, history(order(ago(500), 100), order(ago(100), 150), order(ago(50), 50), entry(catalogue.EntryLogin, ago(3), catalogue.Inbound),
		entry(catalogue.EntryInquiry, ago(5), catalogue.Inbound), usage(ago(2))), now)
	for id, want := range map[string]float64{"orders_90d": 1, "logins_90d": 2, "inquiries_90d": 1, "feature_coverage": 75, "upsell_share": 100} {
		if got := indicator(s, id, ""); got.Value != want {
			t.Errorf("%s is %v, want %v", id, got.Value, want)
		}
	}
	for id, want := range map[string]instant.Time{"last_order": ago(50), "last_login": ago(2), "last_inquiry": ago(5)} {
		if got := indicator(s, id, ""); got.At != want {
			t.Errorf("%s is %s, want %s", id, got.At, want)
		}
	}
}

// coverage and upsell are also told by product where use and orders name
// products, of each in the money of the newest order; what was cancelled counts for
// nothing, and an order of one product without sums by line is all of it.
func TestIndicatorsByProduct(t *testing.T) {
	used := func(product string, n float64) catalogue.TimelineEntry {
		return of(catalogue.EntryUsage, catalogue.Inbound, data("product", product), func(e *catalogue.TimelineEntry) { e.Numbers = map[string]float64{"core": 4, "core_used": n} })(ago(2))
	}
	bought := func(days float64, currency string, lines ...catalogue.OrderLine) catalogue.TimelineEntry {
		e := order(ago(days), 1000)
		e.Amount.Currency, e.Lines = currency, lines
		return e
	}
	line := func(product string, yuan int64, currency string) catalogue.OrderLine {
		l := catalogue.OrderLine{Product: product, Quantity: 1}
		if currency != "" {
			a := money.Of(yuan*100, currency)
			l.Amount = &a
		}
		return l
	}
	gone := bought(40, "CNY", line("erp", 9000, "CNY"))
	cancelled := of(catalogue.EntryOrder, catalogue.Neither, data("status", catalogue.OrderCancelled), func(e *catalogue.TimelineEntry) { e.Ref = &catalogue.Subject{Kind: catalogue.KindOrder, ID: gone.ID} })(ago(39))
	s := assess(t, history(used("erp", 3), used("wms", 4), gone, cancelled,
		bought(500, "CNY", line("erp", 600, "CNY"), line("erp", 400, "CNY"), line("wms", 200, "CNY")), bought(480, "USD", line("erp", 70000, "USD")),
		bought(100, "CNY", line("erp", 1500, "CNY"), line("wms", 100, "CNY")), bought(50, "CNY", line("bi", 0, ""))), now)
	for id, want := range map[string]map[string]float64{"feature_coverage": {"": 87.5, "erp": 75, "wms": 100}, "upsell_share": {"erp": 50, "wms": 0}, "new_product_share": {"": 38.46}} {
		for product, value := range want {
			found := false
			for _, i := range s.Indicators {
				if i.ID == id && i.Product == product {
					found = true
					if math.Abs(i.Value-value) > 0.05 {
						t.Errorf("%s of %q is %v, want %v", id, product, i.Value, value)
					}
				}
			}
			if !found {
				t.Errorf("no %s of %q: %+v", id, product, s.Indicators)
			}
		}
	}
	for _, i := range s.Indicators {
		if i.ID == "upsell_share" && i.Product == "bi" {
			t.Errorf("growth from nothing: %+v", i)
		}
	}
}

// satisfaction, activity and complaint rate of each post-sale link, apart.
func TestIndicatorsOfPostSaleLinks(t *testing.T) {
	h := history(buyer(), rating(ago(80), 90), rating(ago(10), 40), entry(catalogue.EntryComplaint, ago(9), catalogue.Inbound))
	h.Take(standing.FromLink("implementation", ago(100))...)
	h.Take(standing.FromLink("after_sales", ago(30))...)
	s := assess(t, h, now)
	if s.PostSaleLink != "after_sales" || indicator(s, "link_satisfaction", "implementation").Value != 90 || indicator(s, "link_satisfaction", "after_sales").Value != 40 {
		t.Errorf("%s %+v", s.PostSaleLink, s.Indicators)
	}
	if indicator(s, "link_complaint_rate", "implementation").Value != 0 || indicator(s, "link_complaint_rate", "after_sales").Value != 50 || indicator(s, "link_activity", "after_sales").Value == 0 {
		t.Errorf("%+v", s.Indicators)
	}
}
