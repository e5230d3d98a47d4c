package ticket_test

import (
	"errors"
	"testing"

	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"
)

const (
	minute = instant.Time(60_000)
	hour   = 60 * minute
)

func at(t testing.TB, text string) instant.Time {
	t.Helper()
	i, err := instant.Parse(text[:10] + "T" + text[11:] + ":00+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func open(t testing.TB, v *policy.View, kind, tier, priority string, now instant.Time) ticket.Ticket {
	t.Helper()
	in, err := ticket.Intake{ID: "c1", Customer: "k1", Kind: kind, Tier: tier, Priority: priority, Text: "系统打不开", Channel: "phone", Owner: "li", By: "wang"}.Check(v, now)
	if err != nil {
		t.Fatal(err)
	}
	k, entry := ticket.Open(in, v, now)
	if entry.Side != catalogue.CaseInbound || k.Title != "系统打不开" || k.Owner == "" || k.Status != catalogue.CaseNew {
		t.Fatalf("opened %+v", k)
	}
	return k
}

func say(side, text string) catalogue.CaseEntry {
	return catalogue.CaseEntry{Side: side, Text: text, By: "li"}
}

func rule(err error) string {
	var p *problem.Error
	if !errors.As(err, &p) {
		return ""
	}
	if len(p.Fields) > 0 {
		return p.Fields[0].Field
	}
	return p.Rule
}

// C-03: each node has its own clocks as shipped, by
// tier and priority, in working time; they are none of a lead's timers.
func TestNodesHaveTheirClocks(t *testing.T) {
	v := policytest.View(t)
	monday := at(t, "2026-03-02 09:00")
	for _, c := range []struct{ kind, tier, priority, role, response string }{
		{"inquiry", "", "", "sales_manager", "2026-03-03 09:00"},
		{"alignment", "", "", "implementation", "2026-03-04 09:00"},
		{"support", "", "", "account_manager", "2026-03-02 14:00"},
		{"support", "vip", "", "account_manager", "2026-03-02 11:00"},
		{"support", "vip", "urgent", "account_manager", "2026-03-02 10:00"},
		{"complaint", "normal", "", "service", "2026-03-02 11:00"},
		{"suggestion", "", "", "product", "2026-03-04 09:00"},
	} {
		k := open(t, v, c.kind, c.tier, c.priority, monday)
		if got := v.Local(k.Response.Due); got != c.response || v.Sections.Cases.Kind(c.kind).Role != c.role || k.Solution.Due <= k.Response.Due {
			t.Errorf("%s %s %s: response due %s, want %s; %+v", c.kind, c.tier, c.priority, got, c.response, k.Solution)
		}
	}
	i := v.Sections.Intake
	if i.EntryWithin != policy.D("24h") || i.FirstTouchWithin != policy.D("10m") { // C-03: untouched by the nodes' clocks
		t.Error("entry and first touch have other timers")
	}
}

// the first response is recorded with the working time it took; at
// the very instant the clock runs down it is late.
func TestFirstResponse(t *testing.T) {
	v := policytest.View(t)
	monday := at(t, "2026-03-02 09:00")
	for name, c := range map[string]struct {
		after    instant.Time
		breached bool
		took     int64
	}{"one before": {5*hour - 1, false, int64(4*hour) - 1}, "exactly": {5 * hour, true, int64(4 * hour)}, "one after": {5*hour + 1, true, int64(4*hour) + 1}, "at lunch": {3*hour + 30*minute, false, int64(3 * hour)}} {
		k := open(t, v, "support", "", "", monday) // four working hours: 14:00, lunch left out
		if _, _, err := k.Say(say(catalogue.CaseNote, "查日志"), false, v, monday+hour); err != nil || !k.Response.DoneAt.IsZero() {
			t.Errorf("an internal note answered the customer: %v", err)
		}
		if _, _, err := k.Say(say(catalogue.CaseOutbound, "正在处理"), false, v, monday+c.after); err != nil {
			t.Fatal(err)
		}
		if got := !k.Response.BreachedAt.IsZero(); got != c.breached || k.Response.TookMS != c.took || k.Status != catalogue.CaseWorking || k.Response.DoneAt != monday+c.after {
			t.Errorf("%s: %+v", name, k.Response)
		}
		first := k.Response
		if _, _, err := k.Say(say(catalogue.CaseOutbound, "还在处理"), false, v, monday+6*hour); err != nil || k.Response != first {
			t.Errorf("the second answer changed the first: %+v", k.Response)
		}
	}
}

// while the customer is waited for the clocks stand still, and go on exactly where they stood.
func TestWaitingForTheCustomer(t *testing.T) {
	v := policytest.View(t)
	monday := at(t, "2026-03-02 09:00")
	k := open(t, v, "support", "", "urgent", monday) // solved within four working hours: 14:00
	if _, _, err := k.Say(say(catalogue.CaseOutbound, "请提供订单号"), true, v, monday+hour); err != nil {
		t.Fatal(err)
	}
	if k.Status != catalogue.CaseWaiting || !k.Solution.Due.IsZero() || k.WaitsSince != monday+hour {
		t.Fatalf("waiting: %+v", k.Case)
	}
	if k.Breach(catalogue.ClockSolution, 1, monday+5*hour, v) {
		t.Error("a clock that stands still ran down")
	}
	if _, _, err := k.Say(say(catalogue.CaseInbound, "A-17"), false, v, monday+24*hour+2*hour); err != nil { // Tuesday 11:00
		t.Fatal(err)
	}
	if k.Status != catalogue.CaseWorking || v.Local(k.Solution.Due) != "2026-03-03 15:00" { // three hours were left
		t.Errorf("after the answer: %s, due %s", k.Status, v.Local(k.Solution.Due))
	}
	due := k.Solution.Due
	for name, c := range map[string]struct {
		clock string
		round int
		due   instant.Time
		want  bool
	}{"another instant": {catalogue.ClockSolution, 1, due - 1, false}, "another round": {catalogue.ClockSolution, 2, due, false},
		"done already": {catalogue.ClockResponse, 1, k.Response.Due, false}, "ran down": {catalogue.ClockSolution, 1, due, true}, "told twice": {catalogue.ClockSolution, 1, due, false}} {
		trial := k
		if name == "told twice" {
			trial.Breach(c.clock, c.round, c.due, v)
		}
		if got := trial.Breach(c.clock, c.round, c.due, v); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if err := k.Resolve("重启服务", "li", v, due+hour); err != nil || k.Solution.BreachedAt != due || k.Solution.TookMS != int64(5*hour) {
		t.Errorf("solved late: %v %+v", err, k.Solution)
	}
}

// what the customer objects to is opened again, with clocks of its own, up to the instant at which it is too late.
func TestReopening(t *testing.T) {
	v := policytest.View(t)
	monday := at(t, "2026-03-02 09:00")
	solved := func() ticket.Ticket {
		k := open(t, v, "complaint", "", "", monday)
		if err := k.Resolve("已退款", "li", v, monday+hour); err != nil {
			t.Fatal(err)
		}
		if err := k.Close("agreed", v, monday+2*hour); err != nil || k.Open || k.CloseWhy != "agreed" {
			t.Fatalf("%v %+v", err, k)
		}
		return k
	}
	end := monday + 2*hour
	last := v.After(end, v.Sections.Cases.Reopen)
	for name, c := range map[string]struct {
		at   instant.Time
		rule string
	}{"one before": {last - 1, ""}, "exactly": {last, "cases.reopen"}, "one after": {last + 1, "cases.reopen"}} {
		k := solved()
		_, reopened, err := k.Say(say(catalogue.CaseInbound, "又坏了"), false, v, c.at)
		if rule(err) != c.rule || reopened != (c.rule == "") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err == nil && (k.Round != 2 || k.RoundAt != c.at || k.Status != catalogue.CaseNew || !k.Response.DoneAt.IsZero() || k.Response.Due <= c.at || k.Solution.TookMS != 0 || !k.Open || k.Says != "") {
			t.Errorf("%s: %+v", name, k.Case)
		}
	}
	k := open(t, v, "complaint", "", "", monday)
	if err := k.Reopen(v, monday); rule(err) != "cases.open" {
		t.Errorf("opened what is open: %v", err)
	}
}

// a suggestion is not closed without a final outcome that the customer was told.
func TestSuggestionsGetAnOutcome(t *testing.T) {
	v := policytest.View(t)
	monday := at(t, "2026-03-02 09:00")
	k := open(t, v, "suggestion", "", "", monday)
	if err := k.Resolve("好的", "li", v, monday); rule(err) != "R-145" {
		t.Errorf("solved without an outcome: %v", err)
	}
	if err := k.Told("li", v, monday); rule(err) != "R-145" {
		t.Errorf("told nothing: %v", err)
	}
	if err := k.Decide("maybe", "", "pm", v, monday); rule(err) != "reason" {
		t.Errorf("an outcome that does not exist: %v", err)
	}
	if err := k.Decide("planned", "排入三季度", "pm", v, monday+hour); err != nil || k.Response.DoneAt != monday+hour || k.Status != catalogue.CaseWorking {
		t.Fatalf("%v %+v", err, k.Case)
	}
	if err := k.Told("li", v, monday+2*hour); err != nil || k.Status != catalogue.CaseWorking || k.Outcome.Told.IsZero() {
		t.Errorf("planned ends nothing: %v %+v", err, k.Case)
	}
	if err := k.Resolve("好的", "li", v, monday); rule(err) != "R-145" {
		t.Errorf("solved by a plan: %v", err)
	}
	if err := k.Decide("done", "已上线", "pm", v, monday+3*hour); err != nil || !k.Outcome.Told.IsZero() {
		t.Fatal(err)
	}
	if err := k.Resolve("好的", "li", v, monday+4*hour); rule(err) != "R-145" {
		t.Errorf("solved untold: %v", err)
	}
	if err := k.Told("li", v, monday+5*hour); err != nil || k.Status != catalogue.CaseResolved || k.Solution.DoneAt != monday+5*hour {
		t.Errorf("told: %v %+v", err, k.Case)
	}
	if err := k.Close("solved", v, monday+6*hour); err != nil || k.Open {
		t.Error(err)
	}
	if err := k.Decide("rejected", "不做", "pm", v, monday+7*hour); rule(err) != "cases.ended" {
		t.Errorf("decided afterwards: %v", err)
	}
}
