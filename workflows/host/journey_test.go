package host_test

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/client"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

func environment(t *testing.T, w *hosttest.World, start instant.Time) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	for _, name := range host.Types {
		env.RegisterWorkflowWithOptions(host.Journey, workflow.RegisterOptions{Name: name})
	}
	env.RegisterActivity(w.Decider.Decide)
	env.RegisterActivity(w.Activities())
	host.RegisterAtOnce(env, w.Activities())
	env.SetStartTime(start.Std())
	env.SetTestTimeout(30 * time.Second)
	env.OnUpsertTypedSearchAttributes(mock.Anything).Return(nil).Maybe()
	return env
}

var noon = instant.Of(time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)) // Monday 12:00 in Shanghai

func opened(id string, at instant.Time) *catalogue.DealOpened {
	return &catalogue.DealOpened{After: catalogue.Deal{ID: id, Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted", StageType: "contact",
		StageSince: at, ClocksFrom: at, OpenedAt: at, Outcome: catalogue.DealOpen}}
}

func followUp(id string, at, next instant.Time) *catalogue.FollowUpRecorded {
	return &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: id, Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, By: "zhang", OccurredAt: at, RecordedAt: at,
		Channel: "phone", Direction: "inbound", KeyPoints: "ok", NextAction: "call", NextTouchAt: next, Counts: true}, Owner: "zhang"}
}

const day = 24 * time.Hour

// A deal that is forgotten is reminded of, warned about, marked, and recycled;
// each once, on its day; then it waits in the pool.
func TestForgottenDeal(t *testing.T) {
	w := hosttest.New(t, 1)
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	pooled := &catalogue.DealAssigned{Deal: "d1", Before: "zhang", After: "", Reason: "recycle"}
	lost := opened("d1", noon).After
	lost.Outcome, lost.ClosedAt = catalogue.DealLost, noon.Add(40*day)
	after := func(d time.Duration, e journey.Event) {
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{e}}) }, d)
	}
	after(30*day+time.Minute, h.Tell("deal/d1", noon.Add(30*day+time.Minute), pooled))
	after(40*day, h.Tell("deal/d1", noon.Add(40*day), &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealLost, Reason: "no_need", State: lost}))
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	doc, version, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	if !doc.Ended || len(doc.Effects) != 0 {
		t.Errorf("ended %v, effects left %v", doc.Ended, doc.Effects)
	}
	all, err := w.Decider.Recent(t.Context(), "deal", "d1", version, 100)
	if err != nil {
		t.Fatal(err)
	}
	var fired []string
	for i, d := range all {
		if d.Number != int64(i)+1 {
			t.Fatalf("decision %d has number %d: numbers have gaps", i, d.Number)
		}
		for _, f := range d.Fired {
			if f.Late || f.At != f.Obligation.Due {
				t.Errorf("%s fired at %s, due %s, late %v", f.Obligation.Rule, f.At, f.Obligation.Due, f.Late)
			}
			fired = append(fired, f.Obligation.Rule)
		}
	}
	want := "idle.0 dwell.0 idle.1 dwell.1 idle.2 recycle_warn.0 recycle_warn.1 recycle_warn.2 recycle at_risk_over"
	if got := strings.Join(fired, " "); got != want {
		t.Errorf("fired\n%s, want\n%s", got, want)
	}
	if n := w.Services.Count("POST", "deals"); n != 1 {
		t.Errorf("%d recyclings, want 1", n)
	}
	if n := w.Services.Count("PUT", "reminders"); n != 7 {
		t.Errorf("%d reminders, want 7", n)
	}
}

// A year of a deal with a follow-up every five days: nothing is missed, nothing
// fires that a follow-up has served, and decisions are numbered without gaps.
func TestYearOfFollowUps(t *testing.T) {
	w := hosttest.New(t, 1)
	if err := w.Policy.Put(policy.Book{Version: 2, Sections: quiet()}); err != nil {
		t.Fatal(err)
	}
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	var lastAt instant.Time
	for n := 1; n <= 73; n++ {
		lastAt = noon.Add(time.Duration(n) * 5 * day)
		e := h.Tell("deal/d1", lastAt, followUp("f", lastAt, lastAt.Add(6*day)))
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{e}}) }, time.Duration(n)*5*day)
	}
	closing := lastAt.Add(day)
	won := opened("d1", noon).After
	won.Outcome, won.ClosedAt = catalogue.DealLost, closing
	e := h.Tell("deal/d1", closing, &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealLost, State: won})
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{e}}) }, closing.Sub(noon))
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if n := len(w.Services.Calls()); n != 0 {
		t.Errorf("%d effects, want none: %+v", n, w.Services.Calls()[0])
	}
	doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	if doc.Number != 75 { // opening, 73 follow-ups, closing
		t.Errorf("%d decisions, want 75", doc.Number)
	}
}

// quiet is the shipped policy without the clocks that follow-ups do not reset.
func quiet() policy.Sections {
	s := policy.Defaults()
	for i := range s.Pipelines.Pipelines {
		for j := range s.Pipelines.Pipelines[i].Stages {
			s.Pipelines.Pipelines[i].Stages[j].Dwell = nil
		}
	}
	s.Risk.TouchesWithoutProgress = 100
	return s
}

// An effect that is refused for good is shown and never stops the journey; one
// whose service is away is asked for again until it is back.
func TestServicesAwayAndRefusing(t *testing.T) {
	w := hosttest.New(t, 1)
	w.Services.Answer(func(c client.Call, nth int) error {
		switch {
		case c.Path[0] == "reminders" && nth < 4:
			return errors.New("connection refused")
		case c.Path[0] == "deals" && c.Path[2] == "marks":
			return &client.Error{Status: 400, Code: "malformed", Call: "PUT marks"}
		case c.Path[0] == "deals":
			return &client.Error{Status: 409, Code: "refused", Rule: "newer_follow_up", Call: "POST recycling"}
		}
		return nil
	})
	env := environment(t, w, noon)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	env.RegisterDelayedCallback(env.CancelWorkflow, 31*day)
	env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
	doc, _, err := w.Decider.Get(t.Context(), "deal", "d1")
	if err != nil {
		t.Fatal(err)
	}
	status := map[journey.Verb]string{}
	for _, e := range doc.Effects {
		status[e.Verb] = e.Status
	}
	if status[journey.SetMark] != decisions.Failed || status[journey.Recycle] != decisions.Refused || !doc.Troubled {
		t.Errorf("effects %v, troubled %v", status, doc.Troubled)
	}
	if status[journey.Remind] != "" {
		t.Errorf("a reminder is %s, want done", status[journey.Remind])
	}
	served := map[string]bool{}
	for _, c := range w.Services.Calls() {
		if c.Path[0] == "reminders" {
			served[c.Key] = true
		}
	}
	if len(served) != 7 {
		t.Errorf("%d reminders, want 7", len(served))
	}
}

// A journey that has ended and gets its old facts again, or a new one, fires
// nothing that it has fired. (exactly once)
func TestEndedJourneyStartsAgain(t *testing.T) {
	w := hosttest.New(t, 1)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	closing := noon.Add(8 * day)
	lost := opened("d1", noon).After
	lost.Outcome, lost.ClosedAt = catalogue.DealLost, closing
	end := h.Tell("deal/d1", closing, &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealLost, State: lost})
	for range 2 {
		env := environment(t, w, noon)
		env.RegisterDelayedCallback(func() { env.SignalWorkflow(host.SignalFacts, host.Facts{Events: []journey.Event{end}}) }, 8*day)
		env.ExecuteWorkflow("DealJourney", host.Input{Kind: "deal", ID: "d1", Version: host.Version, Events: h.Events[:1]})
		if err := env.GetWorkflowError(); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Services.Count("PUT", "reminders"); n != 1 {
		t.Errorf("%d reminders, want 1 (idle.0)", n)
	}
	history, err := w.Store.History(t.Context(), "journey/deal:d1", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	if len(history) != 3 { // opened, idle.0, closed
		t.Errorf("%d decisions, want 3", len(history))
	}
	e, err := facts.Stored(history[0])
	if err != nil {
		t.Fatal(err)
	}
	if e.Type != "liuke.journeys.decided.v1" {
		t.Errorf("fact %s", e.Type)
	}
}

// A decision that is asked for again after a crash, with more facts than before,
// is made once: the effects are handed out again, the new facts are read.
func TestRepeatedRequest(t *testing.T) {
	w := hosttest.New(t, 1)
	h := journeytest.New(t)
	h.Tell("deal/d1", noon, opened("d1", noon))
	h.Tell("deal/d1", noon, &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: "q1", SentAt: noon}, Owner: "zhang"})
	first := decisions.Request{Kind: "deal", ID: "d1", Key: "run/0", Now: noon, Fresh: true, Events: h.Events[:2]}
	a, err := w.Decider.Decide(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Effects) != 1 || a.Effects[0].Verb != journey.CreateTask {
		t.Fatalf("effects %v", a.Effects)
	}
	again := first
	again.Fresh = false
	again.Events = append(again.Events, h.Tell("deal/d1", noon, &catalogue.QuoteConfirmed{Deal: "d1", Quote: "q1", At: noon}))
	b, err := w.Decider.Decide(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Effects) != 1 || b.Effects[0].ID != a.Effects[0].ID || b.Number != 2 || b.Read != 1 {
		t.Errorf("again: effects %v, number %d, read %d", b.Effects, b.Number, b.Read)
	}
	c, err := w.Decider.Decide(t.Context(), again)
	if err != nil {
		t.Fatal(err)
	}
	if c.Number != 2 || len(c.Effects) != 1 {
		t.Errorf("a third time: number %d, effects %v", c.Number, c.Effects)
	}
}

// A run that asks for a decision before the newest, because its engine was set
// back, is handed what it has forgotten; another run is not.
func TestARunThatWasSetBack(t *testing.T) {
	w := hosttest.New(t, 1)
	h := journeytest.New(t)
	ask := func(key string, now instant.Time, events ...journey.Event) decisions.Answer {
		t.Helper()
		a, err := w.Decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: "d1", Key: key, Now: now, Events: events})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	ids := func(a decisions.Answer) (out []string) {
		for _, e := range a.Effects {
			out = append(out, e.ID)
		}
		return out
	}
	ask(decisions.Key("run", 0), noon, h.Tell("deal/d1", noon, opened("d1", noon)))
	handed := ids(ask(decisions.Key("run", 9), noon, h.Tell("deal/d1", noon, &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: "q1", SentAt: noon}, Owner: "zhang"})))
	fired := ask(decisions.Key("run", 10), noon.Add(30*day))
	if len(handed) == 0 || len(fired.Fired) == 0 || len(fired.Effects) == 0 {
		t.Fatalf("handed %v, then fired %v with %v", handed, fired.Fired, ids(fired))
	}
	number := fired.Number
	for _, c := range []struct {
		key  string
		want []string
	}{
		{decisions.Key("run", 11), nil},
		{decisions.Key("another", 1), nil},
		{"of another kind", nil},
		{decisions.Key("run", 10), ids(fired)},
		{decisions.Key("run", 9), append(handed, ids(fired)...)}, // 9 comes before 10
		{decisions.Key("run", 0), append(handed, ids(fired)...)},
	} {
		a := ask(c.key, noon.Add(30*day))
		if got := ids(a); !slices.Equal(got, c.want) {
			t.Errorf("%s is handed %v, want %v", c.key, got, c.want)
		}
		if a.Number != number || len(a.Fired) > 0 {
			t.Errorf("%s: decision %d after %d, fired %v", c.key, a.Number, number, a.Fired)
		}
	}
}
