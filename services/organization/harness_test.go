package organization_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/organization"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

// office is a running organization with a clock of its own.
type office struct {
	t       *testing.T
	dir     string
	url     string
	now     atomic.Int64
	engine  *flaky
	service *organization.Service
	key     *auth.Key
	deps    service.Deps
	handler http.Handler
	server  *httpx.Server
	ids     map[string]string
}

// flaky is a store that can be away.
type flaky struct {
	store.Engine
	away atomic.Bool
	fail atomic.Value // collection whose commits fail
	// With the brake on nothing is written after a failed commit, as in a crash.
	brake, dead atomic.Bool
}

func (f *flaky) Get(ctx context.Context, c, id string) (store.Record, error) {
	if f.away.Load() {
		return store.Record{}, store.ErrUnavailable
	}
	return f.Engine.Get(ctx, c, id)
}

func (f *flaky) Commit(ctx context.Context, c string, w store.Write) error {
	if f.dead.Load() && f.brake.Load() {
		return store.ErrUnavailable
	}
	if f.away.Load() || f.fail.Load() == c {
		f.dead.Store(true)
		return store.ErrUnavailable
	}
	return f.Engine.Commit(ctx, c, w)
}

const start = "2026-11-23T02:00:00Z" // a Monday, 10:00 in Shanghai

func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), ids: map[string]string{}}
	at, err := instant.Parse(start)
	if err != nil {
		t.Fatal(err)
	}
	o.now.Store(int64(at))
	o.url = "http://127.0.0.1:8080"
	o.restart()
	return o
}

// restart opens everything anew on the same directory.
func (o *office) restart() {
	o.t.Helper()
	ctx := context.Background()
	if o.engine != nil {
		o.engine.away.Store(false)
		if err := o.engine.Close(); err != nil {
			o.t.Fatal(err)
		}
	}
	e, err := engines.Open(ctx, "sqlite:"+o.dir, "organization")
	if err != nil {
		o.t.Fatal(err)
	}
	o.engine = &flaky{Engine: e}
	o.t.Cleanup(func() { _ = e.Close() })
	if o.key, err = auth.LoadOrCreateKey(filepath.Join(o.dir, "service.pem")); err != nil {
		o.t.Fatal(err)
	}
	c := config.Default()
	c.Origin = o.url
	d := directory.New()
	verifier := &auth.Verifier{Key: o.key, Person: func(subject, _ string) (auth.Principal, bool) {
		p, ok := d.Person(subject)
		return directory.Principal(p), ok && p.Active
	}}
	clock := func() instant.Time { return instant.Time(o.now.Load()) }
	o.deps = service.Deps{Config: c, Store: o.engine, Policy: policy.NewHolder(1), Directory: d, Clock: clock, Log: slog.New(slog.DiscardHandler), Key: o.key, Verifier: verifier}
	if err := o.serve(); err != nil {
		o.t.Fatal(err)
	}
}

// serve opens the service with o.deps and serves it.
func (o *office) serve() (err error) {
	ctx := context.Background()
	if o.service, err = organization.New(ctx, o.deps); err != nil {
		return err
	}
	g := httpx.NewEngine()
	server, err := httpx.New(ctx, httpx.Config{Name: "organization", Version: "test", Engine: g, Verifier: o.deps.Verifier, Answers: o.engine, Clock: o.deps.Clock, Log: o.deps.Log})
	if err != nil {
		return err
	}
	o.service.Register(server)
	o.server = server
	o.handler = g
	return nil
}

// add makes a person by name, who is known by it in the test.
func (o *office) add(name, supervisor string, roles ...auth.Role) string {
	o.t.Helper()
	p := catalogue.Person{ID: name, Name: name, Email: name + "@example.com", Supervisor: supervisor}
	for _, r := range roles {
		p.Roles = append(p.Roles, string(r))
	}
	if _, err := o.service.AddPerson(o.t.Context(), p, ""); err != nil {
		o.t.Fatal(err)
	}
	return name
}

// staff is a small company.
func (o *office) staff() {
	o.add("admin", "", auth.Administrator)
	o.add("director", "", auth.SalesDirector)
	o.add("manager", "director", auth.SalesManager)
	o.add("wang", "manager", auth.Salesperson)
	o.add("li", "manager", auth.Salesperson)
	o.add("outsider", "director", auth.Service)
}

// answer is what came back.
type answer struct {
	*httptest.ResponseRecorder
	t *testing.T
}

// call sends a request as somebody; "" is nobody.
func (o *office) call(who, method, path, body string, header ...string) answer {
	o.t.Helper()
	token := ""
	if who != "" {
		p := auth.Principal{ID: who}
		if who == "journeys" {
			p.Roles = []auth.Role{auth.System}
		}
		var err error
		if token, err = o.key.Issue(p, time.Hour); err != nil {
			o.t.Fatal(err)
		}
	}
	return answer{httpxtest.Serve(o.t, o.handler, token, method, path, body, header...), o.t}
}

// want checks the status.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("status %d, want %d: %s", a.Code, status, a.Body)
	}
	return a
}

// refused checks the status and the rule or field that refused.
func (a answer) refused(status int, what string) {
	a.t.Helper()
	var p struct {
		Code   string `json:"code"`
		Rule   string `json:"rule"`
		Text   struct{ Zh, En string }
		Errors []problem.Field `json:"errors"`
	}
	if err := json.Unmarshal(a.Body.Bytes(), &p); err != nil {
		a.t.Fatalf("status %d, not a problem: %s", a.Code, a.Body)
	}
	found := p.Rule == what || p.Code == what
	for _, f := range p.Errors {
		found = found || f.Field+" "+f.Rule == what
		if f.Text.Zh == "" || f.Text.En == "" {
			a.t.Errorf("%s has no text in both languages", f.Field)
		}
	}
	if a.Code != status || !found || p.Text.Zh == "" || p.Text.En == "" {
		a.t.Errorf("status %d, want %d for %s: %s", a.Code, status, what, a.Body)
	}
}

func read[T any](a answer) T {
	a.t.Helper()
	var v T
	if err := json.Unmarshal(a.Body.Bytes(), &v); err != nil {
		a.t.Fatalf("%v: %s", err, a.Body)
	}
	return v
}

// recorded gives the facts of an aggregate, oldest first.
func (o *office) recorded(aggregate string) []facts.Event {
	o.t.Helper()
	all, err := o.engine.History(o.t.Context(), aggregate, 0, 100)
	if err != nil {
		o.t.Fatal(err)
	}
	out := make([]facts.Event, len(all))
	for i, f := range all {
		if out[i], err = facts.Stored(f); err != nil {
			o.t.Fatal(err)
		}
	}
	return out
}

func (o *office) pass(d time.Duration) { o.now.Add(d.Milliseconds()) }
