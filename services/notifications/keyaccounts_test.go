package notifications_test

import (
	"slices"
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
	// a gap is to be checked again: a task and a reminder; late, the supervisor hears of it; checked, all is over.
	o.now.Add(1000)
	tell(6, "recheck", "data")
	tell(6, "recheck", "data") // again
	o.eventually("a check is asked for", func() bool { l := open(); return len(l) == 2 && slices.Contains(l, "key_account.recheck.data") })
	reminders := func(who string) (levels []string) {
		var page struct{ Items []catalogue.Reminder }
		o.call(who, "GET", "/v1/reminders", nil, &page)
		for _, r := range page.Items {
			if r.Rule == "key_account.recheck.data" {
				levels = append(levels, r.Level)
			}
		}
		return levels
	}
	o.eventually("the manager is reminded", func() bool { return slices.Equal(reminders("wang"), []string{catalogue.LevelRemind}) })
	o.now.Add(1000)
	tell(7, "recheck_late", "data")
	o.eventually("the supervisor hears of it", func() bool { return slices.Equal(reminders("boss"), []string{catalogue.LevelEscalate}) })
	o.now.Add(1000)
	sheet.Gaps[0].State = "closed"
	tell(8, "gap", "data")
	o.eventually("checked", func() bool { return len(open()) == 0 })
	o.now.Add(1000)
	tell(9, "ended", "")
	o.eventually("none", func() bool { return len(open()) == 0 })
}
