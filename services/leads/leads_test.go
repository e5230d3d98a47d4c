package leads_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/leads"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

// monday is when tests begin: 10:00 in China.
var monday = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

// office is the service in a company of a few people.
type office struct {
	t       testing.TB
	people  *directory.Directory
	cluster *kafkatest.Memory
	store   store.Engine
	service *leads.Service
	handler http.Handler
	deps    service.Deps
	millis  atomic.Int64
}

type everybody struct{ o *office }

// Verify takes a person's id as the token.
func (v everybody) Verify(_ context.Context, token string) (auth.Principal, error) {
	if token == "journeys" {
		return auth.Principal{ID: token, Roles: []auth.Role{auth.System}}, nil
	}
	p, ok := v.o.people.Person(token)
	if !ok || !p.Active {
		return auth.Principal{}, errors.New("unknown token")
	}
	q := auth.Principal{ID: p.ID, Name: p.Name}
	for _, r := range p.Roles {
		q.Roles = append(q.Roles, auth.Role(r))
	}
	return q, nil
}

func person(id, role, team, supervisor string) catalogue.Person {
	return catalogue.Person{ID: id, Name: id, Roles: []string{role}, Team: team, Supervisor: supervisor, Language: "zh-CN", Zone: "Asia/Shanghai", Active: true}
}

func staff() []catalogue.Person {
	return []catalogue.Person{
		person("chen", "sales_director", "", ""), person("zhou", "sales_manager", "east", "chen"), person("wu", "sales_manager", "west", "chen"),
		person("wang", "salesperson", "east", "zhou"), person("li", "salesperson", "east", "zhou"), person("zhao", "salesperson", "west", "wu"),
		person("mei", "marketing", "", "chen"), person("tech", "technical", "", "chen"),
	}
}

func start(t testing.TB, change ...func(*policy.Sections)) *office {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/leads.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return startOn(t, e, change...)
}

func startOn(t testing.TB, e store.Engine, change ...func(*policy.Sections)) *office {
	t.Helper()
	o := &office{t: t, store: e, people: directory.Of(staff()...), cluster: kafkatest.New()}
	o.millis.Store(int64(monday))
	sections := policy.Defaults()
	for _, c := range change {
		c(&sections)
	}
	holder := policy.NewHolder(1)
	if err := holder.Put(policy.Book{Version: 1, Sections: sections}); err != nil {
		t.Fatal(err)
	}
	if err := o.cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.TemporalLink, c.Namespace = "http://temporal", "liuke"
	o.deps = service.Deps{Config: c, Store: e, Cluster: o.cluster, Policy: holder, Directory: o.people, Clock: o.now, Log: slog.New(slog.DiscardHandler)}
	var err error
	if o.service, err = leads.New(t.Context(), o.deps); err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "leads", Version: "1", Engine: engine, Answers: e, Verifier: everybody{o}, Clock: o.now, Log: o.deps.Log})
	if err != nil {
		t.Fatal(err)
	}
	o.service.Register(r)
	o.handler = engine
	return o
}

func (o *office) now() instant.Time         { return instant.Time(o.millis.Load()) }
func (o *office) pass(d time.Duration)      { o.millis.Add(d.Milliseconds()) }
func (o *office) in(d time.Duration) string { return o.now().Add(d).String() }

// run runs the background work until the test ends.
func (o *office) run() {
	ctx, cancel := context.WithCancel(o.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.service.Run(ctx) }()
	o.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			o.t.Errorf("background work: %v", err)
		}
	})
}

// answer of a request.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// call sends a request as a person; body is JSON or nil. Headers come in pairs.
func (o *office) call(who, method, path string, body any, header ...string) answer {
	o.t.Helper()
	var text string
	switch b := body.(type) {
	case nil:
	case string:
		text = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			o.t.Fatal(err)
		}
		text = string(raw)
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, strings.NewReader(text))
	if text != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	o.handler.ServeHTTP(w, r)
	a := answer{t: o.t, status: w.Code, header: w.Header(), raw: w.Body.Bytes()}
	_ = json.Unmarshal(a.raw, &a.body)
	return a
}

// want fails the test unless the status is the one wanted.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

// get gives a value by its dotted path.
func (a answer) get(path string) any {
	var v any = a.body
	for _, p := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

func (a answer) text(path string) string {
	s, _ := a.get(path).(string)
	return s
}

func (a answer) items() []map[string]any {
	list, _ := a.body["items"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, i := range list {
		out = append(out, i.(map[string]any))
	}
	return out
}

// broken gives "field rule" of every field error.
func (a answer) broken() string {
	var p httpx.Problem
	_ = json.Unmarshal(a.raw, &p)
	var out []string
	for _, f := range p.Errors {
		out = append(out, f.Field+" "+f.Rule)
	}
	return strings.Join(out, ", ")
}

type body = map[string]any

func newLead(n int) body {
	return body{"company": fmt.Sprintf("公司%d", n), "contact": "张三", "phone": fmt.Sprintf("138%08d", n), "source": "ads", "need": fmt.Sprintf("需求%d", n)}
}

// lead records a lead as a person and gives its id.
func (o *office) lead(who string, n int, more ...body) string {
	o.t.Helper()
	b := newLead(n)
	for _, m := range more {
		for k, v := range m {
			b[k] = v
		}
	}
	return o.call(who, "POST", "/v1/leads", b).want(201).text("id")
}

// link tells a lead its customer, as its journey does.
func (o *office) link(id, customer string) answer {
	o.t.Helper()
	return o.call("journeys", "PUT", "/v1/leads/"+id+"/customer", body{"customer": customer}, "Idempotency-Key", "match:"+id, "Liuke-Cause", "lead:"+id+":match:1").want(200)
}

func (o *office) followUp(more ...body) body {
	b := body{"occurred_at": o.in(-time.Minute), "channel": "phone", "direction": "outbound", "key_points": "聊了需求", "next_action": "发方案",
		"next_touch_at": o.in(24 * time.Hour), "result": "interested", "objections": []string{}, "customer_type": "new", "budget_band": "medium"}
	for _, m := range more {
		for k, v := range m {
			if v == nil {
				delete(b, k)
			} else {
				b[k] = v
			}
		}
	}
	return b
}

// recorded gives the facts of an aggregate by the last part of their type's name.
func (o *office) recorded(aggregate string) []string {
	o.t.Helper()
	kept, err := o.store.History(o.t.Context(), aggregate, 0, 500)
	if err != nil {
		o.t.Fatal(err)
	}
	var names []string
	for _, f := range kept {
		parts := strings.Split(f.Type, ".")
		names = append(names, parts[2])
	}
	return names
}

// eventually waits until a condition holds.
func (o *office) eventually(what string, holds func() bool) {
	o.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("%s: not after two minutes", what)
		}
	}
}

func with(b body, pairs ...any) body {
	for i := 0; i+1 < len(pairs); i += 2 {
		b[pairs[i].(string)] = pairs[i+1]
	}
	return b
}

func absence(from instant.Time, d time.Duration, delegate string) catalogue.Absence {
	return catalogue.Absence{ID: "a1", From: from, To: from.Add(d), Delegate: delegate}
}

func (o *office) decode(raw []byte, into any) {
	o.t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		o.t.Fatal(err)
	}
}

// changeOwnerAlone changes an ownership with its fact, and nothing that follows it.
func (o *office) changeOwnerAlone(customer, to string) {
	o.t.Helper()
	docs := store.Of[map[string]any](o.store, store.Spec{Name: "ownership"})
	d, err := docs.Get(o.t.Context(), customer)
	if err != nil {
		o.t.Fatal(err)
	}
	before := catalogue.Ownership{Customer: customer, Owner: d.Body["owner"].(string), Since: monday}
	after := before
	after.Owner = to
	d.Body["owner"], d.Body["change"] = to, "transfer"
	f, err := facts.Record(o.t.Context(), facts.Stamp{Source: "liuke/leads", At: o.now(), Customer: customer}, d.Version+1,
		&catalogue.OwnerChanged{Before: before, After: after, Reason: "transfer"})
	if err != nil {
		o.t.Fatal(err)
	}
	if err := docs.Commit(o.t.Context(), d, "", f); err != nil {
		o.t.Fatal(err)
	}
}
