package accounts_test

import (
	"slices"
	"sync"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
)

// needs is an office in which wang answers for a customer who needs lower cost.
func needs(t *testing.T, with ...func(*service.Deps)) (r *running, customer string) {
	t.Helper()
	r = run(t, append([]func(*service.Deps){house}, with...)...)
	customer = r.customer("华兴", "13812341234")
	r.owned(customer, "wang")
	if status, _ := r.call("wang", "PATCH", "/v1/customers/"+customer, `{"need_tags":["cost"]}`, nil); status != 200 {
		t.Fatal(status)
	}
	return r, customer
}

func (r *running) needRequest(customer string, more map[string]any) (n catalogue.NeedChange, tag string) {
	r.t.Helper()
	body := map[string]any{"customer": customer, "reason": "要对接 ERP", "add": []string{"integration"}, "remove": []string{"cost"}}
	for k, v := range more {
		body[k] = v
	}
	status, h := r.call("wang", "POST", "/v1/need-changes", body, &n)
	if status != 201 || h.Get("Location") != "/v1/need-changes/"+n.ID {
		r.t.Fatalf("requested: %d %+v", status, n)
	}
	return n, h.Get("ETag")
}

func (r *running) needTags(customer string) []string {
	r.t.Helper()
	var c catalogue.Customer
	r.call("director", "GET", "/v1/customers/"+customer, nil, &c)
	return c.NeedTags
}

// a change of need is requested, approved by the owner's supervisor,
// taken over by the customer's file with its history, told to every department
// concerned, and confirmed by each; every step is on record with before and after.
func TestNeedChangeStory(t *testing.T) {
	r, customer := needs(t)
	n, tag := r.needRequest(customer, nil)
	if n.Approver != "ma" || n.Status != "requested" || len(n.Departments) != 2 || n.Departments[0].Department != "service" || n.Departments[0].Person != "sui" || n.Departments[1].Person != "qian" {
		t.Fatalf("asked for %+v", n) // nobody is of implementation, which the policy names as well
	}
	path := "/v1/need-changes/" + n.ID
	var p httpx.Problem
	for who, rule := range map[string]string{"wang": "need_change.approve:requester", "zhao": "need_change.approve.none", "sun": "need_change.approve.none"} {
		if status, _ := r.call(who, "POST", path+"/approval", nil, &p); status != 403 || p.Rule != rule {
			t.Errorf("%s approves: %d %s", who, status, p.Rule)
		}
	}
	if status, _ := r.call("sun", "POST", path+"/confirmations/service", nil, &p); status != 409 {
		t.Errorf("confirmed before anybody approved: %d", status)
	}
	if status, _ := r.call("ma", "POST", path+"/approval", nil, &p, "If-Match", `"9"`); status != 412 {
		t.Errorf("stale: %d", status)
	}
	if status, _ := r.call("ma", "POST", path+"/approval", nil, &n, "If-Match", tag, "Idempotency-Key", "a"); status != 200 || n.Status != "approved" || n.Approver != "ma" || n.ApprovedAt == 0 {
		t.Fatalf("approved: %d %+v", status, n)
	}
	var c catalogue.Customer
	r.call("wang", "GET", "/v1/customers/"+customer, nil, &c)
	if !slices.Equal(c.NeedTags, []string{"integration"}) || len(c.NeedHistory) != 2 || c.NeedHistory[0].EndedBy != n.ID || c.NeedHistory[1].Cause != n.ID || c.NeedHistory[1].By != "wang" {
		t.Errorf("the file has %v, %+v", c.NeedTags, c.NeedHistory)
	}
	for who, want := range map[string]int{"zhao": 403, "wang": 403, "qian": 403} {
		if status, _ := r.call(who, "POST", path+"/confirmations/service", nil, &p); status != want || p.Rule != "need_change.confirm:service" {
			t.Errorf("%s confirms for service: %d %s", who, status, p.Rule)
		}
	}
	for range 2 { // sun, though sui was asked; once more changes nothing
		if status, _ := r.call("sun", "POST", path+"/confirmations/service", map[string]string{"note": "已告知驻场"}, &n); status != 200 || n.Status != "approved" || n.Departments[0].ConfirmedBy != "sun" {
			t.Fatalf("confirmed: %d %+v", status, n)
		}
	}
	if status, _ := r.call("qian", "GET", path, nil, &n); status != 200 { // who may not read customers
		t.Errorf("the department may not see it: %d", status)
	}
	if status, _ := r.call("qian", "POST", path+"/confirmations/product", nil, &n); status != 200 || n.Status != "confirmed" || n.EndedAt == 0 {
		t.Errorf("the last one: %d %+v", status, n)
	}
	facts := r.recorded("need_change/"+n.ID, "liuke.accounts.need_change_stepped.v1")
	if len(facts) != 4 {
		t.Fatalf("%d facts", len(facts))
	}
	for i, want := range []string{"requested", "approved", "approved", "confirmed"} {
		f := read[catalogue.NeedChangeStepped](t, facts[i])
		if f.After.Status != want || f.Customer != customer || (f.Before == nil) != (i == 0) {
			t.Errorf("fact %d: %+v", i, f)
		}
	}
	until(t, "the timeline tells of it", func() bool { return len(r.timeline(customer, "?kind=need").Items) == 3 })
}

// who approves is the policy's word; needs may be edited freely where it says so.
func TestWhoApprovesIsPolicy(t *testing.T) {
	r, customer := needs(t, func(d *service.Deps) {
		d.Policy = policytest.Holder(t, func(s *policy.Sections) {
			s.Customers.NeedChange.Approver, s.Customers.NeedChange.Required = "product", false
		})
	})
	n, _ := r.needRequest(customer, map[string]any{"departments": []map[string]string{{"department": "service", "person": "sun"}}})
	if n.Approver != "qian" || len(n.Departments) != 1 || n.Departments[0].Person != "sun" {
		t.Errorf("asked for %+v", n)
	}
	path := "/v1/need-changes/" + n.ID
	if status, _ := r.call("ma", "POST", path+"/approval", nil, nil); status != 403 {
		t.Errorf("the supervisor approves: %d", status)
	}
	var waits struct{ Items []catalogue.NeedChange }
	if r.call("qian", "GET", "/v1/need-changes?approver=qian", nil, &waits); len(waits.Items) != 1 {
		t.Errorf("waits for qian: %+v", waits.Items)
	}
	if status, _ := r.call("qian", "POST", path+"/rejection", map[string]string{"reason": "下季度再议"}, &n); status != 200 || n.Status != "rejected" || n.Remark != "下季度再议" {
		t.Errorf("rejected: %d %+v", status, n)
	}
	if !slices.Equal(r.needTags(customer), []string{"cost"}) {
		t.Error("a rejected change holds")
	}
	if status, _ := r.call("wang", "PATCH", "/v1/customers/"+customer, `{"need_tags":["growth"]}`, nil); status != 200 {
		t.Errorf("edited freely: %d", status)
	}
}

// where the file cannot be written when somebody approves, the fact of the
// approval brings the change into it afterwards, once.
func TestApprovalIsTakenOverAfterAFailure(t *testing.T) {
	engine := &refusing{}
	r, customer := needs(t, func(d *service.Deps) { engine.Engine, d.Store = d.Store, engine })
	n, _ := r.needRequest(customer, nil)
	engine.away.Store("customer")
	if status, _ := r.call("ma", "POST", "/v1/need-changes/"+n.ID+"/approval", nil, nil, "Idempotency-Key", "a"); status != 503 {
		t.Errorf("%d", status)
	}
	if tags := r.needTags(customer); !slices.Equal(tags, []string{"cost"}) {
		t.Errorf("half written: %v", tags)
	}
	engine.away.Store("")
	until(t, "the file takes the change over", func() bool { return slices.Equal(r.needTags(customer), []string{"integration"}) })
	if status, _ := r.call("ma", "POST", "/v1/need-changes/"+n.ID+"/approval", nil, &n, "Idempotency-Key", "a"); status != 200 || n.Status != "approved" {
		t.Errorf("said again: %d %+v", status, n)
	}
	var c catalogue.Customer
	if r.call("wang", "GET", "/v1/customers/"+customer, nil, &c); len(c.NeedHistory) != 2 {
		t.Errorf("history %+v", c.NeedHistory)
	}
}

// Departments confirm at once; each is kept.
func TestDepartmentsConfirmAtOnce(t *testing.T) {
	r, customer := needs(t)
	n, _ := r.needRequest(customer, map[string]any{"departments": []map[string]string{{"department": "service"}, {"department": "product"}, {"department": "sales_director"}, {"department": "management"}, {"department": "sales_manager"}}})
	path := "/v1/need-changes/" + n.ID
	r.call("ma", "POST", path+"/approval", nil, nil)
	var all sync.WaitGroup
	for who, department := range map[string]string{"sun": "service", "qian": "product", "director": "sales_director", "boss": "management", "ma": "sales_manager"} {
		all.Go(func() {
			if status, _ := r.call(who, "POST", path+"/confirmations/"+department, nil, nil); status != 200 {
				t.Errorf("%s: %d", who, status)
			}
		})
	}
	all.Wait()
	if r.call("wang", "GET", path, nil, &n); n.Status != "confirmed" {
		t.Errorf("%+v", n)
	}
}

// what is wrong with a request is named, all of it; the journey's end of a
// request that nobody decided about comes too late once somebody did.
func TestNeedChangeRefusals(t *testing.T) {
	r, customer := needs(t)
	open, _ := r.needRequest(customer, nil)
	decided, _ := r.needRequest(customer, map[string]any{"remove": []string{}})
	r.call("ma", "POST", "/v1/need-changes/"+decided.ID+"/rejection", map[string]string{"reason": "x"}, nil)
	request := func(rest string) string { return `{"customer":"` + customer + `",` + rest + `}` }
	for name, c := range map[string]struct {
		who, method, path string
		body              any
		status            int
		rule, wrong       string
	}{
		"nothing to change": {"wang", "POST", "", request(`"reason":" "`), 422, "", "reason:required add:required"},
		"wrong tags": {"wang", "POST", "", request(`"reason":"x","add":["cost","x","growth","growth"],"remove":["growth"]`), 422, "",
			"add[0]:held add[1]:one_of add[3]:duplicate remove[0]:not_held"},
		"wrong departments": {"wang", "POST", "", request(`"reason":"x","add":["growth"],"departments":[{"department":"canteen"},{"department":"technical"},{"department":"service","person":"qian"},{"department":"product"},{"department":"product"}]`), 422, "",
			"departments[0].department:one_of departments[1].department:nobody departments[2].person:of_department departments[4].department:duplicate"},
		"another's customer":  {"zhao", "POST", "", request(`"reason":"x","add":["growth"]`), 403, "need_change.request.own", ""},
		"not my role":         {"tech", "POST", "", request(`"reason":"x","add":["growth"]`), 403, "need_change.request.none", ""},
		"no such customer":    {"boss", "POST", "", `{"customer":"none","reason":"x","add":["growth"]}`, 404, "", ""},
		"no reason to reject": {"ma", "POST", "/" + open.ID + "/rejection", `{"reason":""}`, 422, "", "reason:required"},
		"decided already":     {"ma", "POST", "/" + decided.ID + "/approval", nil, 409, "need_change.step", ""},
		"no such department":  {"boss", "POST", "/" + open.ID + "/confirmations/marketing", nil, 404, "", ""},
		"no such change":      {"ma", "POST", "/none/approval", nil, 404, "", ""},
		"unseen":              {"zhao", "GET", "/" + open.ID, nil, 403, "customer.read.mates", ""},
		"unknown filter":      {"ma", "GET", "?status=lost", nil, 422, "", "query.status:one_of"},
		"two filters":         {"ma", "GET", "?status=requested&approver=ma", nil, 422, "", "query:combination"},
		"journey too late":    {"journeys", "POST", "/" + decided.ID + "/cancellation", `{"reason":"expired"}`, 200, "", ""},
		"cancelled by others": {"zhao", "POST", "/" + open.ID + "/cancellation", `{"reason":"x"}`, 403, "need_change.cancel.none", ""},
	} {
		var p httpx.Problem
		var into any
		if c.status != 200 {
			into = &p
		}
		status, _ := r.call(c.who, c.method, "/v1/need-changes"+c.path, c.body, into)
		if status != c.status || p.Rule != c.rule || wrongs(p) != c.wrong {
			t.Errorf("%s: %d %q %q, want %d %q %q", name, status, p.Rule, wrongs(p), c.status, c.rule, c.wrong)
		}
	}
	var n catalogue.NeedChange
	if r.call("wang", "GET", "/v1/need-changes/"+decided.ID, nil, &n); n.Status != "rejected" {
		t.Errorf("ended anew: %+v", n)
	}
	if status, _ := r.call("journeys", "POST", "/v1/need-changes/"+open.ID+"/cancellation", `{"reason":"expired"}`, &n, "Idempotency-Key", "need_change:x:expire:1:0"); status != 200 || n.Status != "cancelled" || n.Remark != "expired" {
		t.Errorf("expired: %d %+v", status, n)
	}
	var list struct{ Items []catalogue.NeedChange }
	for query, want := range map[string]int{"": 2, "?customer=" + customer: 2, "?status=cancelled": 1, "?approver=ma": 0} {
		if r.call("ma", "GET", "/v1/need-changes"+query, nil, &list); len(list.Items) != want {
			t.Errorf("%q lists %d, want %d", query, len(list.Items), want)
		}
	}
	if r.call("zhao", "GET", "/v1/need-changes", nil, &list); len(list.Items) != 0 {
		t.Errorf("zhao sees %+v", list.Items)
	}
}
