package accounts_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/service"
)

func init() {
	people["su"] = auth.Principal{ID: "su", Roles: []auth.Role{auth.Success}}
	people["im"] = auth.Principal{ID: "im", Roles: []auth.Role{auth.Implementation}}
	people["marketing"] = auth.Principal{ID: "marketing", Roles: []auth.Role{auth.Marketing}}
}

// team is a house with somebody in each of the roles that look after customers.
func team(d *service.Deps) {
	d.Directory = directory.Of(
		catalogue.Person{ID: "wang", Name: "王", Active: true, Team: "east", Supervisor: "director", Roles: []string{"salesperson"}},
		catalogue.Person{ID: "director", Name: "总监", Active: true, Roles: []string{"sales_director"}},
		catalogue.Person{ID: "su", Name: "苏", Active: true, Roles: []string{"customer_success"}},
		catalogue.Person{ID: "im", Name: "易", Active: true, Roles: []string{"implementation"}})
}

type maintained struct {
	catalogue.Maintenance
	ActsNext []struct {
		Person, Process, Step string
		Does                  lang.Text
	} `json:"acts_next"`
	Version int64
}

func (r *running) maintenance(customer string) (maintained, bool) {
	var m maintained
	status, _ := r.call("director", "GET", "/v1/customers/"+customer+"/maintenance", nil, &m)
	return m, status == 200
}

func wonDeal(customer, id string) *catalogue.DealClosed {
	return &catalogue.DealClosed{Deal: id, Outcome: "won", State: catalogue.Deal{ID: id, Title: "线", Customer: customer, Owner: "wang", Pipeline: "p7", Stage: "won", StageType: "won", Outcome: "won",
		Amount: &money.Amount{Minor: 100, Currency: "CNY"}, ClosedAt: instant.Now(), FollowOnContact: "刘总", ServiceNodes: []string{"inspection"},
		RevisitCadence: &catalogue.Cadence{Every: 2, Unit: "week"}, StageSince: 1, OpenedAt: 1, ClocksFrom: 1}}
}

// the first win begins the maintenance exactly once, with
// what was agreed and with people of success and implementation; the fact again
// changes nothing, another deal's win is taken up once more.
func TestAWinBeginsMaintenanceOnce(t *testing.T) {
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	if _, ok := r.maintenance(c); ok {
		t.Fatal("a customer that bought nothing is maintained")
	}
	for range 3 {
		r.happens("deal/d1", c, wonDeal(c, "d1"))
	}
	until(t, "maintained", func() bool { _, ok := r.maintenance(c); return ok })
	r.happens("deal/d2", c, wonDeal(c, "d2"))
	until(t, "the second win", func() bool { m, _ := r.maintenance(c); return m.Wins >= 2 })
	m, _ := r.maintenance(c)
	if m.Wins != 2 || m.Bought.Again != 1 || m.Contact != "刘总" || m.Cadence != (catalogue.Cadence{Every: 2, Unit: "week"}) || len(m.Nodes) != 1 || m.Nodes[0].ID != "inspection" {
		t.Errorf("maintenance %+v", m.Maintenance)
	}
	if m.Success != "su" || m.Implementation != "im" || m.Owner != "wang" || m.HandOver == nil || m.HandOver.To != "su" || m.Link != catalogue.LinkSigning {
		t.Errorf("people %+v", m.Maintenance)
	}
	if !slices.ContainsFunc(m.CareDates, func(d catalogue.MaintainedDate) bool { return d.ID == "first_win" }) {
		t.Errorf("the anniversary is no care date: %v", m.CareDates)
	}
}

// of many processes that read the same win at once, one takes it up.
func TestAWinReadByManyAtOnce(t *testing.T) {
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	for i := range 8 { // of aggregates of their own, so that partitions are read side by side
		r.happens(fmt.Sprintf("deal/d1.%d", i), c, wonDeal(c, "d1"))
	}
	until(t, "maintained", func() bool { _, ok := r.maintenance(c); return ok })
	if m, _ := r.maintenance(c); m.Wins != 1 {
		t.Errorf("%d wins", m.Wins)
	}
}

// a first order begins the maintenance; each order counts once.
func TestAFirstOrderBeginsMaintenance(t *testing.T) {
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	order := func(id string, ago time.Duration) {
		t.Helper()
		o := orderOf(c, id, 100)
		o["placed_at"] = instant.Now().Add(-ago).String()
		if status, _ := r.call("journeys", "POST", "/v1/orders", o, nil); status > 201 {
			t.Fatalf("order: %d", status)
		}
	}
	order("0", 366*24*time.Hour) // of long ago: an imported history begins nothing
	until(t, "the old order", func() bool {
		var page struct{ Items []struct{ Kind string } }
		r.call("director", "GET", "/v1/customers/"+c+"/timeline", nil, &page)
		return len(page.Items) == 1
	})
	for _, id := range []string{"1", "2", "2", "3"} {
		order(id, 364*24*time.Hour)
	}
	until(t, "three orders", func() bool { m, _ := r.maintenance(c); return m.Bought.Orders == 3 })
	if m, _ := r.maintenance(c); m.BeganBy != catalogue.BeganByFirstOrder || m.Bought.Again != 2 {
		t.Errorf("%+v", m.Maintenance)
	}
}

// began gives a customer that is maintained, began by hand.
func began(t *testing.T) (*running, string) {
	t.Helper()
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	if status, _ := r.call("director", "PUT", "/v1/customers/"+c+"/maintenance", map[string]any{"contact": "刘总", "nodes": []string{"onboarding"}}, nil); status != 200 {
		t.Fatalf("began: %d", status)
	}
	return r, c
}

func path(customer, process string, rest ...string) string {
	p := "/v1/customers/" + customer + "/processes/" + url.PathEscape(process)
	for _, s := range rest {
		p += "/" + s
	}
	return p
}

// a process runs step by step: who, until when, with what evidence
// and outcome; it can be begun twice under one id without becoming two, and stays
// readable once it has ended.
func TestAProcessStepByStep(t *testing.T) {
	r, c := began(t)
	id := "maintenance:" + c + ":begin_process:1:0"
	ask := map[string]any{"process": "implementation", "occasion": "win:d1", "for": "2026-03-02T00:00:00Z"}
	for range 2 {
		if status, _ := r.call("journeys", "PUT", path(c, id), ask, nil); status != 200 {
			t.Fatalf("begin: %d", status)
		}
	}
	m, _ := r.maintenance(c)
	if len(m.Running) != 1 || len(m.ActsNext) != 1 || m.ActsNext[0].Person != "im" || m.Running[0].Steps[1].Status != catalogue.TakenWaiting || m.Running[0].Policy != 1 {
		t.Fatalf("running %+v, next %+v", m.Running, m.ActsNext)
	}
	step := func(who, step, way string, body map[string]any) int {
		status, _ := r.call(who, "POST", path(c, id, "steps", step, way), body, nil)
		return status
	}
	for _, bad := range []struct {
		name, who, step, way string
		body                 map[string]any
		status               int
	}{
		{"without evidence", "im", "kick_off", "completion", map[string]any{"outcome": "done"}, 422},
		{"without outcome", "im", "kick_off", "completion", map[string]any{"outcome": " ", "proof": []string{"doc/1"}}, 422},
		{"of a step that waits", "su", "deliver", "completion", map[string]any{"outcome": "done", "proof": []string{"doc/1"}}, 409},
		{"of no step", "su", "nothing", "completion", map[string]any{"outcome": "done"}, 404},
		{"by somebody else", "marketing", "kick_off", "completion", map[string]any{"outcome": "done", "proof": []string{"doc/1"}}, 403},
		{"skipped without a reason", "im", "kick_off", "skip", map[string]any{"reason": ""}, 422},
		{"by a person in the place of a journey", "im", "kick_off", "carried", map[string]any{"process": id, "step": "kick_off", "outcome": "x"}, 403},
	} {
		if status := step(bad.who, bad.step, bad.way, bad.body); status != bad.status {
			t.Errorf("%s: %d, want %d", bad.name, status, bad.status)
		}
	}
	for _, s := range []string{"kick_off", "deliver"} {
		if status := step("im", s, "completion", map[string]any{"outcome": "好", "proof": []string{"doc/" + s}}); status != 200 {
			t.Fatalf("%s: %d", s, status)
		}
	}
	if m, _ = r.maintenance(c); m.ActsNext[0].Person != "su" || m.Running[0].Steps[0].Proof[0] != "doc/kick_off" || m.Running[0].Steps[0].By != "im" {
		t.Errorf("%+v", m.Running)
	}
	if status := step("su", "to_success", "skip", map[string]any{"reason": "无遗留事项"}); status != 200 {
		t.Fatalf("skip: %d", status)
	}
	var list struct{ Items []catalogue.ProcessInstance }
	r.call("su", "GET", "/v1/customers/"+c+"/processes", nil, &list)
	if m, _ = r.maintenance(c); len(m.Running) != 0 || len(list.Items) != 1 || list.Items[0].Status != catalogue.ProcessDone || list.Items[0].Steps[2].Outcome != "无遗留事项" {
		t.Errorf("ended: %+v, running %v", list.Items, m.Running)
	}
	if status, _ := r.call("journeys", "PUT", path(c, id), ask, nil); status != 200 {
		t.Errorf("asked again after its end: %d", status)
	}
	if m, _ = r.maintenance(c); len(m.Running) != 0 {
		t.Error("a process that has ended begins again under its id")
	}
}

// what somebody does as a task ends the step; evidence is what was written;
// a task without a word is asked for again.
func TestATaskEndsItsStep(t *testing.T) {
	r, c := began(t)
	r.call("journeys", "PUT", path(c, "p1"), map[string]any{"process": "implementation", "occasion": "win:d1", "for": "2026-03-02T00:00:00Z"}, nil)
	task := func(outcome string) *catalogue.TaskEnded {
		return &catalogue.TaskEnded{After: catalogue.Task{ID: "t" + outcome, Kind: catalogue.TaskServiceStep, Subject: catalogue.Subject{Kind: "customer", ID: c}, Customer: c, Assignee: "im",
			Due: instant.Now(), Status: catalogue.TaskDone, Outcome: outcome, Rule: "process.1.kick_off", Why: "w", CreatedAt: instant.Now()}}
	}
	r.happens("task/t1", c, task(""))
	until(t, "asked for again", func() bool { m, _ := r.maintenance(c); return m.Running[0].Steps[0].Again == 1 })
	r.happens("task/t2", c, task("启动会已开"))
	until(t, "done", func() bool { m, _ := r.maintenance(c); return m.Running[0].Steps[0].Status == catalogue.TakenDone })
	if m, _ := r.maintenance(c); m.Running[0].Steps[0].Proof[0] != "task/t启动会已开" || m.Running[0].Steps[1].Status != catalogue.TakenOpen {
		t.Errorf("%+v", m.Running[0].Steps)
	}
}

// R-049, C-12: a hand-over takes effect once sales, implementation and success
// have confirmed it, each for itself; nobody skips a party.
func TestThreePartiesConfirm(t *testing.T) {
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	r.happens("deal/d1", c, wonDeal(c, "d1"))
	until(t, "maintained", func() bool { _, ok := r.maintenance(c); return ok })
	r.call("journeys", "PUT", path(c, "h1"), map[string]any{"process": "hand_over", "occasion": "hand_over", "for": "2026-03-02T00:00:00Z"}, nil)
	confirm := func(who, party string) int {
		status, _ := r.call(who, "POST", path(c, "h1", "steps", party, "completion"), map[string]any{"outcome": "确认"}, nil)
		return status
	}
	if confirm("su", "sales") != 403 {
		t.Error("success confirms for sales")
	}
	if status, _ := r.call("su", "POST", path(c, "h1", "steps", "success", "skip"), map[string]any{"reason": "x"}, nil); status != 409 {
		t.Errorf("a party is skipped: %d", status)
	}
	for i, party := range []string{"sales", "implementation", "success"} {
		if m, _ := r.maintenance(c); m.HandOver.ConfirmedAt != 0 {
			t.Fatalf("in effect after %d confirmations", i)
		}
		if status := confirm([]string{"wang", "im", "su"}[i], party); status != 200 {
			t.Fatalf("%s: %d", party, status)
		}
	}
	m, _ := r.maintenance(c)
	if m.HandOver.ConfirmedAt == 0 || m.HandOver.Sales.By != "wang" || m.HandOver.Success.By != "su" || m.Link != catalogue.LinkAfterSales || m.HandOver.MovedAt != 0 {
		t.Errorf("%+v, link %s", m.HandOver, m.Link)
	}
	r.happens("ownership/"+c, c, &catalogue.OwnerChanged{Before: catalogue.Ownership{Customer: c, Owner: "wang"}, After: catalogue.Ownership{Customer: c, Owner: "su"}, Reason: "transfer"})
	until(t, "the window moved", func() bool { m, _ := r.maintenance(c); return m.HandOver.MovedAt != 0 && m.Owner == "su" })
}
