package accounts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/service"
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
