package notifications_test

import (
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/lang"
)

// what a key account's sheet asks for becomes a task of whoever
// answers for it, once, and ends when it is done or came back.
func TestKeyAccountSheetsBecomeTasks(t *testing.T) {
	o := start(t, config.Config{})
	o.now.Store(int64(noon))
	due := o.clock().Add(48 * time.Hour)
	sheet := catalogue.KeyAccount{Customer: "c1", Manager: "wang", Since: o.clock(), Gaps: []catalogue.KeyAccountGap{{ID: "data", Name: lang.T("数据分散", "Scattered data"), State: "open", Owner: "wang", Due: due}},
		Indicators: []catalogue.KeyAccountIndicator{{ID: "satisfaction", Name: lang.T("满意度", "Satisfaction"), Action: lang.T("优化方案跟进", "Follow up"), Threshold: 70, Value: 60, Known: true, Breached: true}},
		Plans:      []catalogue.ValuePlan{{ID: "p1", Kind: "custom_report", Title: "定制报告", Owner: "wang", Due: due, State: "planned", At: o.clock()}}}
	tell := func(version int64, what, id string) {
		o.tell("key_account/c1", version, &catalogue.KeyAccountChanged{After: sheet, Changed: what, ID: id})
	}
	open := func() (rules []string) {
		for _, t := range o.list("wang", "status=open") {
			rules = append(rules, t.Rule)
		}
		return rules
	}
	tell(1, "gap", "data")
	tell(1, "gap", "data") // again
	o.now.Add(1000)
	tell(2, "indicator", "satisfaction")
	tell(3, "plan", "p1")
	o.eventually("three tasks", func() bool { return len(open()) == 3 })
	o.now.Add(1000)
	sheet.Indicators[0].Breached, sheet.Indicators[0].Value = false, 90
	sheet.Plans[0].State = "delivered"
	tell(4, "indicator", "satisfaction")
	tell(5, "plan", "p1")
	o.eventually("the gap alone", func() bool { l := open(); return len(l) == 1 && l[0] == "key_account.gap.data" })
	o.now.Add(1000)
	tell(6, "ended", "")
	o.eventually("none", func() bool { return len(open()) == 0 })
}
