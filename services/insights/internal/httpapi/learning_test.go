package httpapi_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/httpapi"
	"liuke.dev/services/insights/internal/learning"
	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/standing"
	"liuke.dev/shared/store/sqlite"
)

// today is when the company of these tests learns.
var today = instant.Of(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))

// firm writes the facts of a company: customers with rhythms of their own, some of
// whom complain, are not heard and stop.
type firm struct {
	t      *testing.T
	events []facts.Event
	n      int64
}

func (f *firm) tell(aggregate, customer string, at instant.Time, d catalogue.Data) {
	f.t.Helper()
	f.n++
	d.SetHead(catalogue.Head{AggregateVersion: f.n, Actor: catalogue.Actor{ID: "crm", Kind: catalogue.ActorImport}, Customer: customer})
	raw, err := json.Marshal(d)
	if err != nil {
		f.t.Fatal(err)
	}
	f.events = append(f.events, facts.Event{ID: fmt.Sprintf("%s/%d/0", aggregate, f.n), Type: d.Kind().Type, Subject: aggregate, Aggregate: aggregate, Time: at, Customer: customer, Version: f.n, Data: raw})
}

func (f *firm) entry(customer, kind string, at instant.Time, direction string) {
	f.n++
	e := catalogue.TimelineEntry{ID: fmt.Sprintf("crm:%d", f.n), Customer: customer, Kind: kind, Source: "crm", SourceID: fmt.Sprint(f.n), OccurredAt: at, RecordedAt: at, Direction: direction}
	if kind == catalogue.EntryOrder {
		a := money.Of(100_000, "CNY")
		e.Amount = &a
	}
	f.tell("timeline/"+e.ID, customer, at, &catalogue.TimelineRecorded{After: e})
}

// history makes so many customers over two years, drawn from a fixed seed.
func history(t *testing.T, customers int) *firm {
	t.Helper()
	f := &firm{t: t}
	r := rand.New(rand.NewPCG(7, 7))
	for i := range customers {
		id := fmt.Sprintf("c%03d", i)
		at := today.Add(-time.Duration(700-r.IntN(60)) * day)
		f.tell("customer/"+id, id, at, &catalogue.CustomerCreated{After: catalogue.Customer{ID: id, Kind: "company", Name: id, CreatedAt: at}})
		gap := 28 + r.IntN(12)
		for leaves := 9 + r.IntN(10); at < today; leaves-- {
			f.entry(id, catalogue.EntryOrder, at, catalogue.Inbound)
			if leaves <= 2 && i%4 != 0 { // it goes sour before it ends
				for range 2 {
					f.entry(id, catalogue.EntryComplaint, at.Add(5*day), catalogue.Inbound)
				}
			}
			if leaves == 0 && i%4 != 0 {
				if i%5 == 0 {
					lost := at.Add(60 * day)
					if lost < today {
						f.tell("churn_review/"+id+".1", id, lost, &catalogue.ChurnConfirmed{After: catalogue.ChurnReview{ID: id + ".1", Customer: id, Status: catalogue.ChurnOpen, ChurnedOn: lost, Evidence: "…"}})
					}
				}
				break
			}
			at = at.Add(time.Duration(gap+r.IntN(7)-3) * day)
		}
	}
	return f
}

type school struct {
	t       *testing.T
	book    *learning.Book
	project *project.Projector
	engine  http.Handler
	holder  *policy.Holder
}

func learns(t *testing.T) *school {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	c, err := record.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() instant.Time { return today }
	holder := policytest.Holder(t)
	book, err := learning.Open(t.Context(), e, c, holder, clock)
	if err != nil {
		t.Fatal(err)
	}
	engine := httpx.NewEngine()
	r, err := httpx.New(t.Context(), httpx.Config{Name: "insights", Version: "1", Engine: engine, Answers: e, Verifier: authtest.Tokens{
		"director": {ID: "director", Roles: []auth.Role{auth.SalesDirector}}, "li": {ID: "li", Roles: []auth.Role{auth.Success}}, "wang": {ID: "wang", Roles: []auth.Role{auth.Salesperson}}}})
	if err != nil {
		t.Fatal(err)
	}
	(&httpapi.Learning{Book: book, Guard: access.New(staff, clock)}).Register(r)
	return &school{t, book, project.New(c, book), engine, holder}
}

func (s *school) read(events []facts.Event) {
	s.t.Helper()
	for _, err := range s.project.Batch(s.t.Context(), events) {
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *school) call(who, method, path, body string, into any) int {
	s.t.Helper()
	r := httptest.NewRequest(method, "/v1/insights/learning"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+who)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.engine.ServeHTTP(w, r)
	if into != nil && w.Code < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			s.t.Fatal(err)
		}
	}
	return w.Code
}

type proposal struct {
	learning.Proposal
	InForce bool `json:"in_force"`
	Publish []struct {
		Method, Path string
		Body         json.RawMessage
	}
}

const usual = `{"lost_after_days":120}`

// D-8, R-104: losses label what was recorded; a new version is learnt, back-tested against the one in force and the
// plain rule, runs in shadow, and is approved by a person, who is told what to publish. What shadow warned of, live and
// fact by fact in any order, is what a back-test of the same facts warns of.
func TestTheScoreLearnsInTheOpen(t *testing.T) {
	s := learns(t)
	f := history(t, 220)
	cut := today.Add(-40 * day)
	var before, after []facts.Event
	for _, e := range f.events {
		if e.Time < cut {
			before = append(before, e)
		} else {
			after = append(after, e)
		}
	}
	s.read(before)
	var p proposal
	if status := s.call("wang", "POST", "/proposals", usual, nil); status != 403 {
		t.Errorf("a salesperson proposes: %d", status)
	}
	if status := s.call("li", "POST", "/proposals", `{"model":"none"}`, nil); status != 422 {
		t.Errorf("a model that is not: %d", status)
	}
	if status := s.call("li", "POST", "/proposals", usual, &p); status != 201 {
		t.Fatalf("propose: %d", status)
	}
	if p.Model.Version != p.Old.Version+1 || p.Model.ID != "general" || len(p.Boards) != 3 || p.Customers != 220 || p.Reviews == 0 || p.Rows == 0 {
		t.Fatalf("%+v", p.Proposal)
	}
	old, plain, learnt := p.Boards[0], p.Boards[1], p.Boards[2]
	if plain.Recall > learnt.Recall+0.1 || learnt.LeadDays <= plain.LeadDays || learnt.FalseAlarms > 0.35 {
		t.Errorf("in force %+v\nplain %+v\nlearnt %+v", old, plain, learnt)
	}
	if !strings.Contains(p.Says.En, "general.1 would have warned") || !strings.Contains(p.Says.En, "90 days without an order would have warned") || !strings.Contains(p.Says.En, "general.2 (proposed from") || p.Says.Zh == "" {
		t.Errorf("%+v", p.Says)
	}
	wrong := policy.Validate(learning.Published(policy.Defaults(), p.Model))
	if len(wrong) > 0 {
		t.Errorf("it cannot be published: %+v", wrong)
	}
	path := "/proposals/" + p.ID
	if status := s.call("director", "POST", path+"/approval", "", nil); status != 409 {
		t.Errorf("approved without shadow: %d", status)
	}
	if status := s.call("li", "POST", path+"/shadow", "", &p); status != 200 || p.Status != learning.Shadow || len(p.Publish) != 0 {
		t.Fatalf("shadow: %d %+v", status, p.Status)
	}

	slices.Reverse(after) // facts come in any order
	s.read(after)
	s.read(after[:len(after)/2]) // and twice
	same := s.compare(p)
	if same < 20 {
		t.Errorf("only %d customers were compared", same)
	}

	if status := s.call("li", "POST", path+"/approval", "", nil); status != 403 {
		t.Errorf("approved by customer success: %d", status)
	}
	if status := s.call("director", "POST", path+"/approval", `{"note":"三周影子运行正常"}`, &p); status != 200 || p.Status != learning.Approved || p.DecidedBy != "director" || p.InForce || len(p.Publish) != 2 {
		t.Fatalf("approval: %d %+v", status, p)
	}
	sections := policy.Defaults()
	if err := sections.SetSection("health", p.Publish[0].Body); err != nil || sections.Health.Models[0].Label() != p.Model.Label() || p.Publish[0].Path != "/v1/policy/drafts/learning-"+p.ID+"/sections/health" {
		t.Errorf("%v %+v", err, p.Publish)
	}
	if err := s.holder.Put(policy.Book{Version: 2, Sections: sections}); err != nil {
		t.Fatal(err)
	}
	if s.call("director", "GET", path, "", &p); !p.InForce {
		t.Error("published, and not in force")
	}
	var board struct {
		Says      []struct{ En string }
		Proposals []proposal
	}
	if status := s.call("director", "GET", "/scoreboard", "", &board); status != 200 || len(board.Says) != 1 || board.Says[0].En != p.Says.En {
		t.Errorf("%d %+v", status, board)
	}
	for path, status := range map[string]int{"/proposals": 200, "/proposals/none": 404, path + "/shadows?limit=5": 200} {
		if got := s.call("director", "GET", path, "", nil); got != status {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// compare tells of how many customers the live shadow and a back-test of the same
// facts were found to say the same.
func (s *school) compare(p proposal) int {
	s.t.Helper()
	v, err := s.holder.At(today)
	if err != nil {
		s.t.Fatal(err)
	}
	same, warned := 0, 0
	for after := ""; ; {
		var page struct {
			Items []learning.Shown
			Next  string
		}
		if status := s.call("director", "GET", "/proposals/"+p.ID+"/shadows?limit=100&after="+after, "", &page); status != 200 {
			s.t.Fatal(status)
		}
		for _, live := range page.Items {
			r, err := s.book.Record(s.t.Context(), live.Customer)
			if err != nil {
				s.t.Fatal(err)
			}
			var back []learning.Warning
			for _, e := range learning.Episodes(r, learning.Probe(v, p.Old), learning.Terms{LostAfter: 120 * day, Until: r.Seen}) {
				if at, ok := backtest.First(e, learning.Warns(p.Model)); ok {
					back = append(back, learning.Warning{Since: e.Start, At: at})
				}
			}
			if !slices.Equal(back, live.Warned) {
				s.t.Errorf("%s: live %v, back-test %v", live.Customer, live.Warned, back)
			}
			settings := standing.By(v, standing.File{})
			for _, m := range []struct {
				model policy.HealthModel
				got   int
			}{{p.Model, live.Health}, {p.Old, live.Force}} {
				settings.Model = m.model
				if want, _ := standing.HealthAt(&r.History, settings, live.At); want != m.got {
					s.t.Errorf("%s by %s: %d, the rules of standing give %d", live.Customer, m.model.Label(), m.got, want)
				}
			}
			same, warned = same+1, warned+len(back)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if warned == 0 {
		s.t.Error("nobody was warned of")
	}
	return same
}

// With too few losses nothing is proposed, and it is said how few there are.
func TestTooFewLosses(t *testing.T) {
	s := learns(t)
	s.read(history(t, 6).events)
	if status := s.call("li", "POST", "/proposals", usual, nil); status != 409 {
		t.Errorf("%d", status)
	}
}
