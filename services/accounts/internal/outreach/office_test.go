package outreach_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/outreach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

func init() { _ = flag.Set("rapid.checks", "12") } // each opens a store of its own

const (
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

// monday is a working day's morning, 10:00 in Shanghai.
var monday = at("2026-03-02 10:00")

func at(text string) instant.Time {
	v, err := instant.Parse(text[:10] + "T" + text[11:] + ":00+08:00")
	if err != nil {
		panic(err)
	}
	return v
}

var callers = authtest.Tokens{
	"journeys": {ID: "journeys", Roles: []auth.Role{auth.System}},
	"wang":     {ID: "wang", Roles: []auth.Role{auth.Salesperson}},
	"zhao":     {ID: "zhao", Roles: []auth.Role{auth.Salesperson}},
	"service":  {ID: "service", Roles: []auth.Role{auth.Service}},
	"ops":      {ID: "ops", Roles: []auth.Role{auth.Operations}},
	"product":  {ID: "product", Roles: []auth.Role{auth.Product}},
	"admin":    {ID: "admin", Roles: []auth.Role{auth.Administrator}},
}

// files are customers' files as outreach asks for them.
type files struct {
	mu    sync.Mutex
	files map[string]customer.File
	guard access.Guard
}

func (f *files) Root(_ context.Context, id string) (customer.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.files[id]
	if ok && c.MergedInto != "" {
		c, ok = f.files[c.MergedInto]
	}
	if !ok {
		return customer.File{}, store.ErrNotFound
	}
	return c, nil
}

func (f *files) Permitted(ctx context.Context, p auth.Principal, a access.Action, id string) (customer.File, access.Holder, error) {
	c, err := f.Root(ctx, id)
	if err != nil {
		return c, access.Holder{}, problem.Missing("客户", "customer", id)
	}
	h := access.Holder{Owner: "wang"}
	return c, h, f.guard.May(p, a, h)
}

func (f *files) put(id string, edit func(*customer.File)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.files[id]
	if !ok {
		c = customer.File{Customer: catalogue.Customer{ID: id, Name: id, Emails: []string{id + "@customer.test"}, Phones: []string{"+8613610000001"}}}
	}
	if edit != nil {
		edit(&c)
	}
	f.files[id] = c
}

// office is outreach on a store of its own, with a clock that stands still.
type office struct {
	*outreach.Outreach
	t     testing.TB
	store storetest.Faulty
	files *files
	now   atomic.Int64
	url   string
}

func open(t testing.TB, change ...func(*policy.Sections)) *office {
	t.Helper()
	e, err := sqlite.Open(context.Background(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t}
	o.store.Engine = e
	o.now.Store(int64(monday))
	guard := access.New(directory.Of(catalogue.Person{ID: "wang", Active: true, Team: "east"}, catalogue.Person{ID: "zhao", Active: true, Team: "west"}), o.clock)
	o.files = &files{files: map[string]customer.File{}, guard: guard}
	o.files.put("c", nil)
	o.Outreach, err = outreach.New(t.Context(), outreach.Config{Engine: &o.store, Files: o.files, Guard: guard, Policy: policytest.Holder(t, change...), Clock: o.clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "accounts", Version: "1", Engine: engine, Answers: e, Verifier: callers})
	if err != nil {
		t.Fatal(err)
	}
	o.Register(r)
	server := httptest.NewServer(engine)
	o.url = server.URL
	t.Cleanup(func() { server.Close(); _ = e.Close() })
	return o
}

func (o *office) clock() instant.Time { return instant.Time(o.now.Load()) }

// later lets the time pass to an instant and sends what is due.
func (o *office) later(to instant.Time) {
	o.t.Helper()
	o.now.Store(int64(to))
	if err := o.Round(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

func mail(customer, department string) effects.ReachCustomer {
	return effects.ReachCustomer{Customer: customer, Channel: "mail", Purpose: "care", Department: department, Subject: lang.T("您好", "Hello"), Text: lang.T("近况如何？", "How are you?")}
}

func (o *office) reach(id string, ask effects.ReachCustomer) catalogue.Outreach {
	o.t.Helper()
	c, err := o.Reach(o.t.Context(), id, "journeys", ask)
	if err != nil && c.Status != catalogue.OutreachRefused {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) see(id string) catalogue.Outreach {
	o.t.Helper()
	c, err := o.Get(o.t.Context(), callers["journeys"], id)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

// steps gives the steps of a contact, as its facts tell them.
func (o *office) steps(id string) (out []string) {
	o.t.Helper()
	history, err := o.store.History(o.t.Context(), "outreach/"+id, 0, 100)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range history {
		var d struct {
			Data catalogue.OutreachStepped `json:"data"`
		}
		if err := json.Unmarshal(f.Body, &d); err != nil {
			o.t.Fatal(err)
		}
		out = append(out, d.Data.Change)
	}
	return out
}

// tell brings a fact of another part.
func (o *office) tell(aggregate string, d catalogue.Data) error {
	o.t.Helper()
	raw, err := json.Marshal(d)
	if err != nil {
		o.t.Fatal(err)
	}
	return o.Observe(o.t.Context(), facts.Event{ID: aggregate + "/1/0", Type: d.Kind().Type, Aggregate: aggregate, Version: 1, Time: o.clock(), Data: raw})
}

func (o *office) call(who, method, path string, body, into any, header ...string) int {
	o.t.Helper()
	resp := httpxtest.Send(o.t, who, method, o.url+path, body, header...)
	defer func() { _ = resp.Body.Close() }()
	_, wantsProblem := into.(*httpx.Problem)
	if into != nil && (resp.StatusCode < 300) != wantsProblem {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			o.t.Fatal(fmt.Errorf("%s %s: %w", method, path, err))
		}
	}
	return resp.StatusCode
}
