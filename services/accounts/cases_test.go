package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/service"
)

type caseView struct {
	catalogue.Case
	Talk     []catalogue.CaseEntry
	ActsNext struct {
		Who  string
		What lang.Text
	} `json:"acts_next"`
	Progress string `json:"progress_address"`
	Version  int64
}

// kase sends a request about a case and gives it as it is then.
func (o *office) kase(who, method, path string, body any, header ...string) (int, caseView) {
	o.t.Helper()
	var c caseView
	status, _ := o.call(who, method, path, body, &c, header...)
	return status, c
}

// address gives the path of an address that was made for people.
func address(t testing.TB, o *office, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil || u.Path == "" {
		t.Fatalf("address %q: %v", text, err)
	}
	return u.Path
}

// page answers status and text of a page, as a browser gets it.
func (o *office) page(method, path string, form url.Values) (int, string) {
	o.t.Helper()
	var body strings.Reader
	if form != nil {
		body = *strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, &body)
	if err != nil {
		o.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var text strings.Builder
	buffer := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buffer)
		text.Write(buffer[:n])
		if err != nil {
			break
		}
	}
	return resp.StatusCode, text.String()
}

func init() {
	people["li"] = auth.Principal{ID: "li", Roles: []auth.Role{auth.Service}}
	people["pm"] = auth.Principal{ID: "pm", Roles: []auth.Role{auth.Product}}
	people["ops"] = auth.Principal{ID: "ops", Roles: []auth.Role{auth.Operations}}
}

// desk is a company whose people have the roles that answer customers. Its clock
// can be put forward.
type desk struct {
	ahead atomic.Int64 // milliseconds
	who   *directory.Directory
}

func (d *desk) with(deps *service.Deps) {
	person := func(id, team string, roles ...auth.Role) catalogue.Person {
		p := catalogue.Person{ID: id, Name: "名" + id, Active: true, Team: team}
		for _, r := range roles {
			p.Roles = append(p.Roles, string(r))
		}
		return p
	}
	wang := person("wang", "east", auth.Salesperson)
	wang.Supervisor = "chen"
	d.who = directory.Of(wang, person("zhao", "west", auth.Salesperson), person("chen", "east", auth.SalesManager), person("he", "west", auth.SalesManager), person("li", "", auth.Service),
		person("liu", "", auth.Service), person("ma", "", auth.AccountManager), person("xu", "", auth.Implementation), person("pm", "", auth.Product), person("ops", "", auth.Operations))
	deps.Directory = d.who
	deps.Clock = func() instant.Time { return instant.Now() + instant.Time(d.ahead.Load()) }
}

func (d *desk) forward(by time.Duration) { d.ahead.Add(by.Milliseconds()) }

const complaints = "/v1/cases/complaints"

func phoned(phone, text string) map[string]any {
	return map[string]any{"text": text, "caller": map[string]any{"name": "张伟", "phone": phone}}
}

// a complaint in one step by staff: it has an owner, a status
// and clocks at once, and the customer sees its progress, and nothing internal, by a link.
func TestAComplaintInOneStep(t *testing.T) {
	o := start(t)
	var c caseView
	status, h := o.call("wang", "POST", "/v1/cases/complaints", map[string]any{"text": "货到了三天没人安装", "company": "上海华兴贸易有限公司", "caller": map[string]any{"name": "张伟", "phone": "13812345678"}}, &c)
	if status != 201 || h.Get("Location") != "/v1/cases/"+c.ID || c.Owner == "" || c.Status != "new" || c.Kind != "complaint" || c.Priority != "high" || c.Customer == "" ||
		c.Response.Due.IsZero() || len(c.Talk) != 1 || c.ActsNext.Who != c.Owner {
		t.Fatalf("%d %+v", status, c)
	}
	var again caseView
	if o.call("wang", "POST", "/v1/cases/complaints", map[string]any{"text": "还是没人来", "caller": map[string]any{"phone": "138 1234 5678"}}, &again); again.Customer != c.Customer || again.ID == c.ID {
		t.Errorf("the same caller is customer %s, want %s", again.Customer, c.Customer)
	}
	if status, _ := o.call("wang", "POST", "/v1/cases/"+c.ID+"/entries", map[string]any{"side": "internal", "text": "安装队没排班"}, &c); status != 200 || c.Status != "new" {
		t.Errorf("note: %d %+v", status, c.Case)
	}
	page := address(t, o, c.Progress)
	data := strings.TrimSuffix(page, "/page")
	if status, text := o.page("GET", page+"?lang=en", nil); status != 200 || !strings.Contains(text, "三天没人安装") || !strings.Contains(text, "waiting for our answer") || strings.Contains(text, "排班") {
		t.Errorf("page: %d %s", status, text)
	}
	var seen struct {
		Status  string
		Entries []struct{ Text string }
	}
	if status, _ := o.call("", "GET", data, nil, &seen); status != 200 || len(seen.Entries) != 1 {
		t.Errorf("data: %d %+v", status, seen)
	}
}

// each node is answered by its role: who leads
// the customer's owner where they have it, else whoever has the fewest open cases.
func TestCasesAreRouted(t *testing.T) {
	var d desk
	r := run(t, d.with)
	mine := r.customer("上海华兴贸易有限公司", "13812345678")
	r.happens("ownership/"+mine, mine, &catalogue.OwnerChanged{After: catalogue.Ownership{Customer: mine, Owner: "wang"}, Reason: "intake"})
	until(t, "wang is the owner", func() bool {
		var c seen
		r.call("wang", "GET", "/v1/customers/"+mine, nil, &c)
		return c.Owner == "wang"
	})
	for kind, owner := range map[string]string{"inquiry": "chen", "alignment": "xu", "support": "ma", "suggestion": "pm"} {
		var c caseView
		if status, _ := r.call("wang", "POST", "/v1/cases", map[string]any{"kind": kind, "customer": mine, "text": "请问"}, &c); status != 201 || c.Owner != owner || c.Tier != "" || c.Customer != mine {
			t.Errorf("%s: %d owner %s, want %s", kind, status, c.Owner, owner)
		}
	}
	owners := map[string]int{}
	for range 4 {
		var c caseView
		r.call("wang", "POST", complaints, map[string]any{"customer": mine, "text": "慢"}, &c)
		owners[c.Owner]++
	}
	if owners["li"] != 2 || owners["liu"] != 2 {
		t.Errorf("complaints went to %v", owners)
	}
	// Somebody who leaves leaves no case without an owner.
	gone := catalogue.Person{ID: "liu", Name: "刘", Language: "zh-CN", Roles: []string{"service"}, Successor: "li"}
	d.who.Put(gone, int64(r.told+1))
	r.happens("person/liu", "", &catalogue.PersonDeactivated{After: gone})
	until(t, "the cases of who left are somebody's", func() bool {
		var page struct{ Items []caseView }
		r.call("li", "GET", "/v1/cases?owner=liu", nil, &page)
		var all struct{ Items []caseView }
		r.call("li", "GET", "/v1/cases?owner=li", nil, &all)
		return len(page.Items) == 0 && len(all.Items) == 4
	})
}

// the customer's answer on the page ends the waiting; what they object to is opened again.
func TestTheLifeOfACase(t *testing.T) {
	var d desk
	o := start(t, d.with)
	_, c := o.kase("li", "POST", "/v1/cases", map[string]any{"kind": "support", "text": "打不开", "channel": "phone", "answer": "我们马上看", "owner": "li", "caller": map[string]any{"name": "张伟", "email": "a@huaxing.cn"}})
	path := "/v1/cases/" + c.ID
	if c.Status != "working" || c.Response.DoneAt.IsZero() || !c.Response.BreachedAt.IsZero() || len(c.Talk) != 2 || c.Owner != "li" {
		t.Fatalf("answered at once: %+v", c)
	}
	status, c := o.kase("li", "POST", path+"/entries", map[string]any{"side": "outbound", "text": "请提供订单号", "waits": true})
	if status != 200 || c.Status != "waiting" || !c.Solution.Due.IsZero() || c.ActsNext.Who != "" {
		t.Fatalf("waiting: %d %+v", status, c)
	}
	page := address(t, o, c.Progress)
	if status, text := o.page("POST", page, url.Values{"text": {" "}}); status != 422 || !strings.Contains(text, "必填") {
		t.Errorf("nothing said: %d", status)
	}
	for range 2 { // clicked twice
		if status, text := o.page("POST", page, url.Values{"text": {"A-17"}}); status != 200 || !strings.Contains(text, "A-17") {
			t.Errorf("answer: %d %s", status, text)
		}
	}
	if _, c = o.kase("li", "GET", path, nil); c.Status != "working" || c.Solution.Due.IsZero() || c.Entries != 4 || len(c.Pauses) != 1 || c.Pauses[0].To.IsZero() {
		t.Errorf("after the answer: %+v", c)
	}
	if status, _ := o.call("li", "POST", path+"/resolution", map[string]any{"resolution": "已重启"}, nil, "If-Match", `"1"`); status != 412 {
		t.Errorf("stale: %d", status)
	}
	if status, c := o.kase("li", "POST", path+"/resolution", map[string]any{"resolution": "已重启"}); status != 200 || c.Status != "resolved" {
		t.Errorf("solved: %d %+v", status, c)
	}
	type progress struct {
		Status   string
		MayReply bool `json:"may_reply"`
	}
	var seen progress
	replies := strings.TrimSuffix(page, "/page") + "/replies"
	if status, _ := o.call("", "POST", replies, map[string]any{"text": "还是打不开"}, &seen); status != 200 || seen.Status != "new" {
		t.Errorf("objection: %d %+v", status, seen)
	}
	if _, c = o.kase("li", "GET", path, nil); c.Round != 2 || !c.Response.DoneAt.IsZero() {
		t.Errorf("opened again: %+v", c)
	}
	o.call("li", "POST", path+"/closing", map[string]any{"reason": "withdrawn"}, nil)
	d.forward(31 * 24 * time.Hour)
	if status, _ := o.call("", "POST", replies, map[string]any{"text": "又来了"}, nil); status != 409 {
		t.Errorf("too late: %d", status)
	}
	seen = progress{}
	if o.call("", "GET", strings.TrimSuffix(page, "/page"), nil, &seen); seen.MayReply {
		t.Error("the page offers what is refused")
	}
	var f []struct {
		Kind            string
		Cases, Answered int
	}
	if status, _ := o.call("li", "GET", "/v1/cases/figures", nil, &f); status != 200 || len(f) != 1 || f[0].Kind != "support" || f[0].Cases != 1 || f[0].Answered != 1 {
		t.Errorf("figures: %d %+v", status, f)
	}
	d.forward(400 * 24 * time.Hour)
	var p httpx.Problem
	if status, _ := o.call("", "GET", strings.TrimSuffix(page, "/page"), nil, &p); status != 403 {
		t.Errorf("a link of last year: %d", status)
	}
}

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

// the customer is told what becomes of a suggestion, and sees it by the link.
func TestSuggestionsAreTold(t *testing.T) {
	var d desk
	r := run(t, d.with)
	var c caseView
	r.call("wang", "POST", "/v1/cases", map[string]any{"kind": "suggestion", "text": "加个导出", "company": "上海华兴贸易有限公司", "caller": map[string]any{"name": "张伟", "email": "zhang@huaxing.cn"}}, &c)
	path := "/v1/cases/" + c.ID
	if status, _ := r.call("pm", "PUT", path+"/outcome", map[string]any{"outcome": "done", "reason": "已在 3.2 版上线"}, &c); status != 200 {
		t.Fatal(status)
	}
	until(t, "the customer was told", func() bool {
		r.call("pm", "GET", path, nil, &c)
		return c.Outcome != nil && !c.Outcome.Told.IsZero() && c.Status == "resolved"
	})
	var seen struct {
		Outcome *lang.Text
		Reason  string
	}
	r.call("", "GET", strings.TrimSuffix(address(t, r.office, c.Progress), "/page"), nil, &seen)
	if seen.Outcome == nil || seen.Outcome.En != "Done" || seen.Reason != "已在 3.2 版上线" {
		t.Errorf("%+v", seen)
	}
	var sent struct{ Items []catalogue.Outreach }
	r.call("director", "GET", "/v1/outreach?customer="+c.Customer, nil, &sent)
	told := 0
	for _, o := range sent.Items {
		if strings.Contains(o.Text.Zh, "3.2") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("told %d times: %+v", told, sent.Items)
	}
}

// what the case's journey asks for is done once, and only while it still holds: a reminder to the
// customer whose answer is waited for, and the end of a case that nobody answers.
func TestWhatTheJourneyAsksForACase(t *testing.T) {
	var d desk
	o := start(t, d.with)
	_, c := o.kase("li", "POST", complaints, map[string]any{"text": "慢", "owner": "li", "company": "上海华兴贸易有限公司", "caller": map[string]any{"name": "张伟", "email": "zhang@huaxing.cn"}})
	path := "/v1/cases/" + c.ID
	_, c = o.kase("li", "POST", path+"/entries", map[string]any{"side": "outbound", "text": "请提供照片", "waits": true})
	since := c.WaitsSince.String()
	for range 2 {
		if status, c := o.kase("journeys", "PUT", path+"/nudges/case:x:unanswered.0:2:0", map[string]any{"as_of": since}); status != 200 || c.Nudged != 1 {
			t.Errorf("nudge: %d, %d nudges", status, c.Nudged)
		}
	}
	var sent struct{ Items []catalogue.Outreach }
	if o.call("director", "GET", "/v1/outreach?customer="+c.Customer, nil, &sent); len(sent.Items) != 1 || sent.Items[0].Purpose != "case" || !strings.Contains(sent.Items[0].Text.En, "/v1/links/case/") {
		t.Errorf("%+v", sent.Items)
	}
	if status, _ := o.kase("journeys", "POST", path+"/closing", map[string]any{"reason": "no_answer", "as_of": c.OpenedAt.String()}); status != 409 {
		t.Errorf("closed by an older waiting: %d", status)
	}
	if status, c := o.kase("journeys", "POST", path+"/closing", map[string]any{"reason": "no_answer", "as_of": since}); status != 200 || c.Status != "closed" || c.CloseWhy != "no_answer" || c.Owner != "li" {
		t.Errorf("close: %d %+v", status, c)
	}
}
