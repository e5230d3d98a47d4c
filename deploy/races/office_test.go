package races

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
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
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// monday is when the office opens: 10:00 in China.
var monday = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

// sales are who takes customers from one another; chen stands above all.
var sales = []string{"wang", "li", "zhao", "qian"}

func staff() []catalogue.Person {
	all := []catalogue.Person{{ID: "chen", Name: "chen", Roles: []string{"sales_director"}, Active: true}}
	for _, id := range sales {
		all = append(all, catalogue.Person{ID: id, Name: id, Roles: []string{"salesperson"}, Team: "east", Supervisor: "chen", Active: true})
	}
	return all
}

func newPeople() *directory.Directory { return directory.Of(staff()...) }

// office is a service in several instances on one store.
type office struct {
	t       *testing.T
	people  *directory.Directory
	shaken  []*shaken
	desks   []http.Handler // one per instance
	millis  atomic.Int64
	clock   instant.Clock // nil: the office's own
	command atomic.Int64
	ended   sync.WaitGroup
}

// Verify takes a person's id as the token.
func (o *office) Verify(_ context.Context, token string) (auth.Principal, error) {
	if token == "journeys" {
		return auth.Principal{ID: token, Roles: []auth.Role{auth.System}}, nil
	}
	if token == "admin" {
		return auth.Principal{ID: token, Roles: []auth.Role{auth.Administrator}}, nil
	}
	p, ok := o.people.Person(token)
	if !ok {
		return auth.Principal{}, errors.New("unknown token")
	}
	return directory.Principal(p), nil
}

// open makes an office of leads, one instance per engine.
func open(t *testing.T, engines []store.Engine, change ...func(*policy.Sections)) *office {
	t.Helper()
	o := &office{t: t, people: newPeople()}
	o.millis.Store(int64(monday))
	change = append(change, func(s *policy.Sections) { s.Ownership.ClaimsPerDay, s.Ownership.HoldLimit = 10_000, 10_000 })
	for _, e := range engines {
		o.add(e, func(ctx context.Context, d service.Deps) (service.Service, error) {
			d.Policy = policytest.Holder(t, change...)
			return leads.New(ctx, d)
		})
	}
	return o
}

// add makes one more instance and serves it.
func (o *office) add(e store.Engine, found func(context.Context, service.Deps) (service.Service, error)) {
	o.t.Helper()
	s := &shaken{Engine: e}
	o.shaken = append(o.shaken, s)
	cluster := kafkatest.New()
	if err := cluster.EnsureTopics(o.t.Context(), facts.Topics(2, 1)); err != nil {
		o.t.Fatal(err)
	}
	c := config.Default()
	c.Origin, c.TemporalLink, c.Namespace = "http://127.0.0.1:8080", "http://temporal", "liuke"
	d := service.Deps{Config: c, Store: s, Cluster: cluster, Directory: o.people, Clock: o.now, Log: slog.New(slog.DiscardHandler)}
	one, err := found(o.t.Context(), d)
	if err != nil {
		o.t.Fatal(err)
	}
	engine := httpx.NewEngine()
	server, err := httpx.New(o.t.Context(), httpx.Config{Name: "races", Version: "1", Engine: engine, Answers: s, Verifier: o, Clock: o.now, Log: d.Log})
	if err != nil {
		o.t.Fatal(err)
	}
	one.Register(server)
	o.desks = append(o.desks, engine)
}

func (o *office) now() instant.Time {
	if o.clock != nil {
		return o.clock()
	}
	return instant.Time(o.millis.Load())
}

// fail lets so many of a hundred commits fail from now on.
func (o *office) fail(percent int64) {
	for _, s := range o.shaken {
		s.percent.Store(percent)
	}
}

type body = map[string]any

// answer of a request.
type answer struct {
	status  int
	version int64
	again   bool // the command was sent twice
	etag    string
	raw     []byte
	body    body
}

func (a answer) text(name string) string { s, _ := a.body[name].(string); return s }

// seen turns an answer into what models see.
func (a answer) seen() seen {
	return seen{OK: a.status < 300, Unknown: a.status >= 500, Again: a.again, Status: a.status, Rule: a.text("rule"), Version: a.version, Owner: a.text("owner"), Pooled: a.body["pooled"] == true,
		Stage: a.text("stage"), ID: a.text("id")}
}

// call sends a request to any instance. A command whose outcome is unknown is
// sometimes sent once more, under its key, as clients are told to.
func (o *office) call(who, method, path string, in any, header ...string) answer {
	if method != "GET" {
		header = append([]string{"Idempotency-Key", "c" + strconv.FormatInt(o.command.Add(1), 10)}, header...)
	}
	for n := 0; ; n++ {
		w := httpxtest.Serve(o.t, o.desks[rand.IntN(len(o.desks))], who, method, path, in, header...)
		a := answer{status: w.Code, raw: w.Body.Bytes(), again: n > 0}
		a.etag = w.Header().Get("ETag")
		a.version, _ = strconv.ParseInt(strings.Trim(a.etag, `W/"`), 10, 64)
		_ = json.Unmarshal(a.raw, &a.body)
		if a.status < 500 || n > 0 || rand.IntN(2) == 0 {
			return a
		}
	}
}

// must is a call that has to go well, before the race begins.
func (o *office) must(who, method, path string, in any, header ...string) answer {
	o.t.Helper()
	a := o.call(who, method, path, in, header...)
	if a.status >= 300 {
		o.t.Fatalf("%s %s: %d %s", method, path, a.status, a.raw)
	}
	return a
}

// customer makes a customer of somebody with one open lead, and gives the lead.
func (o *office) customer(id, owner string, n int) string {
	o.t.Helper()
	lead := o.lead(owner, n)
	o.must("journeys", "PUT", "/v1/leads/"+lead+"/customer", body{"customer": id}, "Liuke-Cause", "lead:"+lead+":match:1")
	return lead
}

func (o *office) lead(owner string, n int) string {
	o.t.Helper()
	return o.must(owner, "POST", "/v1/leads", body{"company": fmt.Sprint("公司", n), "contact": "张三", "phone": fmt.Sprintf("138%08d", n), "source": "ads", "need": fmt.Sprint("需求", n)}).text("id")
}

// together lets clients work at once, each so many rounds with luck of its own.
func (o *office) together(clients, rounds int, work func(client int, r *rand.Rand)) {
	for c := range clients {
		o.ended.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), uint64(c))) //nolint:gosec // a race is not repeatable anyhow
			for range rounds {
				work(c, r)
			}
		})
	}
	o.ended.Wait()
}
