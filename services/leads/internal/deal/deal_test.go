package deal_test

import (
	"testing"
	"time"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

const day = 24 * time.Hour

// a quote is sent and confirmed without touching the stage.
func TestQuotes(t *testing.T) {
	r := rules(t)
	d := open(t, full("p7"), r)
	c, err := deal.SendQuote(d, deal.QuoteInput{ID: "Q1", Amount: money.Of(500, "CNY")}, "p1", start)
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Facts[0].(*catalogue.QuoteSent); f.Quote.SentAt != start || c.Deal.Stage != d.Stage || len(c.Deal.Quotes) != 1 {
		t.Errorf("%+v", f)
	}
	for name, in := range map[string]deal.QuoteInput{
		"negative": {ID: "Q", Amount: money.Of(-1, "CNY")}, "no currency": {ID: "Q", Amount: money.Of(1, "")}, "unknown currency": {ID: "Q", Amount: money.Of(1, "ZZZ")},
		"future": {ID: "Q", Amount: money.Of(1, "CNY"), SentAt: start.Add(time.Second)}, "before the deal": {ID: "Q", Amount: money.Of(1, "CNY"), SentAt: start.Add(-time.Second)},
	} {
		if p := refused(t, second(deal.SendQuote(d, in, "p1", start))); p.Code != problem.Invalid {
			t.Errorf("%s: %v", name, p)
		}
	}
	at := start.Add(time.Hour)
	k, err := deal.ConfirmQuote(c.Deal, "Q1", at, at)
	if err != nil || k.Deal.Quotes[0].ConfirmedAt != at || !c.Deal.Quotes[0].ConfirmedAt.IsZero() {
		t.Errorf("%+v %v", k.Deal.Quotes, err)
	}
	if again, err := deal.ConfirmQuote(k.Deal, "Q1", 0, at.Add(day)); err != nil || !again.Empty() {
		t.Errorf("confirmed twice: %v %v", again.Facts, err)
	}
	if p := refused(t, second(deal.ConfirmQuote(c.Deal, "Q2", 0, at))); p.Code != problem.NotFound {
		t.Errorf("%v", p)
	}
}

// a follow-up plans the next touch, counts in its stage,
// and the counter begins anew with the next stage.
func TestFollowUps(t *testing.T) {
	r := rules(t)
	d := open(t, full("p7"), r)
	if d.Done || len(d.Missing) != 2 {
		t.Errorf("missing at first: %v", d.Missing)
	}
	in := followup.Input{OccurredAt: start, Channel: "phone", Direction: followup.Outbound, KeyPoints: "talked", NextAction: "send plan",
		NextTouchAt: start.Add(3 * day), Result: "interested", Objections: []string{}, CustomerType: "new", BudgetBand: "low"}
	c, err := deal.RecordFollowUp(d, r, "F1", in, followup.By{ID: "p1", Owns: true}, "", start)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Deal.Done || c.Deal.StageFollowUps != 1 || len(c.Facts) != 2 || c.Facts[1].(*catalogue.NextTouchPlanned).Assignee != "p1" {
		t.Errorf("%+v", c.Deal)
	}
	moved, err := deal.AdvanceStage(c.Deal, r, "need_confirmed", deal.Loss{}, start)
	if err != nil || moved.Deal.StageFollowUps != 0 || moved.Deal.FollowUps != 1 {
		t.Errorf("%+v %v", moved.Deal, err)
	}
	in.NextTouchAt = 0
	if p := refused(t, second(deal.RecordFollowUp(d, r, "F2", in, followup.By{ID: "p1", Owns: true}, "", start))); p.Fields[0].Rule != "R-014" {
		t.Errorf("%v", p)
	}
}

// Marks, assignment and links are set once and recorded once.
func TestHolding(t *testing.T) {
	d := open(t, full("p7"), rules(t))
	m := deal.SetMark(d, catalogue.Mark{Rule: "at_risk", Since: start, Cause: "deal:D1:idle.3:1"})
	if len(m.Facts) != 1 || !deal.SetMark(m.Deal, catalogue.Mark{Rule: "at_risk"}).Empty() || !deal.ClearMark(d, "at_risk").Empty() {
		t.Error("marks")
	}
	if c := deal.ClearMark(m.Deal, "at_risk"); len(c.Facts) != 1 || len(c.Deal.Marks) != 0 || len(m.Deal.Marks) != 1 {
		t.Error("clearing a mark")
	}
	if !deal.Assign(d, "p1", "manual").Empty() {
		t.Error("the owner was made the owner")
	}
	p := deal.Assign(d, "", "recycle")
	if !p.Deal.Pooled || p.Deal.Owner != "" || p.Facts[0].(*catalogue.DealAssigned).Before != "p1" {
		t.Errorf("%+v", p)
	}
	d.Marks = []catalogue.Mark{{Rule: deal.GapCustomer}}
	l, err := deal.Link(d, "c1")
	if err != nil || l.Deal.Customer != "c1" || len(l.Deal.Marks) != 0 {
		t.Errorf("%+v %v", l.Deal, err)
	}
	if again, err := deal.Link(l.Deal, "c1"); err != nil || !again.Empty() {
		t.Error("linked twice")
	}
	if _, err := deal.Link(l.Deal, "c2"); err == nil {
		t.Error("linked to another customer")
	}
}

// a manager's step is a fact, alone or with a new owner.
func TestIntervene(t *testing.T) {
	d := open(t, full("p7"), rules(t))
	if p := refused(t, second(deal.Intervene(d, "m1", " ", ""))); p.Fields[0].Rule != "required" {
		t.Errorf("%v", p)
	}
	c, err := deal.Intervene(d, "m1", "call them together", "")
	if err != nil || len(c.Facts) != 1 || c.Deal.Owner != "p1" {
		t.Errorf("%+v %v", c, err)
	}
	c, err = deal.Intervene(d, "m1", "take over", "p2")
	if err != nil || len(c.Facts) != 2 || c.Deal.Owner != "p2" || c.Facts[0].(*catalogue.DealIntervened).Action != "reassign" {
		t.Errorf("%+v %v", c, err)
	}
}

// C-02: a deal is judged at its thresholds, not a second before.
func TestStanding(t *testing.T) {
	r := rules(t)
	d := open(t, full("p7"), r)
	d.NextTouchAt = start.Add(365 * day)
	d.Stage = "proposed"
	touched := d
	touched.LastContactAt = start.Add(13 * day)
	onContact := rules(t, func(s *policy.Sections) { s.Pipelines.Pipelines[0].Stages[2].DwellClock = policy.ClockWithoutFollowUp })
	for _, c := range []struct {
		name  string
		deal  catalogue.Deal
		rules deal.Rules
		after time.Duration
		level string
	}{
		{"a second before 7 days", d, r, 7*day - time.Second, deal.LevelFine},
		{"7 days without follow-up", d, r, 7 * day, deal.LevelWatch},
		{"10 days without follow-up", d, r, 10 * day, deal.LevelDanger},
		{"a second before 14 days in the stage", touched, r, 14*day - time.Second, deal.LevelFine},
		{"14 days in the proposal stage", touched, r, 14 * day, deal.LevelDanger},
		{"14 days in the stage, clock without follow-up", touched, onContact, 14 * day, deal.LevelFine},
	} {
		if s := deal.Stand(c.deal, c.rules, start.Add(c.after)); s.Level != c.level || s.SinceProgressMS != c.after.Milliseconds() {
			t.Errorf("%s: %s %+v", c.name, s.Level, s.Reasons)
		}
	}
	d.Marks = []catalogue.Mark{{Rule: "at_risk"}}
	if s := deal.Stand(d, r, start); s.Level != deal.LevelDanger {
		t.Errorf("at risk: %+v", s)
	}
}

// time per stage adds up over visits, the present one included.
func TestDwellOf(t *testing.T) {
	d := open(t, full("p7"), rules(t))
	r := rules(t)
	c, _ := deal.AdvanceStage(d, r, "need_confirmed", deal.Loss{}, start.Add(time.Hour))
	c, _ = deal.AdvanceStage(c.Deal, r, "contacted", deal.Loss{}, start.Add(3*time.Hour))
	got := deal.DwellOf(c.Deal, start.Add(7*time.Hour))
	if got["contacted"] != (5*time.Hour).Milliseconds() || got["need_confirmed"] != (2*time.Hour).Milliseconds() {
		t.Errorf("%v", got)
	}
}
