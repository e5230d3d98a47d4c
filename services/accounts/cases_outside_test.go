package accounts_test

import (
	"net/url"
	"strings"
	"testing"

	"liuke.dev/shared/httpx"
)

// every status of the interface, and what is wrong is said by field.
func TestCaseStatuses(t *testing.T) {
	var d desk
	o := start(t, d.with)
	var c caseView
	o.call("li", "POST", complaints, phoned("13812345678", "慢"), &c)
	path := "/v1/cases/" + c.ID
	due := c.Response.Due.String()
	for _, x := range []struct {
		name, who, method, path string
		body                    any
		status                  int
		rule                    string // or the first field
	}{
		{"nobody", "", "POST", complaints, phoned("13812345678", "x"), 401, ""},
		{"no caller", "li", "POST", complaints, map[string]any{"text": "x"}, 422, "customer"},
		{"wrong number and no text", "li", "POST", complaints, phoned("12", " "), 422, "text"},
		{"wrong number", "li", "POST", complaints, phoned("12", "x"), 422, "caller.phone"},
		{"no such customer", "li", "POST", complaints, map[string]any{"text": "x", "customer": "none"}, 404, ""},
		{"no such kind", "li", "POST", "/v1/cases", map[string]any{"text": "x", "kind": "x", "customer": c.Customer}, 422, "kind"},
		{"no such owner", "li", "POST", complaints, map[string]any{"text": "x", "customer": c.Customer, "owner": "x"}, 422, "owner"},
		{"no such case", "li", "GET", "/v1/cases/none", nil, 404, ""},
		{"another's", "tech", "GET", path, nil, 403, "case.read.own"},
		{"an effect by a person", "li", "PUT", "/v1/cases/x", map[string]any{"customer": c.Customer, "kind": "support", "title": "t", "text": "x"}, 403, "case.effect.none"},
		{"waiting with a note", "li", "POST", path + "/entries", map[string]any{"side": "internal", "text": "x", "waits": true}, 422, "waits"},
		{"unsolved", "li", "POST", path + "/closing", map[string]any{"reason": "solved"}, 409, "cases.unsolved"},
		{"not waiting", "li", "POST", path + "/closing", map[string]any{"reason": "no_answer"}, 409, "cases.waiting"},
		{"not ended", "li", "POST", path + "/reopening", nil, 409, "cases.open"},
		{"to nobody", "li", "POST", path + "/assignment", map[string]any{"owner": ""}, 422, "owner"},
		{"to a stranger", "li", "POST", path + "/assignment", map[string]any{"owner": "x"}, 422, "owner"},
		{"given on", "li", "POST", path + "/assignment", map[string]any{"owner": "ma"}, 200, ""},
		{"sorted", "li", "PATCH", path, map[string]any{"priority": "urgent"}, 200, ""},
		{"an outcome by who may not", "wang", "PUT", path + "/outcome", map[string]any{"outcome": "done", "reason": "r"}, 403, "case.decide.none"},
		{"figures of no time", "li", "GET", "/v1/cases/figures?from=x&to=y", nil, 422, "query.from"},
		{"figures backwards", "li", "GET", "/v1/cases/figures?from=2026-02-01T00:00:00Z&to=2026-02-01T00:00:00Z", nil, 422, "query.to"},
		{"a breach of another due", "journeys", "PUT", path + "/breaches/response", map[string]any{"clock": "response", "round": 1, "due": "2026-01-01T00:00:00Z"}, 409, "cases.moved_on"},
		{"a breach", "journeys", "PUT", path + "/breaches/response", map[string]any{"clock": "response", "round": 1, "due": due}, 200, ""},
		{"a nudge while nobody waits", "journeys", "PUT", path + "/nudges/e1", map[string]any{"as_of": due}, 409, "cases.moved_on"},
		{"a close that comes too late", "journeys", "POST", path + "/closing", map[string]any{"reason": "no_answer", "as_of": due}, 409, "cases.moved_on"},
		{"two filters", "li", "GET", "/v1/cases?owner=li&kind=support", nil, 422, "query"},
		{"of a customer", "li", "GET", "/v1/cases?customer=" + c.Customer, nil, 200, ""},
		{"a link by who may not", "tech", "POST", "/v1/cases/complaint-links", map[string]any{}, 403, "case.invite.none"},
		{"a link for nobody", "li", "POST", "/v1/cases/complaint-links", map[string]any{"customer": "none"}, 404, ""},
	} {
		var p httpx.Problem
		var into any
		if x.status >= 300 {
			into = &p
		}
		status, _ := o.call(x.who, x.method, x.path, x.body, into)
		got := p.Rule
		if len(p.Errors) > 0 {
			got = p.Errors[0].Field
		}
		if status != x.status || x.rule != "" && got != x.rule {
			t.Errorf("%s: %d %s %+v, want %d %s", x.name, status, got, p.Errors, x.status, x.rule)
		}
	}
	if _, c := o.kase("li", "GET", path, nil); c.Response.BreachedAt.IsZero() || c.Owner != "ma" || c.Priority != "urgent" {
		t.Errorf("%+v", c)
	}
	body := map[string]any{"customer": c.Customer, "kind": "support", "title": "低分", "text": "x"}
	for _, want := range []int{200, 200} { // under one effect's id one case
		if status, _ := o.call("journeys", "PUT", "/v1/cases/maintenance:c:low:1:0", body, nil); status != want {
			t.Errorf("effect: %d", status)
		}
	}
	var page struct{ Items []caseView }
	if o.call("li", "GET", "/v1/cases?kind=support", nil, &page); len(page.Items) != 1 {
		t.Errorf("%d cases of one effect", len(page.Items))
	}
}

// customers complain by a link in one step; strangers are matched by key; the same click twice is one case.
func TestCustomersComplainByLink(t *testing.T) {
	var d desk
	o := start(t, d.with)
	known := o.customer("上海华兴贸易有限公司", "13812345678")
	link := func(customer string) string {
		var made struct{ Address string }
		if status, _ := o.call("li", "POST", "/v1/cases/complaint-links", map[string]any{"customer": customer}, &made); status != 201 {
			t.Fatal(status)
		}
		return address(t, o, made.Address)
	}
	public, own := link(""), link(known)
	if status, text := o.page("GET", public, nil); status != 200 || !strings.Contains(text, "建议") || !strings.Contains(text, "电话") {
		t.Errorf("form: %d", status)
	}
	if status, text := o.page("GET", own, nil); status != 200 || strings.Contains(text, `name="phone"`) {
		t.Errorf("a known customer is asked who they are: %d", status)
	}
	for name, form := range map[string]url.Values{"nothing": {}, "nobody": {"text": {"慢"}}, "wrong number": {"text": {"慢"}, "phone": {"1"}}, "no such kind": {"text": {"慢"}, "phone": {"13812345678"}, "kind": {"support"}}} {
		if status, text := o.page("POST", public, form); status != 422 || !strings.Contains(text, `class="error"`) {
			t.Errorf("%s: %d", name, status)
		}
	}
	for range 2 {
		if status, text := o.page("POST", public, url.Values{"text": {"三天没人来"}, "phone": {"138 1234 5678"}, "name": {"张伟"}}); status != 201 || !strings.Contains(text, "/v1/links/case/") {
			t.Errorf("complaint: %d", status)
		}
	}
	var receipt struct{ Case, Address string }
	if status, _ := o.call("", "POST", strings.TrimSuffix(own, "/page"), map[string]any{"kind": "suggestion", "text": "加个导出"}, &receipt); status != 201 || receipt.Address == "" {
		t.Errorf("suggestion: %d", status)
	}
	var page struct{ Items []caseView }
	if o.call("li", "GET", "/v1/cases?customer="+known, nil, &page); len(page.Items) != 2 || page.Items[0].Kind != "suggestion" || page.Items[0].Owner != "pm" || page.Items[1].OpenedBy != "link:complaint" {
		t.Errorf("%+v", page.Items)
	}
	if status, _ := o.page("POST", strings.Replace(public, "/complaint/", "/case/", 1), url.Values{"text": {"x"}}); status != 403 {
		t.Errorf("a link for something else: %d", status)
	}
	if status, _ := o.call("", "POST", strings.TrimSuffix(own, "/page")+"x", map[string]any{"text": "x"}, nil); status != 403 {
		t.Errorf("tampered: %d", status)
	}
}
