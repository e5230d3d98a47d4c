package notifications_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/notifications"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

var callers = authtest.Tokens{
	"journeys": {ID: "journeys", Roles: []auth.Role{auth.System}},
	"wang":     {ID: "wang", Roles: []auth.Role{auth.Salesperson}},
	"zhao":     {ID: "zhao", Roles: []auth.Role{auth.Salesperson}},
	"li":       {ID: "li", Roles: []auth.Role{auth.Salesperson}},
	"boss":     {ID: "boss", Roles: []auth.Role{auth.SalesManager}},
	"director": {ID: "director", Roles: []auth.Role{auth.SalesDirector}},
	"admin":    {ID: "admin", Roles: []auth.Role{auth.Administrator}},
}

func staff() []catalogue.Person {
	return []catalogue.Person{
		{ID: "wang", Name: "王", Email: "wang@firm.test", Language: "zh-CN", Active: true, Team: "east", Supervisor: "boss", Roles: []string{"salesperson"}, Zone: "Asia/Shanghai"},
		{ID: "zhao", Name: "赵", Email: "zhao@firm.test", Language: "en", Active: true, Team: "west", Supervisor: "boss", Roles: []string{"salesperson"}, Zone: "Asia/Shanghai"},
		{ID: "li", Name: "李", Email: "li@firm.test", Active: true, Team: "north", Supervisor: "director", Roles: []string{"salesperson"}},
		{ID: "boss", Name: "主管", Email: "boss@firm.test", Active: true, Team: "lead", Supervisor: "director", Roles: []string{"sales_manager"}},
		{ID: "director", Name: "总监", Email: "director@firm.test", Active: true, Roles: []string{"sales_director"}},
		{ID: "admin", Name: "管理员", Active: true, Roles: []string{"administrator"}},
		{ID: "mate", Name: "周", Active: true, Team: "east", Supervisor: "boss", Roles: []string{"salesperson"}, Zone: "Asia/Shanghai"},
	}
}

// office is the service on a store of its own, with everything running.
type office struct {
	t      testing.TB
	store  store.Engine
	people *directory.Directory
	kafka  *kafkatest.Memory
	health *health.Board
	server *httptest.Server
	now    atomic.Int64 // 0: the real time
	n      atomic.Int64
}

// noon is a working day's noon in Shanghai.
var noon = instant.Of(time.Date(2026, 3, 4, 4, 0, 0, 0, time.UTC))

func (o *office) clock() instant.Time {
	if n := o.now.Load(); n != 0 {
		return instant.Time(n)
	}
	return instant.Now()
}

func start(t testing.TB, c config.Config, change ...func(*policy.Sections)) *office {
	t.Helper()
	o := &office{t: t, people: directory.Of(staff()...), kafka: kafkatest.New(), health: health.New(instant.Now)}
	var err error
	if o.store, err = sqlite.Open(context.Background(), t.TempDir()+"/notifications.db"); err != nil {
		t.Fatal(err)
	}
	if err := o.kafka.EnsureTopics(t.Context(), facts.Topics(4, 1)); err != nil {
		t.Fatal(err)
	}
	c.TemporalLink, c.Namespace = "http://temporal", "liuke"
	s, err := notifications.New(t.Context(), service.Deps{Config: c, Store: o.store, Clock: o.clock, Log: slog.New(slog.DiscardHandler), Directory: o.people,
		Policy: policytest.Holder(t, change...), Cluster: o.kafka, Health: o.health})
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "notifications", Version: "1", Engine: engine, Answers: o.store, Verifier: callers, Clock: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	s.Register(r)
	ctx, stop := context.WithCancel(context.Background())
	o.server = httptest.NewUnstartedServer(engine)
	o.server.Start()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		o.server.CloseClientConnections()
		o.server.Close()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		_ = o.store.Close()
	})
	return o
}

// call answers status and headers of a request by a person.
func (o *office) call(who, method, path string, body, into any, header ...string) (int, http.Header) {
	o.t.Helper()
	resp := httpxtest.Send(o.t, who, method, o.server.URL+path, body, header...)
	defer func() { _ = resp.Body.Close() }()
	if _, wantsProblem := into.(*httpx.Problem); into != nil && (resp.StatusCode < 300) != wantsProblem {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			o.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return resp.StatusCode, resp.Header
}

// tell publishes a fact of another service, as its relay does.
func (o *office) tell(aggregate string, version int64, data ...catalogue.Data) {
	o.t.Helper()
	collection, id, _ := strings.Cut(aggregate, "/")
	list, err := facts.RecordAll(o.t.Context(), facts.Stamp{Source: "liuke/test", At: o.clock()}, version, data...)
	if err != nil {
		o.t.Fatal(err)
	}
	w := store.Write{Record: store.Record{ID: id, Version: version - 1, Body: json.RawMessage("{}")}, Facts: list}
	if err := store.Seal(collection, &w); err != nil {
		o.t.Fatal(err)
	}
	for _, f := range w.Facts {
		e, err := facts.Stored(f)
		if err != nil {
			o.t.Fatal(err)
		}
		if err := o.kafka.Produce(o.t.Context(), []kafka.Message{facts.ToMessage(e, f.Topic, aggregate)}); err != nil {
			o.t.Fatal(err)
		}
	}
}

type taskSeen struct {
	catalogue.Task
	Owner      string `json:"owner"`
	Version    int64
	WhyURL     string `json:"why_url"`
	JourneyURL string `json:"journey_url"`
}

func (o *office) task(id string) (t taskSeen) {
	o.t.Helper()
	if status, _ := o.call("director", "GET", "/v1/tasks/"+id, nil, &t); status != 200 {
		return taskSeen{}
	}
	return t
}

// eventually waits until a condition holds.
func (o *office) eventually(what string, holds func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(3 * time.Millisecond) {
		if holds() {
			return
		}
	}
	o.t.Errorf("not in time: %s", what)
}

func (o *office) list(who, query string) []taskSeen {
	o.t.Helper()
	var all []taskSeen
	after := ""
	for {
		var page struct {
			Items []taskSeen
			Next  string
		}
		if status, _ := o.call(who, "GET", "/v1/tasks?"+query+"&after="+after, nil, &page); status != 200 {
			o.t.Fatalf("list %s: %d", query, status)
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all
		}
	}
}

func (o *office) open(id, kind, subject, assignee string, due instant.Time) int {
	o.t.Helper()
	sk, si, _ := strings.Cut(subject, "/")
	status, _ := o.call("journeys", "PUT", "/v1/tasks/"+id, map[string]any{"kind": kind, "subject": catalogue.Subject{Kind: sk, ID: si},
		"title": lang.T("做", "do"), "assignee": assignee, "due": due, "rule": kind}, nil, "Liuke-Cause", "obligation:"+id, "Idempotency-Key", id)
	return status
}

func (o *office) id() string { return fmt.Sprintf("t%d", o.n.Add(1)) }
