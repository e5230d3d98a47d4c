package journey_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/lead"
)

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
