package accounts_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/reviews"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store/sqlite"
)

// learns is an office with departments that take part in reviews, whose consumers work.
func learns(t *testing.T) *office {
	t.Helper()
	cluster := kafkatest.New()
	if err := cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
		t.Fatal(err)
	}
	person := func(id string, role auth.Role) catalogue.Person {
		return catalogue.Person{ID: id, Name: id, Active: true, Team: "east", Roles: []string{string(role)}}
	}
	o := start(t, func(d *service.Deps) {
		d.Cluster, d.Health = cluster, health.New(instant.Now)
		d.Directory = directory.Of(person("wang", auth.Salesperson), person("zhao", auth.Salesperson), person("tech", auth.Technical), person("director", auth.SalesDirector),
			person("pan", auth.Product), person("fu", auth.Service))
	})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.service.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return o
}

type churned struct {
	catalogue.ChurnReview
	Missing []struct{ Field, Rule string }
	Version int64
}

func (o *office) happened(customer, kind, id, at, direction string, more map[string]any) {
	o.t.Helper()
	d := draft(customer, kind, id, at, direction)
	for k, v := range more {
		d[k] = v
	}
	if status, _ := o.call("director", "POST", "/v1/timeline", d, nil); status != 201 {
		o.t.Fatalf("entry %s: %d", id, status)
	}
}

// do asks as somebody, expects a status, and gives the review as it stands then.
func (o *office) do(who, method, path string, body any, want int) churned {
	o.t.Helper()
	status, _ := o.call(who, method, path, body, nil)
	if status != want {
		o.t.Fatalf("%s %s by %s: %d, want %d", method, path, who, status, want)
	}
	var c churned
	if parts := strings.Split(path, "/"); status < 300 && parts[2] == "churn-reviews" {
		o.call("director", "GET", strings.Join(parts[:4], "/"), nil, &c)
	}
	return c
}

const lostOn = `{"churned_on":"2026-06-01T00:00:00Z","evidence":"合同到期未续，客户来函确认"}`

// a loss is confirmed, reviewed by four departments, explained by what was recorded, closed, learnt from,
// and the customer won back.
func TestALossIsReviewed(t *testing.T) {
	o := learns(t)
	c := o.customer("上海华兴贸易有限公司", "13812345678")
	o.happened(c, "order", "1", "2026-01-10T02:00:00Z", "inbound", map[string]any{"amount": map[string]any{"minor": 120_000, "currency": "CNY"}})
	o.happened(c, "order", "2", "2026-02-19T02:00:00Z", "inbound", map[string]any{"amount": map[string]any{"minor": 90_000, "currency": "CNY"}})
	o.happened(c, "complaint", "3", "2026-03-05T02:00:00Z", "inbound", map[string]any{"text": "报价系统响应太慢，没人回复"})
	o.happened(c, "call", "4", "2026-03-12T02:00:00Z", "outbound", map[string]any{"by": "wang"})

	o.do("tech", "POST", "/v1/customers/"+c+"/churn", lostOn, 403)
	o.do("wang", "POST", "/v1/customers/"+c+"/churn", `{"churned_on":"2999-06-01T00:00:00Z","evidence":" "}`, 422)
	o.do("wang", "POST", "/v1/customers/none/churn", lostOn, 404)
	var made churned
	status, h := o.call("wang", "POST", "/v1/customers/"+c+"/churn", lostOn, &made, "Idempotency-Key", "k1")
	if status != 201 || h.Get("Location") != "/v1/churn-reviews/"+c+".1" || made.Status != "open" || made.ConfirmedBy != "wang" {
		t.Fatalf("%d %+v", status, made)
	}
	var again churned
	if status, _ := o.call("wang", "POST", "/v1/customers/"+c+"/churn", lostOn, &again, "Idempotency-Key", "k1"); status != 201 || again.ID != made.ID {
		t.Errorf("the same command again: %d %s", status, again.ID)
	}
	o.do("director", "POST", "/v1/customers/"+c+"/churn", lostOn, 409) // one review at a time
	var opened churned
	if status, _ := o.call("journeys", "PUT", "/v1/churn-reviews/intervention:i1:closed:1:0", map[string]any{"customer": c, "churned_on": "2026-06-02T00:00:00Z", "evidence": "x"}, &opened); status != 200 || opened.ID != made.ID {
		t.Errorf("a journey finds the same loss: %d %+v", status, opened)
	}

	path := "/v1/churn-reviews/" + made.ID
	var people []string
	for _, p := range made.Participants {
		people = append(people, p.Role+":"+p.Person)
	}
	if !slices.Equal(people, []string{"sales:wang", "technical:tech", "product:pan", "service:fu"}) {
		t.Errorf("participants %v", people)
	}
	if made.Traits.Cycle != "30d - 60d" || made.Traits.Amount != "1000.00 CNY - 10000.00 CNY" || made.Traits.Type != "company" {
		t.Errorf("traits %+v", made.Traits)
	}
	var p httpx.Problem
	if status, _ := o.call("wang", "POST", path+"/closing", `{"summary":"x"}`, &p); status != 409 || p.Rule != "R-121" || len(p.Errors) < 8 {
		t.Fatalf("closed without a review: %d %+v", status, p)
	}
	finding := func(role, phase string) string {
		return fmt.Sprintf(`{"role":%q,"findings":[{"phase":%q,"text":"%s found that replies were slow"}]}`, role, phase, role)
	}
	o.do("tech", "POST", path+"/findings", finding("technical", "during"), 200) // who takes part may write, and read
	o.do("tech", "POST", path+"/findings", finding("sales", "before"), 403)
	o.do("zhao", "POST", path+"/findings", finding("technical", "during"), 403)
	o.do("wang", "POST", path+"/findings", finding("sales", "before"), 200)
	o.do("director", "POST", path+"/findings", finding("product", "after"), 200)
	o.do("director", "POST", path+"/participants", `{"role":"service","person":"nobody"}`, 422)
	o.do("director", "POST", path+"/participants", `{"role":"service","person":"zhao"}`, 200)
	o.do("zhao", "POST", path+"/findings", finding("service", "after"), 200)
	o.do("wang", "POST", path+"/reasons", `{"reasons":[{"reason":"weather"}]}`, 422)
	o.do("wang", "POST", path+"/reasons", `{"reasons":[{"reason":"slow_response","text":"三天才回复"},{"reason":"competitor"}],"competitor":"Acme"}`, 200)
	got := o.do("wang", "POST", path+"/interview", `{"way":"phone","notes":"客户说没人理他们"}`, 200)
	if len(got.Missing) != 0 || !got.Reasons[0].Controllable || got.Reasons[1].Controllable {
		t.Errorf("%+v", got)
	}
	if status, _ := o.call("wang", "POST", path+"/closing", `{"summary":"响应不及时导致流失"}`, nil, "If-Match", `"1"`); status != 412 {
		t.Errorf("stale: %d", status)
	}
	done := o.do("wang", "POST", path+"/closing", `{"summary":"响应不及时导致流失","lessons":["投诉当天回复 answer complaints the same day"]}`, 200)
	if done.Status != "closed" || len(done.Attributions) == 0 || done.Attributions[0].Rule != "late_complaint" || !slices.Equal(done.Attributions[0].Facts, []string{"pbx:3", "pbx:4"}) || done.LostAt.Entry != "pbx:3" {
		t.Errorf("R-128, R-126: %+v lost at %+v", done.Attributions, done.LostAt)
	}
	o.do("wang", "POST", path+"/withdrawal", `{"reason":"x"}`, 409)

	var m struct {
		Touchpoints  []struct{ Entry, State, Step, Feedback string }
		Gaps         []struct{ Days int }
		Attributions []catalogue.ChurnAttribution
	}
	if status, _ := o.call("director", "GET", path+"/journey-map", nil, &m); status != 200 || len(m.Touchpoints) != 4 || m.Touchpoints[2].State != "late" || m.Touchpoints[2].Feedback != "blame" || len(m.Gaps) != 2 { // R-126
		t.Errorf("map %+v", m)
	}
	o.do("zhao", "GET", "/v1/customers/"+c+"/journey-map", nil, 403)

	type hits struct {
		Items []struct {
			catalogue.Lesson
			Score   float64
			Excerpt []struct {
				Text string
				Hit  bool
			}
		}
		Next string
	}
	for _, q := range []string{"响应不及时", "当天回复", "SAME day", "华兴", "complaints", "没人理", "acme"} {
		var found hits
		until(t, "the loss is found by "+q, func() bool {
			o.call("tech", "GET", "/v1/experience?q="+strings.ReplaceAll(q, " ", "+"), nil, &found)
			return len(found.Items) == 1
		})
		if !slices.ContainsFunc(found.Items[0].Excerpt, func(p struct {
			Text string
			Hit  bool
		}) bool {
			return p.Hit
		}) || found.Items[0].Review != made.ID {
			t.Errorf("%s: %+v", q, found.Items[0])
		}
	}
	for _, q := range []string{"物流", "day 物流", "时响"} {
		var found hits
		if o.call("tech", "GET", "/v1/experience?q="+strings.ReplaceAll(q, " ", "+"), nil, &found); len(found.Items) != 0 {
			t.Errorf("%s found %+v", q, found.Items)
		}
	}
	o.do("tech", "POST", "/v1/experience", `{"title":" ","text":""}`, 422)
	var l catalogue.Lesson
	if status, _ := o.call("tech", "POST", "/v1/experience", `{"title":"当天回复","text":"投诉与询问","tags":["service"]}`, &l); status != 201 {
		t.Errorf("by hand: %d", status)
	}
	var ranked hits
	o.call("tech", "GET", "/v1/experience?q=当天回复&limit=1", nil, &ranked)
	if len(ranked.Items) != 1 || ranked.Items[0].ID != l.ID || ranked.Next == "" { // in the title it counts more
		t.Errorf("%+v", ranked)
	}
	var second hits
	if o.call("tech", "GET", "/v1/experience?q=当天回复&limit=1&after="+ranked.Next, nil, &second); len(second.Items) != 1 || second.Items[0].ID != made.ID || second.Next != "" {
		t.Errorf("second page %+v", second)
	}
	if status, _ := o.call("tech", "GET", "/v1/experience?q=，。", nil, nil); status != 422 {
		t.Errorf("a question without words: %d", status)
	}

	o.happened(c, "order", "9", "2026-08-01T02:00:00Z", "inbound", nil)
	until(t, "the customer is won back", func() bool {
		var now churned
		o.call("director", "GET", path, nil, &now)
		return now.WonBackBy == "pbx:9"
	})
	var report struct {
		Closed, Controllable, External, Interviewed int
		WonBack                                     int `json:"won_back"`
		Reasons                                     []struct {
			Reason      string
			Main, Named int
		}
		Targets     []struct{ Kind string }
		Competitors []struct{ Name string }
		Retention   float64
		Repurchase  float64
		Retained    int
	}
	until(t, "the customer is retained again", func() bool {
		o.call("director", "GET", "/v1/churn-reviews/report", nil, &report)
		return report.Retained == 1
	})
	if report.Closed != 1 || report.Controllable != 1 || report.External != 0 || report.WonBack != 1 || report.Reasons[0].Reason != "slow_response" || report.Reasons[0].Main != 1 ||
		len(report.Targets) == 0 || report.Competitors[0].Name != "Acme" || report.Interviewed != 1 || report.Retention != 1 || report.Repurchase != 1 {
		t.Errorf("%+v", report)
	}
	o.do("wang", "GET", "/v1/churn-reviews/report", nil, 403)
	o.do("wang", "POST", "/v1/customers/"+c+"/churn", strings.Replace(lostOn, "2026-06-01", "2026-09-01", 1), 201)
	var losses struct{ Items []churned }
	if o.call("wang", "GET", "/v1/customers/"+c+"/churn", nil, &losses); len(losses.Items) != 2 || losses.Items[0].ID != c+".2" {
		t.Errorf("a second loss: %+v", losses)
	}
}

// of many who confirm one loss at once, one confirms it.
func TestALossIsConfirmedOnce(t *testing.T) {
	o := start(t)
	c := o.customer("大成", "13912345678")
	var wait sync.WaitGroup
	var mu sync.Mutex
	got := map[int]int{}
	for range 12 {
		wait.Go(func() {
			status, _ := o.call("wang", "POST", "/v1/customers/"+c+"/churn", lostOn, nil)
			mu.Lock()
			got[status]++
			mu.Unlock()
		})
	}
	wait.Wait()
	if got[201] != 1 || got[409] != 11 {
		t.Errorf("%v", got)
	}
	for who, want := range map[string]int{"wang": 1, "zhao": 0, "director": 1} { // who may not read the customer's does not see it
		var list struct{ Items []churned }
		if status, _ := o.call(who, "GET", "/v1/churn-reviews", nil, &list); status != 200 || len(list.Items) != want {
			t.Errorf("%s sees %d reviews (%d)", who, len(list.Items), status)
		}
	}
}

// the questionnaire is anonymous: a link is good for one answer, a changed one for none, and neither the answer,
// nor the review, nor any fact tells who answered; few answers are not shown.
func TestTheQuestionnaireIsAnonymous(t *testing.T) {
	o := start(t)
	month := instant.Now().String()[:7]
	answered := 0
	reply := func() string {
		answered++
		c := o.customer(fmt.Sprintf("客户%d号", answered), fmt.Sprintf("1391234567%d", answered))
		o.do("wang", "POST", "/v1/customers/"+c+"/churn", lostOn, 201)
		var sent struct {
			churned
			Link string
		}
		if status, _ := o.call("wang", "POST", "/v1/churn-reviews/"+c+".1/questionnaire", nil, &sent); status != 200 || sent.Interview.Way != "questionnaire" || sent.Link == "" {
			t.Fatalf("link: %d %+v", status, sent)
		}
		return strings.TrimSuffix(sent.Link, "/page")
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

// lost customers are compared with those that stayed, by counts.
func TestLostAndRetainedAreCompared(t *testing.T) {
	o := learns(t)
	for i := range 12 {
		var c struct{ ID string }
		o.call("wang", "POST", "/v1/customers", map[string]any{"name": fmt.Sprintf("公司%d号", i), "phone": fmt.Sprintf("139123450%02d", i), "sector": []string{"steel", "tea"}[i%2]}, &c)
		o.happened(c.ID, "order", fmt.Sprint(i), "2026-02-19T02:00:00Z", "inbound", nil)
		if i%2 == 0 && i < 8 {
			o.do("wang", "POST", "/v1/customers/"+c.ID+"/churn", lostOn, 201)
		}
	}
	var c struct {
		Churned, Retained int
		Rows              []struct {
			Dimension, Value  string
			Churned, Retained int
			TooFew            bool `json:"too_few"`
			Lift              float64
		}
	}
	until(t, "all are known", func() bool {
		c.Rows = nil
		o.call("director", "GET", "/v1/churn-reviews/comparison", nil, &c)
		counted := 0 // rows are counted one after the other, while facts come in
		for _, r := range c.Rows {
			counted += r.Churned + r.Retained
		}
		return c.Churned == 4 && c.Retained == 8 && counted == 4*12
	})
	seen := map[string]bool{}
	for _, r := range c.Rows {
		if seen[r.Value] = true; r.Dimension == "industry" && (r.Value == "steel" && (r.Churned != 4 || r.Retained != 2 || r.Lift < 1.99 || r.Lift > 2.01 || !r.TooFew) || r.Value == "tea" && (r.Churned != 0 || r.Retained != 6 || r.Lift != 0)) {
			t.Errorf("%+v", r)
		}
	}
	if !seen["steel"] || !seen["tea"] || !seen["company"] {
		t.Errorf("%+v", c.Rows)
	}
}

// C-15: every rhythm of the policy has its next occasion, held by somebody; it counts as held only with
// its evidence, the next one is planned once however often it is asked for, and one that nobody held is missed.
func TestScheduledReviews(t *testing.T) {
	o := learns(t)
	type occasion struct {
		catalogue.Review
		LooksAt []string `json:"looks_at"`
	}
	var all struct{ Items []occasion }
	until(t, "every rhythm has its occasion", func() bool {
		o.call("tech", "GET", "/v1/reviews?status=planned", nil, &all)
		return len(all.Items) == 4
	})
	by := map[string]occasion{}
	for _, i := range all.Items {
		by[i.Rhythm] = i
		if i.Owner != "director" || i.Due <= instant.Now() || i.NextDue <= i.Due || i.Opens >= i.Due || len(i.LooksAt) == 0 {
			t.Errorf("%+v", i)
		}
	}
	weekly := by["weekly_funnel"]
	path := "/v1/reviews/" + weekly.ID
	for name, c := range map[string]struct {
		who, body string
		status    int
	}{"not mine": {"tech", `{"evidence":[{"kind":"minutes","text":"x"},{"kind":"figures","text":"y"}]}`, 403}, "no evidence": {"director", `{"evidence":[]}`, 422},
		"half of it": {"director", `{"evidence":[{"kind":"minutes","text":"x"}]}`, 422}, "blank": {"director", `{"evidence":[{"kind":"minutes","text":"x"},{"kind":"figures","text":" "}]}`, 422}} {
		if status, _ := o.call(c.who, "POST", path+"/holding", c.body, nil); status != c.status {
			t.Errorf("%s: %d, want %d", name, status, c.status)
		}
	}
	var held occasion
	if status, _ := o.call("director", "POST", path+"/holding", `{"evidence":[{"kind":"minutes","text":"纪要"},{"kind":"figures","text":"漏斗"}],"decisions":["…"]}`, &held); status != 200 || held.Status != "held" || held.HeldBy != "director" {
		t.Fatalf("%d %+v", status, held)
	}
	if status, _ := o.call("director", "POST", path+"/holding", `{"evidence":[{"kind":"minutes","text":"x"},{"kind":"figures","text":"y"}]}`, nil); status != 409 {
		t.Errorf("held twice: %d", status)
	}
	plan := map[string]any{"rhythm": "weekly_funnel", "after": weekly.Due.String()}
	if status, _ := o.call("director", "PUT", "/v1/reviews/x", plan, nil); status != 403 {
		t.Errorf("planned by a person: %d", status)
	}
	var next, again occasion
	o.call("journeys", "PUT", "/v1/reviews/review:a:next:1:0", plan, &next)
	if o.call("journeys", "PUT", "/v1/reviews/review:b:next:1:0", plan, &again); next.ID == weekly.ID || next.Due != weekly.NextDue || again.ID != next.ID {
		t.Errorf("%+v, %+v", next, again)
	}
	var past, after occasion
	o.call("journeys", "PUT", "/v1/reviews/p1", map[string]any{"rhythm": "monthly_departments", "after": "2026-01-01T00:00:00Z"}, &past)
	o.call("journeys", "PUT", "/v1/reviews/p2", map[string]any{"rhythm": "monthly_departments", "after": past.Due.String()}, &after)
	if o.call("tech", "GET", "/v1/reviews/"+past.ID, nil, &past); past.Status != "missed" || after.Status != "planned" {
		t.Errorf("nobody held %s: %s", past.ID, past.Status)
	}
	for query, status := range map[string]int{"?status=held": 200, "?rhythm=weekly_funnel": 200, "?owner=director": 200, "?owner=director&status=held": 422, "/none": 404} {
		if got, _ := o.call("tech", "GET", "/v1/reviews"+query, nil, nil); got != status {
			t.Errorf("%s: %d", query, got)
		}
	}
}

// before anybody works here nothing is planned; then each rhythm is held by who should, and by somebody else once they left.
func TestSomebodyHoldsEveryReview(t *testing.T) {
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	people := directory.Of()
	r, err := reviews.New(t.Context(), reviews.Config{Engine: e, Guard: access.New(people, instant.Now), People: people, Policy: policytest.Holder(t), Clock: instant.Now})
	if err != nil {
		t.Fatal(err)
	}
	owners := func() []string {
		if err := r.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		page, err := r.List(t.Context(), auth.Principal{ID: "boss", Roles: []auth.Role{auth.Management}}, "planned", "", "", 50, "")
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, d := range page.Docs {
			out = append(out, d.Body.Owner)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	if got := owners(); len(got) != 0 {
		t.Errorf("nobody works here, and %v hold reviews", got)
	}
	people.Put(catalogue.Person{ID: "admin", Active: true, Roles: []string{string(auth.Administrator)}}, 1)
	if got := owners(); !slices.Equal(got, []string{"admin"}) {
		t.Errorf("%v", got)
	}
	boss := catalogue.Person{ID: "boss", Active: true, Roles: []string{"management", "sales_director", "sales_manager"}}
	people.Put(boss, 1)
	if got := owners(); !slices.Equal(got, []string{"boss"}) {
		t.Errorf("%v", got)
	}
	boss.Active = false
	people.Put(boss, 2)
	people.Put(catalogue.Person{ID: "next", Active: true, Roles: []string{string(auth.Management)}}, 1)
	if got := owners(); !slices.Equal(got, []string{"next"}) {
		t.Errorf("after the boss left: %v", got)
	}
}

// losses go with a merged customer and come back with its undo, and the next loss of either has a number of its own.
func TestLossesFollowMerges(t *testing.T) {
	o := learns(t)
	a, b := o.customer("华兴", "13812345671"), o.customer("大成", "13812345672")
	lose := func(c string) churned {
		t.Helper()
		var made churned
		if status, _ := o.call("director", "POST", "/v1/customers/"+c+"/churn", lostOn, &made); status != 201 {
			t.Fatalf("confirm: %d", status)
		}
		o.do("director", "POST", "/v1/churn-reviews/"+made.ID+"/withdrawal", `{"reason":"x"}`, 200)
		return made
	}
	losses := func(c string) int {
		var l struct{ Items []churned }
		o.call("director", "GET", "/v1/customers/"+c+"/churn", nil, &l)
		return len(l.Items)
	}
	lose(a)
	var m struct{ ID, Status string }
	if status, _ := o.call("director", "POST", "/v1/merges", map[string]any{"keep": b, "drop": a, "reason": "同一家公司"}, &m); status >= 300 {
		t.Fatalf("merge: %d", status)
	}
	until(t, "the loss has moved", func() bool { return losses(b) == 1 })
	if made := lose(b); made.ID != b+".2" && made.ID != a+".2" {
		t.Errorf("%s", made.ID)
	}
	var undo struct{ Status string }
	until(t, "the merge can be undone", func() bool {
		var asked struct{ Since []struct{ Kind, ID string } }
		o.call("director", "GET", "/v1/merges/"+m.ID+"/undo", nil, &asked)
		answers := []map[string]string{}
		for _, s := range asked.Since {
			answers = append(answers, map[string]string{"kind": s.Kind, "id": s.ID, "to": "into"})
		}
		status, _ := o.call("director", "POST", "/v1/merges/"+m.ID+"/undo", map[string]any{"reason": "两家公司", "answers": answers}, &undo)
		return status < 300
	})
	until(t, "the merge is undone", func() bool {
		o.call("director", "GET", "/v1/merges/"+m.ID, nil, &undo)
		return undo.Status == "undone" && losses(a) >= 1
	})
	had := losses(a) + losses(b) // the one lost since the merge stays with the file that went on, or is given back
	lose(a)
	lose(b)
	if now := losses(a) + losses(b); had != 2 || now != 4 {
		t.Errorf("%d losses after the undo, then %d", had, now)
	}
}
