package accounts_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
)

// the questionnaire is anonymous: a link is good for one answer, a changed one for none, and neither the answer,
// nor the review, nor any fact tells who answered; few answers are not shown.
func TestTheQuestionnaireIsAnonymous(t *testing.T) {
	o := start(t, awake(t))
	month := instant.Now().String()[:7]
	answered := 0
	var mails []string
	reply := func() string {
		answered++
		c := o.lost(answered)
		var sent invited
		if status, _ := o.call("director", "POST", "/v1/churn-reviews/"+c+".1/questionnaire", nil, &sent); status != 200 || sent.Interview.Way != "questionnaire" || sent.Outreach.Status != "sent" {
			t.Fatalf("invited: %d %+v", status, sent)
		}
		said := o.said(sent.Outreach.ID)
		mails = append(mails, said.Text.Zh)
		return o.ballot(said.Text.Zh)
	}
	link := reply()
	token := link[strings.LastIndexByte(link, '/')+1:]
	path := "/v1/links/churn-questionnaire/" + token
	var q struct{ Reasons, Questions []struct{ ID string } }
	if status, _ := o.call("", "GET", path, nil, &q); status != 200 || len(q.Reasons) == 0 || len(q.Questions) == 0 {
		t.Fatalf("%d %+v", status, q)
	}
	if status, h := o.call("", "GET", path+"/page", nil, nil); status != 200 || !strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		t.Errorf("page: %d", status)
	}
	good := `{"reasons":["price"],"ratings":{"service":2},"text":"太贵"}`
	for name, c := range map[string]struct {
		path, body string
		status     int
	}{"nothing": {path, `{}`, 422}, "unknown reason": {path, `{"reasons":["weather"]}`, 422}, "six stars": {path, `{"ratings":{"service":6}}`, 422},
		"changed": {path[:len(path)-3] + "abc", good, 403}, "another purpose": {"/v1/links/case/" + token, good, 403}} {
		if status, _ := o.call("", "POST", c.path, c.body, nil); status != c.status && !(name == "another purpose" && (status == 404 || status == 405 || status == 422)) {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	if status, _ := o.call("", "POST", path, good, nil); status >= 300 {
		t.Fatalf("answer: %d", status)
	}
	if status, _ := o.call("", "POST", path, good, nil); status != http.StatusConflict {
		t.Errorf("answered twice: %d", status)
	}
	var v struct {
		Answers int
		Hidden  bool
		Reasons map[string]int
		Ratings map[string]float64
	}
	if o.call("director", "GET", "/v1/churn-reviews/answers/"+month, nil, &v); v.Answers != 1 || !v.Hidden || v.Reasons != nil {
		t.Errorf("one answer is shown: %+v", v)
	}
	for range 2 {
		l := reply()
		o.call("", "POST", "/v1/links/churn-questionnaire/"+l[strings.LastIndexByte(l, '/')+1:], `{"reasons":["price"],"ratings":{"service":4}}`, nil)
	}
	v.Hidden = false
	if o.call("director", "GET", "/v1/churn-reviews/answers/"+month, nil, &v); v.Answers != 3 || v.Hidden || v.Reasons["price"] != 3 || v.Ratings["service"] < 3.3 || v.Ratings["service"] > 3.4 {
		t.Errorf("%+v", v)
	}
	// What is kept of an answer names nobody, and its id is in no other document and no fact.
	docs, _, err := o.store.Documents(t.Context(), "", 500)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range docs {
		if d.Collection == "churn_answer" {
			ids = append(ids, d.ID)
			if strings.Contains(string(d.Body), "客户") || strings.Contains(string(d.Body), "wang") || strings.Contains(string(d.Body), "T") && strings.Contains(string(d.Body), "Z") {
				t.Errorf("an answer says %s", d.Body)
			}
		}
	}
	all, _, err := o.store.Facts(t.Context(), "", 500)
	if err != nil || len(ids) != 3 {
		t.Fatalf("%d answers, %v", len(ids), err)
	}
	for _, said := range mails { // who reads what was sent cannot reach the answer by it
		n := said[strings.LastIndex(said, "/v1/links/"):]
		if strings.Contains(n, "churn-questionnaire") {
			t.Errorf("the log holds a key to the answer: %s", n)
		}
	}
	for _, id := range ids {
		for _, d := range docs {
			if d.Collection != "churn_answer" && (strings.Contains(string(d.Body), id) || strings.Contains(d.ID, id)) {
				t.Errorf("%s/%s leads to the answer %s", d.Collection, d.ID, id)
			}
		}
		for _, f := range all {
			if strings.Contains(string(f.Body), id) {
				t.Errorf("the fact %s leads to the answer %s", f.ID, id)
			}
		}
	}
}

// invited is a review with what became of its invitation.
type invited struct {
	churned
	Outreach effects.Reached
}

// awake is a company without quiet hours.
func awake(t *testing.T) func(*service.Deps) {
	return func(d *service.Deps) {
		d.Policy = policytest.Holder(t, func(s *policy.Sections) { s.Outreach.QuietFrom, s.Outreach.QuietTo = "", "" })
	}
}

// lost gives the nth customer who is confirmed lost.
func (o *office) lost(n int) string {
	o.t.Helper()
	var c struct{ ID string }
	body := map[string]any{"name": fmt.Sprintf("客户%d号", n), "phone": fmt.Sprintf("1391234567%d", n), "email": fmt.Sprintf("a@lost%d.test", n)}
	if status, _ := o.call("director", "POST", "/v1/customers", body, &c); status != 201 {
		o.t.Fatalf("customer: %d", status)
	}
	o.do("director", "POST", "/v1/customers/"+c.ID+"/churn", lostOn, 201)
	return c.ID
}

func (o *office) said(outreach string) (c catalogue.Outreach) {
	o.call("director", "GET", "/v1/outreach/"+outreach, nil, &c)
	return c
}

// ballot opens the invitation that a message holds, and gives the questionnaire's address.
func (o *office) ballot(message string) string {
	o.t.Helper()
	var b struct{ Address string }
	if status, _ := o.call("", "POST", invitation(message), nil, &b); status != 200 || b.Address == "" {
		o.t.Fatalf("ballot: %d", status)
	}
	return strings.TrimSuffix(b.Address, "/page")
}

// invitation gives the path of the link in a message.
func invitation(message string) string {
	return strings.TrimSuffix(message[strings.Index(message, "/v1/links/churn-invitation/"):], "/page")
}

// R-124, D-9: the questionnaire is asked for through outreach: a customer who said no
// is not asked, and has not been interviewed; the invitation is in the log, takes
// from the budget, and is good once; one that never arrived is no interview.
func TestTheQuestionnaireKeepsTheBudget(t *testing.T) {
	r := run(t, awake(t))
	c := r.lost(1)
	ask := func() (int, invited, httpx.Problem) {
		t.Helper()
		resp := httpxtest.Send(t, "director", "POST", r.server.URL+"/v1/churn-reviews/"+c+".1/questionnaire", nil)
		defer func() { _ = resp.Body.Close() }()
		var got invited
		var p httpx.Problem
		if resp.StatusCode < 300 {
			_ = json.NewDecoder(resp.Body).Decode(&got)
		} else {
			_ = json.NewDecoder(resp.Body).Decode(&p)
		}
		return resp.StatusCode, got, p
	}
	way := func() string {
		var w churned
		r.call("director", "GET", "/v1/churn-reviews/"+c+".1", nil, &w)
		return w.Interview.Way
	}
	consent := func(status string) {
		t.Helper()
		if got, _ := r.call("director", "PUT", "/v1/customers/"+c+"/consent/mail", map[string]any{"status": status, "source": "call"}, nil); got >= 300 {
			t.Fatalf("consent: %d", got)
		}
	}
	consent("withdrawn")
	if status, _, p := ask(); status != 409 || p.Rule != "outreach.consent" || p.Text.Zh == "" || p.Text.En == "" || way() != "" {
		t.Errorf("who said no: %d %s, interview %q", status, p.Rule, way())
	}
	consent("given")
	status, got, _ := ask()
	if status != 200 || way() != "questionnaire" {
		t.Fatalf("%d %+v", status, got.Outreach)
	}
	until(t, "the invitation leaves", func() bool { return r.said(got.Outreach.ID).Status == "sent" })
	status, second, _ := ask()
	if status != 200 || second.Outreach.Status != "deferred" || second.Outreach.Rule != "outreach.per_day" || second.Outreach.Reason.Zh == "" {
		t.Errorf("a second on one day: %d %+v", status, second.Outreach)
	}
	link := invitation(r.said(got.Outreach.ID).Text.Zh)
	if status, text := r.page("GET", link+"/page", nil); status != 200 || !strings.Contains(text, "匿名") {
		t.Errorf("page: %d", status)
	}
	for _, bad := range []string{link + "x", strings.Replace(link, "churn-invitation", "churn-questionnaire", 1)} {
		if status, _ := r.call("", "POST", bad, `{"text":"x"}`, nil); status != 403 {
			t.Errorf("%s: %d", bad, status)
		}
	}
	var wg sync.WaitGroup
	var drawn, used atomic.Int64
	for range 6 {
		wg.Go(func() {
			resp := httpxtest.Send(t, "", "POST", r.server.URL+link, nil)
			_ = resp.Body.Close()
			switch resp.StatusCode {
			case 200:
				drawn.Add(1)
			case 409:
				used.Add(1)
			}
		})
	}
	wg.Wait()
	if drawn.Load() != 1 || used.Load() != 5 {
		t.Errorf("%d ballots, %d refused", drawn.Load(), used.Load())
	}
	o := r.said(second.Outreach.ID)
	o.Status, o.Error = "failed", "no such address"
	r.happens("outreach/"+o.ID, c, &catalogue.OutreachStepped{Change: "failed", After: o})
	until(t, "the interview is open again", func() bool { return way() == "" })
}
