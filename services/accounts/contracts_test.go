package accounts_test

import (
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
)

// a standard contract that is small needs nobody's approval; amount,
// discount and terms of its own make it go through the steps that the policy names.
func TestApprovalsByPolicy(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	for name, c := range map[string]struct {
		of    items
		extra string
		steps string
	}{
		"small and standard":     {items{{"product": "licence", "quantity": 2}}, "", ""},
		"just below the manager": {items{{"product": "x", "name": "定制", "quantity": 1, "price": 4_999_999}}, "", ""},
		"exactly the manager's":  {items{{"product": "x", "name": "定制", "quantity": 1, "price": 5_000_000}}, "", "manager"},
		"the director's":         {items{{"product": "x", "name": "定制", "quantity": 1, "price": 20_000_000}}, "", "manager,director"},
		"a discount of 10 %":     {items{{"product": "licence", "quantity": 1, "price": 108_000}}, "", "manager"},
		"a discount of 9.9 %":    {items{{"product": "licence", "quantity": 1, "price": 108_120}}, "", ""},
		"terms of its own":       {items{{"product": "licence", "quantity": 2}}, "可随时退货", "manager,management"},
	} {
		c0 := o.draft(id, c.of, "extra", c.extra)
		got := o.do("wang", c0.ID, "submission", nil)
		var steps []string
		for _, s := range got.Steps {
			steps = append(steps, s.ID)
			if s.Approver == "" || s.Why.Zh == "" {
				t.Errorf("%s: step %+v", name, s)
			}
		}
		want := catalogue.ContractApproved
		if c.steps != "" {
			want = catalogue.ContractApproving
		}
		if strings.Join(steps, ",") != c.steps || got.Status != want || got.Hash == "" {
			t.Errorf("%s: steps %v, %s", name, steps, got.Status)
		}
	}
}

// steps are decided in order by who has the role, each with a reason; a
// rejection makes it a draft again; nobody approves their own.
func TestApprovalSteps(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 10}}, "extra", "验收后付款")
	path := "/v1/contracts/" + c.ID + "/decisions"
	o.do("wang", c.ID, "submission", nil)
	for name, s := range map[string]struct {
		who    string
		body   any
		status int
	}{
		"not my role":             {"wang", map[string]string{"decision": "approve"}, 403},
		"another step's role":     {"board", map[string]string{"decision": "approve"}, 403},
		"a rejection says why":    {"lead", map[string]string{"decision": "reject"}, 422},
		"a decision that is none": {"lead", map[string]string{"decision": "perhaps"}, 422},
	} {
		if status, _ := o.call(s.who, "POST", path, s.body, nil); status != s.status {
			t.Errorf("%s: %d, want %d", name, status, s.status)
		}
	}
	got := o.do("lead", c.ID, "decisions", map[string]string{"decision": "reject", "reason": "付款条件不行"})
	if got.Status != catalogue.ContractDraft || got.Steps[0].Reason != "付款条件不行" || got.Hash != "" {
		t.Fatalf("rejected: %+v", got.Contract)
	}
	o.do("wang", c.ID, "submission", nil)
	o.do("lead", c.ID, "decisions", map[string]string{"decision": "approve", "reason": "可以"})
	if got = o.do("board", c.ID, "decisions", map[string]string{"decision": "approve"}); got.Status != catalogue.ContractApproved || got.ApprovedAt.IsZero() {
		t.Errorf("approved: %+v", got.Contract)
	}
	if status, _ := o.call("board", "POST", path, map[string]string{"decision": "approve"}, nil); status != 409 {
		t.Errorf("decided twice: %d", status)
	}
}

// Bad input names every field and writes nothing.
func TestContractStatuses(t *testing.T) {
	o := trading(t)
	id := o.customer("上海华兴贸易有限公司")
	c := o.draft(id, items{{"product": "licence", "quantity": 2}})
	huge := map[string]any{"customer": id, "items": items{{"product": "x", "name": "y", "quantity": 1_000_000_000, "price": 9_000_000_000_000}}}
	for name, s := range map[string]struct {
		who, method, path string
		body              any
		status            int
	}{
		"nobody":                    {"", "POST", "", map[string]any{"customer": id, "items": items{{"product": "licence", "quantity": 1}}}, 401},
		"another's customer":        {"zhao", "POST", "", map[string]any{"customer": id, "items": items{{"product": "licence", "quantity": 1}}}, 403},
		"no such customer":          {"wang", "POST", "", map[string]any{"customer": "none", "items": items{{"product": "licence", "quantity": 1}}}, 404},
		"unknown product, no price": {"wang", "POST", "", map[string]any{"customer": id, "items": items{{"product": "moon", "quantity": 1}}}, 422},
		"no items":                  {"wang", "POST", "", map[string]any{"customer": id, "items": items{}}, 422},
		"an amount beyond bounds":   {"wang", "POST", "", huge, 422},
		"a negative price":          {"wang", "POST", "", `{"customer":"` + id + `","items":[{"product":"licence","quantity":1,"price":-1}]}`, 422},
		"no such template":          {"wang", "POST", "", map[string]any{"customer": id, "template": "none", "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"ends before it begins":     {"wang", "POST", "", map[string]any{"customer": id, "from": "2030-01-02T00:00:00Z", "until": "2030-01-01T00:00:00Z", "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"ended already":             {"wang", "POST", "", map[string]any{"customer": id, "from": "2020-01-01T00:00:00Z", "until": "2020-01-02T00:00:00Z", "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"a schedule of another sum": {"wang", "POST", "", map[string]any{"customer": id, "schedule": []map[string]any{{"name": "a", "minor": 1}}, "items": items{{"product": "licence", "quantity": 1}}}, 422},
		"read by another":           {"zhao", "GET", "/" + c.ID, nil, 403},
		"read none":                 {"wang", "GET", "/none", nil, 404},
		"document of a draft":       {"wang", "GET", "/" + c.ID + "/document", nil, 409},
		"document for nobody":       {"", "GET", "/" + c.ID + "/document", nil, 401},
		"send a draft":              {"wang", "POST", "/" + c.ID + "/sending", nil, 409},
		"pay a draft":               {"wang", "POST", "/" + c.ID + "/payments", map[string]any{"source": "a", "source_id": "b", "amount": map[string]any{"minor": 1, "currency": "CNY"}, "paid_at": "2020-01-01T00:00:00Z"}, 409},
		"intent of a draft":         {"wang", "POST", "/" + c.ID + "/renewal-intent", map[string]string{"intent": "renew"}, 409},
		"an intent that is none":    {"wang", "POST", "/" + c.ID + "/renewal-intent", map[string]string{"intent": "maybe"}, 422},
		"an effect by a person":     {"wang", "POST", "/" + c.ID + "/advances", map[string]string{"to": "active"}, 403},
		"urge by a person":          {"wang", "POST", "/" + c.ID + "/signing-reminders", map[string]any{"round": 1, "due": "2026-01-01T00:00:00Z"}, 403},
		"a mark that is none":       {"journeys", "PUT", "/" + c.ID + "/marks/x", map[string]any{}, 404},
		"two filters":               {"wang", "GET", "?overdue=true&customer=" + id, nil, 422},
		"a list of another's":       {"zhao", "GET", "?customer=" + id, nil, 403},
		"a list":                    {"zhao", "GET", "", nil, 200},
		"stale":                     {"wang", "PUT", "/" + c.ID, map[string]any{"items": items{{"product": "licence", "quantity": 3}}}, 412},
	} {
		var header []string
		if name == "stale" {
			header = []string{"If-Match", `"7"`}
		}
		if status, _ := o.call(s.who, s.method, "/v1/contracts"+s.path, s.body, nil, header...); status != s.status {
			t.Errorf("%s: %d, want %d", name, status, s.status)
		}
	}
	var list struct{ Items []contractSeen }
	o.call("wang", "GET", "/v1/contracts?customer="+id, nil, &list)
	if len(list.Items) != 1 {
		t.Errorf("%d contracts, want the one", len(list.Items))
	}
}
