package accounts_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
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

// a complaint that another department's system tells has an owner and a
// status too, once; one of long ago is history, and nothing is counted twice.
func TestComplaintsOfOtherSystemsAreTakenUp(t *testing.T) {
	var d desk
	r := run(t, d.with)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	told := func(id string, ago time.Duration) {
		t.Helper()
		e := draft(c, "complaint", id, time.Now().Add(-ago).Format(time.RFC3339), "inbound")
		e["text"] = "设备漏水"
		if status, _ := r.call("director", "POST", "/v1/timeline", e, nil); status >= 300 {
			t.Fatal(status)
		}
	}
	told("old", 72*time.Hour)
	told("new", 71*time.Hour)
	told("new", 71*time.Hour)
	var page struct{ Items []caseView }
	until(t, "the complaint is a case", func() bool {
		r.call("li", "GET", "/v1/cases?customer="+c, nil, &page)
		return len(page.Items) > 0
	})
	until(t, "the case is on the timeline", func() bool { return len(r.timeline(c, "?kind=case").Items) == 1 })
	r.call("li", "GET", "/v1/cases?customer="+c, nil, &page)
	if k := page.Items[0]; len(page.Items) != 1 || k.Owner == "" || k.Status != "new" || k.Title != "设备漏水" || k.OpenedBy != "entry:pbx:new" || time.Since(k.ReportedAt.Std()) < 70*time.Hour {
		t.Errorf("%+v", page.Items)
	}
	if n := len(r.timeline(c, "?kind=complaint").Items); n != 2 {
		t.Errorf("%d complaints on the timeline", n)
	}
}
