package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/httpapi"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/store/engines"
)

const day = 24 * time.Hour

// house is the service over HTTP with a few people: Ann and Ben sell for Mia,
// Carl sells for Max, Dora directs.
type house struct {
	t       testing.TB
	app     *app.App
	policy  *policy.Holder
	handler http.Handler
	server  *httpx.Server
	clock   atomic.Int64
}

var houseBegins = instant.Of(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, policy: policytest.Holder(t)}
	h.clock.Store(int64(houseBegins))
	e, err := engines.Open(context.Background(), "sqlite:"+t.TempDir(), "leads")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	people := directory.Of(
		person("ann", "mia", auth.Salesperson), person("ben", "mia", auth.Salesperson), person("carl", "max", auth.Salesperson),
		person("mia", "dora", auth.SalesManager), person("max", "dora", auth.SalesManager), person("dora", "", auth.SalesDirector), person("pbx", "dora", auth.Technical))
	known := authtest.Tokens{"journeys": {ID: "journeys", Roles: []auth.Role{auth.System}}}
	for _, id := range people.Active() {
		p, _ := people.Person(id)
		known[id] = auth.Principal{ID: id, Roles: []auth.Role{auth.Role(p.Roles[0])}}
	}
	clock := func() instant.Time { return instant.Time(h.clock.Load()) }
	h.app, err = app.New(context.Background(), app.Config{Engine: e, People: people, Policy: h.policy, Clock: clock,
		Journey: func(kind, id string) string { return "http://temporal/" + kind + "/" + id }})
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	s, err := httpx.New(context.Background(), httpx.Config{Name: "leads", Version: "1", Engine: engine, Answers: e, Verifier: known, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	httpapi.Register(s, h.app)
	h.handler, h.server = engine, s
	return h
}

func person(id, boss string, role auth.Role) catalogue.Person {
	return catalogue.Person{ID: id, Name: strings.ToUpper(id[:1]) + id[1:], Supervisor: boss, Roles: []string{string(role)}, Active: true}
}

func (h *house) pass(d time.Duration) { h.clock.Add(d.Milliseconds()) }

// answer is what came back.
type answer struct {
	t       testing.TB
	status  int
	header  http.Header
	raw     []byte
	decoded map[string]any
}

func (h *house) call(who, method, path, body string, headers ...string) answer {
	h.t.Helper()
	w := httpxtest.Serve(h.t, h.handler, who, method, path, body, headers...)
	a := answer{t: h.t, status: w.Code, header: w.Result().Header, raw: w.Body.Bytes()}
	d := json.NewDecoder(bytes.NewReader(a.raw))
	d.UseNumber()
	_ = d.Decode(&a.decoded) // not every answer is JSON
	return a
}

// at gives a value of the answer by its dotted path.
func (a answer) at(path string) any {
	var v any = a.decoded
	for _, part := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			n := 0
			if _, err := fmt.Sscan(part, &n); err != nil || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

func (a answer) is(status int, pairs ...any) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if got := a.at(pairs[i].(string)); fmt.Sprint(got) != fmt.Sprint(pairs[i+1]) {
			a.t.Fatalf("%s is %v, want %v: %s", pairs[i], got, pairs[i+1], a.raw)
		}
	}
	return a
}

func (a answer) text(path string) string { return fmt.Sprint(a.at(path)) }

// openDeal opens a deal of somebody and gives its path.
func (h *house) openDeal(who, body string) string {
	h.t.Helper()
	a := h.call(who, "POST", "/v1/deals", body).is(201)
	return a.header.Get("Location")
}
