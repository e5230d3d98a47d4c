package leads_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// What bad input gets, status by status.
func TestStatuses(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	path := "/v1/leads/" + id
	for name, c := range map[string]struct {
		who, method, path string
		body              any
		header            []string
		status            int
		broken            string
	}{
		"200":                     {"wang", "GET", path, nil, nil, 200, ""},
		"201":                     {"wang", "POST", "/v1/leads", newLead(2), nil, 201, ""},
		"400 not JSON":            {"wang", "POST", "/v1/leads", `{"company"`, nil, 400, "body json"},
		"400 bad UTF-8":           {"wang", "POST", "/v1/leads", "{\"company\":\"\xff\"}", nil, 400, "body utf8"},
		"401 nobody":              {"", "GET", path, nil, nil, 401, ""},
		"401 who left":            {"ghost", "POST", "/v1/leads", newLead(3), nil, 401, ""},
		"403 another team's":      {"zhao", "GET", path, nil, nil, 403, ""},
		"403 a mate changes":      {"li", "PATCH", path, body{"company": "x"}, nil, 403, ""},
		"403 effect by a person":  {"wang", "PUT", path + "/customer", body{"customer": "c"}, nil, 403, ""},
		"403 effect by a manager": {"chen", "POST", path + "/recycling", body{"reason": "x", "from": "wang"}, nil, 403, ""},
		"403 lead by technical":   {"tech", "POST", "/v1/leads", newLead(3), nil, 403, ""},
		"404 lead":                {"wang", "GET", "/v1/leads/none", nil, nil, 404, ""},
		"404 lead to change":      {"wang", "PATCH", "/v1/leads/none", body{"company": "x"}, nil, 404, ""},
		"404 transfer":            {"wang", "GET", "/v1/transfers/none", nil, nil, 404, ""},
		"404 person":              {"chen", "GET", "/v1/ownerships/holdings/none", nil, nil, 404, ""},
		"412 stale":               {"wang", "PATCH", path, body{"company": "x"}, []string{"If-Match", `"9"`}, 412, ""},
		"413 huge":                {"wang", "POST", "/v1/leads", body{"company": strings.Repeat("a", 2<<20)}, nil, 413, ""},
		"422 unknown field":       {"wang", "POST", "/v1/leads", with(newLead(3), "colour", "red"), nil, 422, "colour unknown_field"},
		"422 wrong type":          {"wang", "POST", "/v1/leads", with(newLead(3), "company", 5), nil, 422, "company type"},
		"422 no zone":             {"wang", "POST", "/v1/leads", with(newLead(3), "first_contact_at", "2026-01-01T00:00:00"), nil, 422, "first_contact_at date_time"},
		"422 impossible zone":     {"wang", "POST", "/v1/leads", with(newLead(3), "first_contact_at", "2026-01-01T00:00:00+99:00"), nil, 422, "first_contact_at date_time"},
		"422 first contact ahead": {"wang", "POST", "/v1/leads", with(newLead(3), "first_contact_at", o.in(time.Hour)), nil, 422, "first_contact_at in_future"},
		"422 negative money":      {"wang", "POST", "/v1/leads", with(newLead(3), "value", body{"minor": -1, "currency": "CNY"}), nil, 422, "value.minor minimum"},
		"422 person of nobody":    {"chen", "POST", "/v1/leads", with(newLead(3), "owner", "ghost"), nil, 422, "owner person"},
		"422 stranger's cursor":   {"wang", "GET", path + "/history?after=x", nil, nil, 422, "query.after cursor"},
		"422 mark's name":         {"journeys", "PUT", path + "/marks/Bad%20Rule", body{}, nil, 422, "path.rule pattern"},
	} {
		t.Run(name, func(t *testing.T) {
			a := o.call(c.who, c.method, c.path, c.body, c.header...).want(c.status)
			if a.broken() != c.broken {
				t.Errorf("fields %q, want %q", a.broken(), c.broken)
			}
			if c.status < 400 {
				return
			}
			if a.text("code") == "" || a.text("text.zh") == "" || a.text("text.en") == "" || a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("not problem details in both languages: %s", a.raw)
			}
			if c.status == 412 && a.get("version") != 1.0 {
				t.Errorf("the current version is not told: %s", a.raw)
			}
		})
	}
	if got := o.call("wang", "GET", path, nil); got.text("company") != "公司1" || got.header.Get("ETag") != `"1"` {
		t.Errorf("something was half written: %s", got.raw)
	}
}

// The interface describes itself, and no operation's id stands twice.
func TestOpenAPI(t *testing.T) {
	o := start(t)
	raw, err := httpx.OpenAPI("Liuke", "1", o.server)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string                                             `json:"openapi"`
		Paths   map[string]map[string]struct{ OperationID string } `json:"paths"`
	}
	o.decode(raw, &doc)
	seen := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.OperationID == "" || seen[op.OperationID] {
				t.Errorf("%s %s: operation id %q", method, path, op.OperationID)
			}
			seen[op.OperationID] = true
		}
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1") || len(seen) < 45 {
		t.Errorf("OpenAPI %s with %d operations", doc.OpenAPI, len(seen))
	}
}

// A repeated Idempotency-Key gives the first answer, and is refused with another body.
func TestIdempotencyKey(t *testing.T) {
	o := start(t)
	first := o.call("wang", "POST", "/v1/leads", newLead(1), "Idempotency-Key", "k").want(201)
	if again := o.call("wang", "POST", "/v1/leads", newLead(1), "Idempotency-Key", "k").want(201); again.text("id") != first.text("id") {
		t.Errorf("another lead: %s", again.raw)
	}
	if got := o.call("wang", "POST", "/v1/leads", newLead(2), "Idempotency-Key", "k").want(422); got.text("code") != "idempotency_reused" {
		t.Errorf("%s", got.raw)
	}
	if other := o.call("li", "POST", "/v1/leads", newLead(1), "Idempotency-Key", "k").want(201); other.text("id") == first.text("id") {
		t.Error("somebody else's key is the same")
	}
	// At once, too: one lead.
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { ids[i] = o.call("wang", "POST", "/v1/leads", newLead(7), "Idempotency-Key", "race").text("id") })
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Errorf("ids %v", ids)
		}
	}
}

// A store that is away is 503 with Retry-After; facts wait where the broker is away.
func TestEnginesAway(t *testing.T) {
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/leads.db")
	if err != nil {
		t.Fatal(err)
	}
	o := startOn(t, &failing{Engine: e})
	id := o.lead("wang", 1)
	o.store.(*failing).away = true
	for _, c := range []struct {
		method, path string
		body         any
	}{{"POST", "/v1/leads", newLead(2)}, {"GET", "/v1/leads/" + id, nil}, {"GET", "/v1/leads", nil}, {"POST", "/v1/pool/c1/claim", nil}} {
		if a := o.call("wang", c.method, c.path, c.body).want(503); a.header.Get("Retry-After") == "" || a.text("code") != "unavailable" {
			t.Errorf("%v %s", a.header, a.raw)
		}
	}
	o.store.(*failing).away = false
	if n, _, err := e.Backlog(t.Context()); err != nil || n == 0 {
		t.Errorf("facts do not wait: %d %v", n, err)
	}
	_ = e.Close()
}

type failing struct {
	store.Engine
	away bool
}

func (f *failing) Get(ctx context.Context, c, id string) (store.Record, error) {
	if f.away {
		return store.Record{}, store.ErrUnavailable
	}
	return f.Engine.Get(ctx, c, id)
}

func (f *failing) Page(ctx context.Context, c string, q store.Query) (store.Page, error) {
	if f.away {
		return store.Page{}, store.ErrUnavailable
	}
	return f.Engine.Page(ctx, c, q)
}

func (f *failing) Commit(ctx context.Context, c string, w store.Write) error {
	if f.away {
		return store.ErrUnavailable
	}
	return f.Engine.Commit(ctx, c, w)
}

// a public web form makes the same lead as any other way, at a bounded rate.
func TestWebForm(t *testing.T) {
	o := start(t, func(s *policy.Sections) { s.Intake.WebFormPerMinute = 3 })
	o.call("wang", "POST", "/v1/forms", body{"name": "官网", "origins": []string{"https://jia.cn"}}).want(403)
	o.call("mei", "POST", "/v1/forms", body{"name": "官网", "origins": []string{"jia.cn/x"}}).want(422)
	key := o.call("mei", "POST", "/v1/forms", body{"name": "官网", "origins": []string{"https://jia.cn"}}).want(201).text("key")
	path := "/v1/forms/" + key
	fields := body{"company": "乙公司", "contact": "李四", "phone": "13900139000", "need": "想看演示"}
	a := o.call("", "POST", path, fields, "Origin", "https://jia.cn").want(201)
	if a.get("received") != true || len(a.body) != 1 || a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%v %s", a.header, a.raw)
	}
	list := o.call("chen", "GET", "/v1/leads?source=website", nil).want(200).items()
	if len(list) != 1 || list[0]["owner"] == "" || list[0]["phone"] != "+8613900139000" || list[0]["created_by"] != "form:"+key || list[0]["status"] != "new" {
		t.Errorf("%v", list)
	}
	o.call("", "POST", path, with(body{"homepage": "http://spam"}, "company", "机器人"), "Origin", "https://jia.cn").want(201)
	if n := len(o.call("chen", "GET", "/v1/leads", nil).items()); n != 1 {
		t.Errorf("%d leads: the honeypot does not hold", n)
	}
	if got := o.call("", "POST", path, body{}, "Origin", "https://jia.cn").want(422).broken(); !strings.Contains(got, "company R-003") {
		t.Errorf("%s", got)
	}
	if got := o.call("", "POST", path, fields, "Origin", "https://yi.cn").want(403); got.text("rule") != "form.origin" {
		t.Errorf("%s", got.raw)
	}
	o.call("", "POST", "/v1/forms/none", fields).want(404)
	o.call("", "POST", path, with(fields, "source", "ads")).want(422)
	delete(fields, "source")
	o.call("", "POST", path, fields).want(201)
	if got := o.call("", "POST", path, fields).want(429); got.header.Get("Retry-After") == "" {
		t.Errorf("%v", got.header)
	}
	o.pass(time.Minute)
	o.call("", "POST", path, fields).want(201)
	o.call("", "POST", path, body{"need": strings.Repeat("a", 32<<10)}).want(413)
	o.call("mei", "PATCH", path, body{"active": false}).want(200)
	o.pass(time.Minute)
	o.call("", "POST", path, fields).want(404)
	r := httptest.NewRequest("OPTIONS", path, nil)
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	if w.Code != 204 || w.Header().Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("preflight %d %v", w.Code, w.Header())
	}
	if n := len(o.call("mei", "GET", "/v1/forms", nil).want(200).items()); n != 1 {
		t.Errorf("%d forms", n)
	}
}

// Marks are set and cleared by journeys, once.
func TestMarks(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	path := "/v1/leads/" + id + "/marks/leak.first_inquiry"
	for range 2 {
		a := o.call("journeys", "PUT", path, body{"evidence": []string{"lead/" + id + "/1/0"}}, "Idempotency-Key", "o:0", "Liuke-Cause", "o").want(200)
		marks := a.get("marks").([]any)
		if m := marks[0].(map[string]any); len(marks) != 1 || m["rule"] != "leak.first_inquiry" || m["cause"] != "o" {
			t.Errorf("%s", a.raw)
		}
	}
	for range 2 {
		if a := o.call("journeys", "DELETE", path, nil, "Idempotency-Key", "p:0").want(200); a.get("marks") != nil {
			t.Errorf("%s", a.raw)
		}
	}
	if got := o.recorded("lead/" + id); len(got) != 3 {
		t.Errorf("facts %v", got)
	}
	o.call("wang", "PUT", path, body{}).want(403)
}

// a high-value slow lead with an overdue task ranks above a low-value recent one, and says why.
func TestQueue(t *testing.T) {
	o := start(t)
	slow := o.lead("wang", 1, body{"value": body{"minor": 100_000_000, "currency": "CNY"}})
	o.call("wang", "POST", "/v1/leads/"+slow+"/follow-ups", o.followUp(body{"next_touch_at": o.in(time.Hour)})).want(201)
	deal := o.call("wang", "POST", "/v1/deals", body{"title": "小项目", "amount": body{"minor": 100_000, "currency": "CNY"}}).want(201).text("id")
	o.pass(3 * 24 * time.Hour)
	recent := o.lead("wang", 2, body{"value": body{"minor": 200_000, "currency": "CNY"}})
	a := o.call("wang", "GET", "/v1/queue", nil).want(200)
	var order []string
	for _, i := range a.items() {
		order = append(order, i["subject"].(map[string]any)["id"].(string))
	}
	if len(order) != 3 || order[0] != slow || order[1] != recent || order[2] != deal {
		t.Errorf("order %v: %s", order, a.raw)
	}
	first := a.items()[0]
	score := first["score"].(map[string]any)
	if first["rank"] != 1.0 || len(score["parts"].([]any)) != 3 || score["reason"].(map[string]any)["zh"] == "" || score["reason"].(map[string]any)["en"] == "" || first["journey_url"] == nil {
		t.Errorf("%v", first)
	}
	if got := o.call("wang", "GET", "/v1/queue?limit=1", nil).want(200); len(got.items()) != 1 || got.get("total") != 3.0 {
		t.Errorf("%s", got.raw)
	}
	if got := o.call("zhou", "GET", "/v1/queue?owner=wang", nil).want(200); len(got.items()) != 3 {
		t.Errorf("%s", got.raw)
	}
	o.call("li", "GET", "/v1/queue?owner=wang", nil).want(403)
	o.call("tech", "GET", "/v1/queue", nil).want(403)
}

// a lead of a customer is not simply given away; one without customer may be, by a manager.
func TestAssignment(t *testing.T) {
	o := start(t)
	id := o.lead("wang", 1)
	path := "/v1/leads/" + id + "/assignment"
	o.call("wang", "POST", path, body{"owner": "li"}).want(403)
	if got := o.call("zhou", "POST", path, body{"owner": "li"}).want(200); got.text("owner") != "li" {
		t.Errorf("%s", got.raw)
	}
	o.call("zhou", "POST", path, body{"owner": "ghost"}).want(422)
	o.link(id, "c1")
	if got := o.call("zhou", "POST", path, body{"owner": "wang"}).want(409); got.text("rule") != "R-046" {
		t.Errorf("%s", got.raw)
	}
}
