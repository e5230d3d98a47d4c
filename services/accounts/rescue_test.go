package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
)

func init() {
	for id, role := range map[string]auth.Role{"r-boss": auth.SalesManager, "r-kf": auth.Service, "r-pm": auth.Product, "r-op": auth.Operations, "r-succ": auth.Success} {
		people[id] = auth.Principal{ID: id, Roles: []auth.Role{role}}
	}
}

// rescuers are the people of four departments; one of service is away.
func rescuers(d *service.Deps) {
	d.Directory = directory.Of(
		catalogue.Person{ID: "wang", Active: true, Team: "east", Supervisor: "r-boss", Roles: []string{"salesperson"}},
		catalogue.Person{ID: "zhao", Active: true, Team: "west", Supervisor: "director", Roles: []string{"salesperson"}},
		catalogue.Person{ID: "r-boss", Active: true, Team: "east", Supervisor: "director", Roles: []string{"sales_manager"}},
		catalogue.Person{ID: "director", Active: true, Roles: []string{"sales_director"}},
		catalogue.Person{ID: "r-kf", Active: true, Roles: []string{"service"}},
		catalogue.Person{ID: "r-ill", Active: true, Roles: []string{"service"}, Absences: []catalogue.Absence{{ID: "a", From: 1, To: instant.Now().Add(24 * time.Hour)}}},
		catalogue.Person{ID: "r-gone", Roles: []string{"product"}},
		catalogue.Person{ID: "r-pm", Active: true, Roles: []string{"product"}},
		catalogue.Person{ID: "r-op", Active: true, Roles: []string{"operations"}},
		catalogue.Person{ID: "r-succ", Active: true, Roles: []string{"customer_success"}})
}

func rescue(t *testing.T, change ...func(*policy.Sections)) *running {
	t.Helper()
	return run(t, rescuers, func(d *service.Deps) {
		d.Policy = policytest.Holder(t, append([]func(*policy.Sections){func(s *policy.Sections) { s.Outreach.QuietFrom, s.Outreach.QuietTo = "", "" }}, change...)...)
	})
}

// wangs gives a customer whom wang owns.
func (r *running) wangs(name, phone string) string {
	r.t.Helper()
	var c struct{ ID string }
	if status, _ := r.call("wang", "POST", "/v1/customers", map[string]any{"name": name, "phone": phone, "email": "a" + phone[3:] + "@customer.test"}, &c); status != 201 {
		r.t.Fatalf("create: %d", status)
	}
	r.happens("ownership/"+c.ID, c.ID, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: c.ID, Owner: "wang", Since: instant.Now()}, Reason: "manual"})
	until(r.t, "wang owns it", func() bool {
		var seen struct{ Owner string }
		r.call("director", "GET", "/v1/customers/"+c.ID, nil, &seen)
		return seen.Owner == "wang"
	})
	return c.ID
}

func (r *running) ask(effect, customer, reason string) effects.OpenedIntervention {
	r.t.Helper()
	var o effects.OpenedIntervention
	if status, _ := r.call("journeys", "PUT", "/v1/interventions/"+effect, effects.OpenIntervention{Customer: customer, Reason: reason, Evidence: []string{"shop:1"}}, &o); status != 200 {
		r.t.Fatalf("ask: %d", status)
	}
	return o
}

func (r *running) case1(id string) (i catalogue.Intervention) {
	r.t.Helper()
	if status, _ := r.call("director", "GET", "/v1/interventions/"+id, nil, &i); status != 200 {
		r.t.Fatalf("get: %d", status)
	}
	return i
}

func (r *running) logs(id string, roles ...string) {
	r.t.Helper()
	for _, role := range roles {
		if status, _ := r.call("director", "PUT", "/v1/interventions/"+id+"/roles/"+role+"/outcome", map[string]string{"says": "说过了", "result": "ongoing"}, nil); status != 200 {
			r.t.Fatalf("log %s: %d", role, status)
		}
	}
}

// ordered tells an order of a customer.
func (r *running) ordered(customer, id string, at instant.Time, yuan int, products ...string) {
	r.t.Helper()
	var lines []map[string]any
	for _, p := range products {
		lines = append(lines, map[string]any{"product": p, "quantity": 1})
	}
	body := map[string]any{"source": "shop", "source_id": id, "customer": customer, "placed_at": at.String(), "amount": map[string]any{"minor": yuan * 100, "currency": "CNY"}, "lines": lines}
	if status, _ := r.call("director", "POST", "/v1/orders", body, nil); status != 201 {
		r.t.Fatalf("order: %d", status)
	}
	until(r.t, "the order is on the timeline", func() bool { return strings.Contains(fmt.Sprint(r.timeline(customer, "?kind=order").Items), id) })
}

// C-10: a team of four departments, each role
// with its person (nobody who is away or left), task and due time; a second reason
// joins the one that is open.
func TestATeamOfFour(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	first := r.ask("maintenance:c:red:5:0", c, "red")
	i := r.case1(first.ID)
	got := map[string]string{}
	for _, role := range i.Team {
		got[role.Role] = role.Person
		if role.Due <= i.OpenedAt || role.Task.Zh == "" {
			t.Errorf("role %+v", role)
		}
	}
	if fmt.Sprint(got) != "map[operations:r-op product:r-pm sales:wang service:r-kf]" || i.Lead != "r-boss" || first.ID != c+"-1" || !first.Opened {
		t.Errorf("team %v, lead %s, %+v", got, i.Lead, first)
	}
	if again := r.ask("maintenance:c:red:5:0", c, "red"); again.ID != first.ID {
		t.Errorf("repeated: %+v", again)
	}
	second := r.ask("maintenance:c:silent:2:0", c, "no_reply")
	if i = r.case1(first.ID); second.ID != first.ID || second.Opened || !strings.Contains(i.Says, "no_reply") {
		t.Errorf("second %+v: %s", second, i.Says)
	}
}

// four departments ask at once: one team is open, whoever was first.
func TestOneTeamAtATime(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	var wg sync.WaitGroup
	var mu sync.Mutex
	ids, opened := map[string]int{}, 0
	for n := range 12 {
		wg.Go(func() {
			o := r.ask(fmt.Sprintf("maintenance:c:rule%d:1:0", n), c, fmt.Sprint("reason", n))
			mu.Lock()
			defer mu.Unlock()
			ids[o.ID]++
			if o.Opened {
				opened++
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 || opened != 1 {
		t.Errorf("%d opened: %v", opened, ids)
	}
}

// it closes only when each role has logged its outcome, with a result; a
// customer in danger again gets another episode.
func TestClosesWithAllOutcomesOnly(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	id := r.ask("e1", c, "red").ID
	end := func(want int) httpx.Problem {
		t.Helper()
		var p httpx.Problem
		var into any = &p
		if want == 200 {
			into = nil
		}
		if status, _ := r.call("r-boss", "POST", "/v1/interventions/"+id+"/closing", map[string]string{"result": "churned", "note": "价格"}, into); status != want {
			t.Errorf("close: %d %+v, want %d", status, p, want)
		}
		return p
	}
	if p := end(409); p.Rule != "R-119" || !strings.Contains(p.Text.En, "sales, service, product, operations") {
		t.Errorf("%+v", p)
	}
	r.logs(id, "sales", "service", "product")
	if p := end(409); !strings.HasSuffix(p.Text.En, ": operations") {
		t.Errorf("%+v", p)
	}
	r.logs(id, "operations")
	end(200)
	end(409)
	if i := r.case1(id); i.Result != "churned" || i.ClosedBy != "r-boss" || i.Status != catalogue.TeamClosed {
		t.Errorf("%+v", i)
	}
	if o := r.ask("e2", c, "red"); o.ID != c+"-2" || !o.Opened || o.Episode != 2 {
		t.Errorf("again in danger: %+v", o)
	}
	if o := r.ask("e1", c, "red"); o.ID != id {
		t.Errorf("the first ask repeated: %+v", o)
	}
}

// D-9, R-114: an order after the team was opened brings the customer back, once;
// one from before does not, nor does what we do ourselves.
func TestAnOrderBringsTheCustomerBack(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	id := r.ask("e1", c, "red").ID
	r.ordered(c, "old", instant.Now().Add(-48*time.Hour), 10, "beans")
	r.ordered(c, "new", instant.Now(), 10, "beans")
	until(t, "recovered", func() bool { return r.case1(id).Status == catalogue.TeamRecovered })
	i := r.case1(id)
	if !strings.Contains(i.Recovery.Entry, "new") && i.Recovery.Kind != "order" {
		t.Errorf("%+v", i.Recovery)
	}
	r.ordered(c, "newer", instant.Now(), 10, "beans")
	history, err := r.store.History(t.Context(), "intervention/"+id, 0, 50)
	n := 0
	for _, f := range history {
		if strings.Contains(f.Type, "recovered") {
			n++
		}
	}
	if err != nil || n != 1 {
		t.Errorf("recovered %d times, %v", n, err)
	}
	var p httpx.Problem
	stale := effects.OpenIntervention{Customer: c, Reason: "red", AsOf: i.OpenedAt}
	if status, _ := r.call("journeys", "PUT", "/v1/interventions/e9", stale, &p); status != 409 || p.Rule != "intervention.came_back" {
		t.Errorf("who did not know: %d %+v", status, p)
	}
	contact := map[string]any{"role": "sales", "channel": "mail", "subject": map[string]string{"zh": "您好", "en": "Hello"}, "text": map[string]string{"zh": "您好", "en": "Hello"}}
	if status, _ := r.call("director", "POST", "/v1/interventions/"+id+"/contacts", contact, nil); status != 409 {
		t.Errorf("a contact is planned after the customer came back: %d", status)
	}
}

// R-095, C-11: unusual behaviour that standing finds is looked into at once, by
// one person, once for each signal; a whole team takes it in.
func TestUnusualBehaviourTakesAttentionAtOnce(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	stands := func(severity string) {
		before := catalogue.Standing{Customer: c, Lifecycle: "active", Computed: "active", Parts: []catalogue.HealthPart{}, Signals: []catalogue.Signal{}, Groups: []string{}, AsOf: instant.Now(), HealthVersion: "default.1"}
		after := before
		after.Signals = []catalogue.Signal{{Rule: "complaints_up", Severity: severity, Action: "immediate_attention", Evidence: []string{"case:1", "case:2"}}, {Rule: "amount_fall", Severity: "warning", Action: "price", Evidence: []string{"shop:1"}}}
		r.happens("standing/"+c, c, &catalogue.StandingAssessed{Before: &before, After: after, Changed: []string{"signals"}})
	}
	stands("warning")
	list := func() []catalogue.Intervention {
		var page struct{ Items []catalogue.Intervention }
		r.call("director", "GET", "/v1/interventions?customer="+c, nil, &page)
		return page.Items
	}
	until(t, "attention", func() bool { return len(list()) == 1 })
	i := list()[0]
	if i.Scope != catalogue.ScopeAttention || len(i.Team) != 1 || i.Team[0].Person != "r-kf" || i.Reason != "complaints_up" || !slices.Equal(i.Evidence, []string{"case:1", "case:2"}) {
		t.Errorf("%+v", i)
	}
	if o := r.ask("e1", c, "red"); o.ID != i.ID || o.Opened {
		t.Errorf("%+v", o)
	}
	if i = r.case1(i.ID); i.Scope != catalogue.ScopeTeam || len(i.Team) != 5 {
		t.Errorf("%+v", i)
	}
}
