package accounts_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

// C-10: the standing group owns the list: its members by policy, its
// meetings logged, its decisions carried out; what cannot be is named before.
func TestTheWarningGroupSteers(t *testing.T) {
	r := rescue(t)
	c, d := r.wangs("上海华兴贸易有限公司", "13610000001"), r.wangs("北京远航科技有限公司", "13610000002")
	id := r.ask("e1", c, "red").ID
	var g catalogue.WarningGroup
	until(t, "the group is formed", func() bool {
		r.call("r-boss", "GET", "/v1/interventions/group", nil, &g)
		return slices.Equal(g.Members, []string{"r-boss", "r-succ"})
	})
	due := r.case1(id).Due + 1000
	meet := func(who string, want int, into any, decisions ...catalogue.GroupDecision) {
		t.Helper()
		if status, _ := r.call(who, "POST", "/v1/interventions/group/meetings", map[string]any{"present": []string{"r-boss"}, "analysis": "价格", "decisions": decisions}, into); status != want {
			t.Errorf("meeting by %s: %d, want %d", who, status, want)
		}
	}
	good := []catalogue.GroupDecision{{Action: "open", Customer: d, Says: "重点"}, {Action: "hand_over", Intervention: id, Role: "sales", Person: "zhao", Says: "换人"}, {Action: "extend", Intervention: id, Due: due, Says: "再给时间"}, {Action: "keep", Says: "继续"}}
	meet("r-op", 403, nil, good...)
	var p httpx.Problem
	meet("r-boss", 422, &p, catalogue.GroupDecision{Action: "hand_over", Intervention: id, Role: "sales", Person: "r-ill", Says: "x"}, catalogue.GroupDecision{Action: "open", Customer: "nobody", Says: "x"},
		catalogue.GroupDecision{Action: "extend", Intervention: id, Due: 5, Says: "x"})
	if len(p.Errors) != 3 || p.Errors[0].Field != "decisions[0].person" || p.Errors[1].Field != "decisions[1].customer" || p.Errors[2].Field != "decisions[2].due" {
		t.Errorf("%+v", p.Errors)
	}
	var m catalogue.GroupMeeting
	meet("r-boss", 201, &m, good...)
	if i := r.case1(id); i.Team[0].Person != "zhao" || i.Due != due || m.N != 1 || m.Open != 1 {
		t.Errorf("%+v, %+v", i, m)
	}
	if i := r.case1(d + "-1"); i.Reason != "warning_group" || i.OpenedBy != "r-boss" {
		t.Errorf("%+v", i)
	}
	var page struct{ Items []catalogue.GroupMeeting }
	if status, _ := r.call("r-pm", "GET", "/v1/interventions/group/meetings", nil, &page); status != 200 || len(page.Items) != 1 || len(page.Items[0].Decisions) != 4 {
		t.Errorf("%d %+v", status, page)
	}
}

// who may do what, over HTTP, and what is not there.
func TestInterventionsOverHTTP(t *testing.T) {
	r := rescue(t)
	c := r.wangs("上海华兴贸易有限公司", "13610000001")
	id := r.ask("e1", c, "red").ID
	text := map[string]string{"zh": "您好", "en": "Hello"}
	outcome, contact := map[string]string{"says": "x"}, map[string]any{"role": "operations", "channel": "mail", "subject": text, "text": text, "at": instant.Now().Add(time.Hour).String()}
	past := map[string]any{"role": "nobody", "channel": "mail", "subject": text, "text": map[string]string{"zh": "", "en": ""}, "at": "2020-01-01T00:00:00Z"}
	for _, x := range []struct {
		who, method, path string
		body              any
		want              int
	}{
		{"wang", "PUT", "/v1/interventions/e2", effects.OpenIntervention{Customer: c, Reason: "x"}, 403},
		{"", "PUT", "/v1/interventions/e2", effects.OpenIntervention{Customer: c, Reason: "x"}, 401},
		{"journeys", "PUT", "/v1/interventions/e2", effects.OpenIntervention{Customer: "none", Reason: "x"}, 404},
		{"journeys", "PUT", "/v1/interventions/e2", effects.OpenIntervention{Customer: c}, 422},
		{"zhao", "POST", "/v1/interventions", effects.OpenIntervention{Customer: c, Reason: "x"}, 403},
		{"wang", "POST", "/v1/interventions", effects.OpenIntervention{Customer: c, Reason: "x"}, 200},
		{"wang", "GET", "/v1/interventions/" + id, nil, 200},
		{"zhao", "GET", "/v1/interventions/" + id, nil, 403},
		{"r-pm", "GET", "/v1/interventions/" + id, nil, 200},
		{"r-pm", "GET", "/v1/interventions/none", nil, 404},
		{"zhao", "GET", "/v1/interventions?customer=" + c, nil, 403},
		{"zhao", "GET", "/v1/interventions", nil, 200},
		{"r-kf", "PUT", "/v1/interventions/" + id + "/roles/sales/outcome", outcome, 403},
		{"r-kf", "PUT", "/v1/interventions/" + id + "/roles/service/outcome", outcome, 200},
		{"r-boss", "PUT", "/v1/interventions/" + id + "/roles/product/outcome", outcome, 200},
		{"r-boss", "PUT", "/v1/interventions/" + id + "/roles/none/outcome", outcome, 404},
		{"wang", "PUT", "/v1/interventions/" + id + "/roles/service/person", map[string]string{"person": "r-pm"}, 403},
		{"r-boss", "PUT", "/v1/interventions/" + id + "/roles/service/person", map[string]string{"person": "r-ill"}, 422},
		{"r-boss", "PUT", "/v1/interventions/" + id + "/roles/service/person", map[string]string{"person": "r-succ"}, 200},
		{"r-kf", "POST", "/v1/interventions/" + id + "/contacts", contact, 403},
		{"r-op", "POST", "/v1/interventions/" + id + "/contacts", past, 403},
		{"r-boss", "POST", "/v1/interventions/" + id + "/contacts", past, 422},
		{"r-op", "POST", "/v1/interventions/" + id + "/contacts", contact, 201},
		{"r-op", "DELETE", "/v1/interventions/" + id + "/contacts/7", nil, 404},
		{"r-op", "DELETE", "/v1/interventions/" + id + "/contacts/0", nil, 200},
		{"wang", "POST", "/v1/interventions/" + id + "/closing", map[string]string{"result": "ongoing"}, 403},
		{"r-boss", "POST", "/v1/interventions/" + id + "/closing", map[string]string{"result": "lost"}, 422},
		{"tech", "GET", "/v1/customers/" + c + "/wake-up-plans", nil, 403},
		{"r-op", "GET", "/v1/customers/none/wake-up-plans", nil, 404},
		{"r-op", "PUT", "/v1/customers/" + c + "/wake-up-plans/none/steps", map[string]any{"steps": []catalogue.WakeUpStep{{Kind: "coupon", Channel: "mail", At: instant.Now(), Uses: []string{"x"}}}}, 404},
	} {
		if status, _ := r.call(x.who, x.method, x.path, x.body, nil); status != x.want {
			t.Errorf("%s %s %s: %d, want %d", x.who, x.method, x.path, status, x.want)
		}
	}
	// A contact that was cancelled before its time is refused when it is asked for all the same.
	ask := effects.ReachCustomer{Customer: c, Channel: "mail", Purpose: "intervention", Department: "operations", For: &catalogue.Subject{Kind: "intervention", ID: id}}
	ask.Subject.Zh, ask.Text.Zh = "您好", "您好"
	var p httpx.Problem
	if status, _ := r.call("journeys", http.MethodPut, "/v1/outreach/intervention:"+id+":contact.0:1:0", ask, &p); status != 409 || p.Rule != "outreach.withdrawn" {
		t.Errorf("%d %+v", status, p)
	}
}
