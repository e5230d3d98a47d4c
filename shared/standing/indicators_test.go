package standing_test

import (
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
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
