package deal_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// a quote that nobody confirmed within 48 hours is a leak, until it is confirmed.
func TestLeakUnconfirmedQuote(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, quote("q1", s.at+hour))
	s.tell(s.at+2*hour, quote("q2", s.at+2*hour))
	s.Boundary("leak.unconfirmed_quote", s.at+50*hour)
	var m effects.SetMark
	e := s.Effect("leak.unconfirmed_quote", journey.SetMark, &m)
	if e.Mark != "leak.unconfirmed_quote" || !slices.Equal(m.Evidence, []string{"deal/d1/3/0"}) {
		t.Errorf("mark %s, evidence %v", e.Mark, m.Evidence)
	}
	s.tell(s.at+51*hour, &catalogue.QuoteConfirmed{Deal: "d1", Quote: "q1", At: s.at + 51*hour})
	if s.DidFire("leak.unconfirmed_quote_over") {
		t.Error("the older quote was confirmed, not the newer")
	}
	s.tell(s.at+52*hour, &catalogue.QuoteConfirmed{Deal: "d1", Quote: "q2", At: s.at + 52*hour})
	s.Effect("leak.unconfirmed_quote_over", journey.ClearMark, nil)
}

// an objection without tag, or the same question twice, is a leak; tags mend it.
func TestLeakUnrecordedObjection(t *testing.T) {
	question := func(q string) func(*catalogue.FollowUp) { return func(u *catalogue.FollowUp) { u.Question = q } }
	tags := func(u *catalogue.FollowUp) { u.Objections = []string{"price"} }
	for name, c := range map[string]struct {
		follow   [][]func(*catalogue.FollowUp)
		evidence []string
	}{
		"a result that tells of one":         {[][]func(*catalogue.FollowUp){{func(u *catalogue.FollowUp) { u.Result = "not_interested" }}}, []string{"deal/d1/2/0"}},
		"a question that names one":          {[][]func(*catalogue.FollowUp){{question("你们的价格能低吗？")}}, []string{"deal/d1/2/0"}},
		"the same question in another guise": {[][]func(*catalogue.FollowUp){{question("何时交货？")}, {question("何时 交货")}}, []string{"deal/d1/2/0", "deal/d1/3/0"}},
		"one that was tagged":                {[][]func(*catalogue.FollowUp){{question("价格？"), tags}}, nil},
		"two different questions":            {[][]func(*catalogue.FollowUp){{question("何时交货？")}, {question("谁来安装？")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, journeytest.View(t))
			for i, u := range c.follow {
				at := s.at + instant.Time(i+1)*hour
				s.tell(at, follow(at, u...))
			}
			if c.evidence == nil {
				if s.DidFire("leak.unrecorded_objection") {
					t.Error("no leak, but marked")
				}
				return
			}
			var m effects.SetMark
			if s.Effect("leak.unrecorded_objection", journey.SetMark, &m); !slices.Equal(m.Evidence, c.evidence) {
				t.Errorf("evidence %v, want %v", m.Evidence, c.evidence)
			}
			s.tell(s.at+day, follow(s.at+day, tags))
			s.Effect("leak.unrecorded_objection_over", journey.ClearMark, nil)
		})
	}
}

// near signature without decision maker or procurement node is a leak.
func TestLeakMissingDecisionNode(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, moved(s, s.at+hour, "contacted", "to_sign", "decision", true, func(d *catalogue.Deal) { d.DecisionMaker = "王总" }))
	s.Effect("leak.missing_decision_node", journey.SetMark, nil)
	both := s.deal(stage("to_sign", "decision"), func(d *catalogue.Deal) { d.DecisionMaker, d.ProcurementNode = "王总", "采购部" })
	s.tell(s.at+2*hour, &catalogue.DealChanged{After: both, Changed: []string{"procurement_node"}})
	s.Effect("leak.missing_decision_node_over", journey.ClearMark, nil)
}

// won, and no revisit planned for seven days, is a leak; then the journey ends.
func TestLeakWonWithoutRevisit(t *testing.T) {
	won := func(s *story, at instant.Time) *catalogue.DealClosed {
		return &catalogue.DealClosed{Deal: "d1", Outcome: catalogue.DealWon, State: s.deal(stage("won", "won"), func(d *catalogue.Deal) { d.Outcome, d.ClosedAt = catalogue.DealWon, at })}
	}
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, won(s, s.at+hour))
	if s.Last.Ended {
		t.Fatal("ended before the leak could show")
	}
	s.Boundary("leak.won_without_revisit", s.at+hour+7*day)
	if !s.Last.Ended {
		t.Error("not ended")
	}
	s.tell(s.at+9*day, follow(s.at+9*day))
	s.Effect("leak.won_without_revisit_over", journey.ClearMark, nil)

	s = begin(t, journeytest.View(t))
	s.tell(s.at+hour, won(s, s.at+hour))
	s.tell(s.at+2*day, follow(s.at+2*day))
	s.Until(s.at + 60*day)
	if s.DidFire("leak.won_without_revisit") || !s.Last.Ended {
		t.Errorf("a revisit was planned; fired %v, ended %v", s.Rules(), s.Last.Ended)
	}
}

// a leak that the policy switches off is not marked.
func TestLeakSwitchedOff(t *testing.T) {
	s := begin(t, journeytest.View(t, func(p *policy.Sections) { p.Risk.Leaks = nil }))
	s.tell(s.at+hour, quote("q1", s.at+hour))
	s.Until(s.at + 60*day)
	if s.DidFire("leak.unconfirmed_quote") {
		t.Error("marked")
	}
}
