package journey_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/lead"
)

const (
	minute = instant.Time(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

// anyHistory draws a deal's life: follow-ups, stages, quotes, owners, an end.
func anyHistory(t *rapid.T, tb testing.TB) *journeytest.History {
	h := journeytest.New(tb)
	at := journeytest.At(tb, "2026-03-02 09:00")
	state := catalogue.Deal{ID: "d1", Company: "海天", Customer: rapid.SampledFrom([]string{"", "c1"}).Draw(t, "customer"), Owner: "zhang", Pipeline: "p7", Stage: "contacted",
		StageType: "contact", StageSince: at, ClocksFrom: at, Outcome: catalogue.DealOpen}
	h.Tell("deal/d1", at, &catalogue.DealOpened{After: state})
	stages := []string{"contacted", "need_confirmed", "proposed", "quoted", "negotiating", "to_sign"}
	for n := range rapid.IntRange(1, 25).Draw(t, "facts") {
		at += instant.Time(rapid.IntRange(1, 12*24*60).Draw(t, "minutes")) * minute
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0, 1, 2:
			f := catalogue.FollowUp{ID: fmt.Sprint("f", n), Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, OccurredAt: at - instant.Time(rapid.IntRange(0, 2000).Draw(t, "ago"))*minute,
				Direction: rapid.SampledFrom([]string{"inbound", "outbound"}).Draw(t, "direction"), Counts: rapid.Bool().Draw(t, "counts"),
				Question: rapid.SampledFrom([]string{"", "价格能低一点吗？", "何时交货"}).Draw(t, "question")}
			if f.Counts {
				f.NextTouchAt = at + instant.Time(rapid.IntRange(1, 30).Draw(t, "next"))*day
			}
			h.Tell("deal/d1", at, &catalogue.FollowUpRecorded{FollowUp: f})
		case 3:
			i := rapid.IntRange(0, 5).Draw(t, "stage")
			before := slices.Index(stages, state.Stage)
			state.Stage, state.StageSince = stages[i], at
			state.StageType = map[bool]string{true: "decision", false: "need"}[i == 5]
			h.Tell("deal/d1", at, &catalogue.StageChanged{Deal: "d1", Before: stages[before], After: stages[i], At: at, Forward: i > before, State: state})
		case 4:
			h.Tell("deal/d1", at, &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: fmt.Sprint("q", n), SentAt: at}})
		case 5:
			owner := rapid.SampledFrom([]string{"", "li", "zhang"}).Draw(t, "owner")
			h.Tell("deal/d1", at, &catalogue.DealAssigned{Deal: "d1", Before: state.Owner, After: owner, Reason: map[bool]string{true: "claim", false: "transfer"}[state.Owner == ""]})
			state.Owner = owner
		case 6:
			h.Tell("task/t1", at, &catalogue.TaskChanged{After: catalogue.Task{ID: fmt.Sprint("f", n-1), Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, Status: "open", Due: at + day}})
		}
	}
	return h
}

// No obligation fires twice per episode, none is lost: everything that was
// pending either fires at its due time, or facts have taken it back.
func TestNothingFiresTwiceNothingIsLost(t *testing.T) {
	view := journeytest.View(t)
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory(rt, t)
		j := journeytest.Start(t, journey.Of(deal.Rules), "d1", view)
		for _, e := range h.Events {
			before := j.Last.Pending
			j.Until(e.Time)
			noneIsLost(rt, j, before)
			j.Decide(e.Time, e)
			if j.Last.NextDue != 0 && j.Last.NextDue <= e.Time {
				rt.Fatalf("still due after deciding: %v", j.Last.Pending[0])
			}
		}
		before := j.Last.Pending
		j.Until(h.Events[len(h.Events)-1].Time + 400*day)
		noneIsLost(rt, j, before)
		seen := map[string]bool{}
		for _, f := range j.Fired {
			if seen[f.Obligation.ID] {
				rt.Fatalf("%s fired twice", f.Obligation.ID)
			}
			seen[f.Obligation.ID] = true
			if f.At < f.Obligation.Due {
				rt.Fatalf("%s fired at %s before it was due at %s", f.Obligation.ID, f.At, f.Obligation.Due)
			}
		}
		if len(j.Last.Pending) != 0 {
			rt.Fatalf("after 400 silent days something is pending for ever: %v", j.Last.Pending)
		}
	})
}

// noneIsLost holds what was pending against what is after some time in which no
// fact came: it is pending still, or it fired, at its due time.
func noneIsLost(t *rapid.T, j *journeytest.Journey, before []catalogue.Obligation) {
	for _, o := range before {
		if slices.ContainsFunc(j.Last.Pending, func(p catalogue.Obligation) bool { return p.ID == o.ID && p.Due == o.Due }) {
			continue
		}
		i := slices.IndexFunc(j.Fired, func(f catalogue.Fired) bool { return f.Obligation.ID == o.ID })
		if i < 0 {
			t.Fatalf("%s, due at %s, neither fired nor is pending, and no fact took it back", o.ID, o.Due)
		}
		if j.Fired[i].At != o.Due {
			t.Fatalf("%s was due at %s and fired at %s", o.ID, o.Due, j.Fired[i].At)
		}
	}
}

// Decide is a function of its input alone, to the byte.
func TestDecideIsAFunctionOfItsInput(t *testing.T) {
	view := journeytest.View(t)
	rapid.Check(t, func(rt *rapid.T) {
		h := anyHistory(rt, t)
		in := journey.Input{ID: "d1", Facts: h.Events, Now: h.Events[len(h.Events)-1].Time + instant.Time(rapid.IntRange(0, 60).Draw(rt, "later"))*day, View: view}
		first, again := marshal(rt, in), marshal(rt, in)
		if !bytes.Equal(first, again) {
			rt.Fatalf("two answers to one input:\n%s\n%s", first, again)
		}
	})
}

func marshal(t *rapid.T, in journey.Input) []byte {
	d, err := journey.Of(deal.Rules).Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Facts in one batch or many, twice, or in another order leave the same state.
func TestOrderAndRepetitionOfFactsDoNotMatter(t *testing.T) {
	view := journeytest.View(t)
	rapid.Check(t, func(rt *rapid.T) {
		facts := anyHistory(rt, t).Facts()
		want := stateAfter(rt, view, facts)
		mixed := rapid.Permutation(slices.Concat(facts, facts[:rapid.IntRange(0, len(facts)).Draw(rt, "repeated")])).Draw(rt, "order")
		if got := stateAfter(rt, view, mixed); !bytes.Equal(got, want) {
			rt.Fatalf("another order, another state:\n%s\n%s", got, want)
		}
	})
}

func stateAfter(t *rapid.T, v *policy.View, facts []journey.Fact) []byte {
	s := deal.Rules.New("d1")
	for _, f := range facts {
		deal.Rules.Apply(&s, f, v)
	}
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A rule that is switched off and on again does not fire an episode again.
func TestPolicyOffAndOn(t *testing.T) {
	on := journeytest.View(t)
	off := journeytest.View(t, func(s *policy.Sections) {
		for i := range s.Pipelines.Pipelines[0].Stages {
			s.Pipelines.Pipelines[0].Stages[i].Idle = nil
		}
	})
	h := journeytest.New(t)
	at := journeytest.At(t, "2026-03-02 09:00")
	h.Tell("deal/d1", at, &catalogue.DealOpened{After: catalogue.Deal{ID: "d1", Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "contacted",
		StageSince: at, ClocksFrom: at, Outcome: catalogue.DealOpen}})
	j := journeytest.Start(t, journey.Of(deal.Rules), "d1", on)
	j.Decide(at, h.Events...)
	j.Until(at + 7*day)
	j.View = off
	j.Decide(at + 7*day + hour)
	j.View = on
	j.Decide(at + 7*day + 2*hour)
	if got := j.Rules(); !slices.Equal(got, []string{"idle.0"}) {
		t.Errorf("fired %v, want idle.0 once", got)
	}
}

// Rules that arm each other for ever are an error, not a loop.
func TestEndlessRulesAreAnError(t *testing.T) {
	m := journey.Remember[int](endless{}, "x")
	if _, err := journey.Step[int](endless{}, m, nil, 1, journeytest.View(t), nil); err == nil {
		t.Error("no error")
	}
}

type endless struct{}

func (endless) Name() string                                { return "endless" }
func (endless) New(string) int                              { return 0 }
func (endless) Apply(*int, journey.Fact, *policy.View) bool { return false }
func (endless) Fire(s *int, _ *journey.Firing)              { *s++ }
func (endless) Status(*int, *policy.View) journey.Status    { return journey.Status{} }
func (endless) Aggregate(*int) string                       { return "endless/x" }
func (endless) ID(*int) string                              { return "x" }
func (endless) Holder(*int) string                          { return "" }
func (endless) Obligations(s *int, _ *policy.View, p *journey.Pending) {
	journey.NewTable(journey.Rule[int]{Name: "again", Arm: func(s *int, _ *policy.View, p *journey.Pending) {
		p.Episode(journey.Moment{}, int64(*s)+1, 1)
	}}).Obligations(s, nil, p)
}
func (endless) Describe(*int, journey.Obligation, *policy.View) journey.Description {
	return journey.Description{}
}

// One decision of the rules: a deal in full life, one follow-up, everything
// armed anew. What is measured is what a what-if repeats millions of times.
func BenchmarkStep(b *testing.B) {
	view := journeytest.View(b)
	h := journeytest.New(b)
	at := journeytest.At(b, "2026-03-02 09:00")
	h.Tell("deal/d1", at, &catalogue.DealOpened{After: catalogue.Deal{ID: "d1", Company: "海天", Customer: "c1", Owner: "zhang", Pipeline: "p7", Stage: "quoted",
		StageSince: at, ClocksFrom: at, Outcome: catalogue.DealOpen}})
	h.Tell("deal/d1", at, &catalogue.QuoteSent{Deal: "d1", Quote: catalogue.Quote{ID: "q1", SentAt: at}})
	m := journey.Remember(deal.Rules, "d1")
	if _, err := journey.Step(deal.Rules, m, h.Facts(), at, view, nil); err != nil {
		b.Fatal(err)
	}
	follow := &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: "f", Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, OccurredAt: at, Direction: "outbound",
		Counts: true, NextTouchAt: at + 3*day}}
	facts := []journey.Fact{{ID: "deal/d1/3/0", Type: "liuke.leads.follow_up_recorded.v1", Time: at, Data: follow}}
	b.ReportAllocs()
	for n := int64(3); b.Loop(); n++ {
		facts[0].Ref = journey.Ref{V: n}
		follow.FollowUp.OccurredAt = at + instant.Time(n)
		m.State.Touches, m.State.Waiting = m.State.Touches[:0], m.State.Waiting[:0]
		if _, err := journey.Step(deal.Rules, m, facts, at+instant.Time(n), view, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecide is the same with its JSON border, as the worker pays it.
func BenchmarkDecide(b *testing.B) {
	view := journeytest.View(b)
	h := journeytest.New(b)
	at := journeytest.At(b, "2026-03-02 09:00")
	h.Tell("lead/l1", at, &catalogue.LeadRecorded{After: catalogue.Lead{ID: "l1", Company: "海天", Status: catalogue.LeadNew, Owner: "zhang", ClocksFrom: at}})
	p := journey.Of(lead.Rules)
	d, err := p.Decide(journey.Input{ID: "l1", Facts: h.Events, Now: at, View: view})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Decide(journey.Input{ID: "l1", State: d.State, Now: at + minute, View: view}); err != nil {
			b.Fatal(err)
		}
	}
}
