package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// indicators gives figures that are shown and judged by nobody: when and how often
// the customer logged in, ordered and asked, how fast we answered,
// how deep the product is used, and how each post-sale link goes.
func (e *eye) indicators() []catalogue.Indicator {
	var out []catalogue.Indicator
	from := e.s.grid.week(e.at) - instant.Time(90*dayLength/e.s.grid.speed)
	for _, x := range []struct {
		id, many, zh, en string
		list             []Mark
	}{{"login", "logins", "登录", "log-in", e.of(Logins)}, {"order", "orders", "下单", "order", e.orders}, {"inquiry", "inquiries", "咨询", "inquiry", e.inquiries()}} {
		if m, ok := last(x.list); ok {
			out = append(out, catalogue.Indicator{ID: "last_" + x.id, Name: lang.T("最近一次"+x.zh, "Last "+x.en), At: m.At},
				catalogue.Indicator{ID: x.many + "_90d", Name: lang.T("近90天"+x.zh+"次数", x.many+" in 90 days"), Value: float64(len(e.since(x.list, from))), Unit: "times"})
		}
	}
	if hours, list := e.responses(from); len(list) > 0 {
		out = append(out, catalogue.Indicator{ID: "response_hours", Name: lang.T("需求响应速度", "Response to needs"), Value: rounded(hours), Unit: "hours"})
	}
	used := newestOf(e.since(e.of(Usages), from))
	if len(used) > 0 {
		out = append(out, catalogue.Indicator{ID: "feature_coverage", Name: lang.T("产品功能覆盖率", "Feature coverage"), Value: rounded(coverage(used)), Unit: "percent"})
	}
	if share, known := e.upsell(); known {
		out = append(out, catalogue.Indicator{ID: "upsell_share", Name: lang.T("增购比例", "Upsell share"), Value: rounded(share), Unit: "percent"})
	}
	out = append(out, e.productIndicators(used)...)
	return append(out, e.linkIndicators()...)
}

func (e *eye) inquiries() []Mark {
	var out []Mark
	for _, m := range e.of(Inbound) {
		if m.Kind == catalogue.EntryInquiry {
			out = append(out, m)
		}
	}
	return out
}

// upsell is by how much what was ordered in the last year is more than in the year
// before, percent of the latter (增购比例, R-093).
func (e *eye) upsell() (float64, bool) {
	year := instant.Time(365 * dayLength / e.s.grid.speed)
	from := e.s.grid.week(e.at) - year
	recent, _ := e.amounts(from, e.at+1)
	before, n := e.amounts(from-year, from)
	if n == 0 || before == 0 {
		return 0, false
	}
	return max(100*(recent-before)/before, 0), true
}

// linkIndicators gives satisfaction, activity and complaint rate of each post-sale
// link that the customer was in: signing, implementation, after-sales, repurchase.
func (e *eye) linkIndicators() []catalogue.Indicator {
	var out []catalogue.Indicator
	links := e.of(Links)
	for i, l := range links {
		until := e.at + 1
		if i+1 < len(links) {
			until = links[i+1].At
		}
		weeks := max(float64(until-l.At)/float64(7*dayLength/e.s.grid.speed), 1)
		active := float64(e.activeDays(l.At, until))
		complaints := float64(len(between(e.of(Complaints), l.At, until)))
		out = append(out, catalogue.Indicator{ID: "link_activity", Link: l.Of, Name: lang.T("活跃度", "Activity"), Value: rounded(active / weeks), Unit: "days_per_week"},
			catalogue.Indicator{ID: "link_complaint_rate", Link: l.Of, Name: lang.T("投诉率", "Complaint rate"), Value: rounded(100 * complaints / max(active, 1)), Unit: "percent"})
		if r := between(e.of(Ratings), l.At, until); len(r) > 0 {
			out = append(out, catalogue.Indicator{ID: "link_satisfaction", Link: l.Of, Name: lang.T("满意度", "Satisfaction"), Value: rounded(meanOf(r)), Unit: "of_100"})
		}
	}
	return out
}
