package leads_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
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
	"liuke.dev/shared/policy/policytest"
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
	server  *httpx.Server
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
	return directory.Principal(p), nil
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
	if err := o.cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.TemporalLink, c.Namespace = "http://temporal", "liuke"
	o.deps = service.Deps{Config: c, Store: e, Cluster: o.cluster, Policy: policytest.Holder(t, change...), Directory: o.people, Clock: o.now, Log: slog.New(slog.DiscardHandler)}
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
	o.server = r
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
