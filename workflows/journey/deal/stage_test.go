package deal_test

import (
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// C-02: the proposal stage warns after exactly 14 days in the stage,
// whatever follow-ups there were; with the other clock they reset it.
func TestDwellClocks(t *testing.T) {
	s := begin(t, journeytest.View(t), stage("proposed", "solution"))
	s.tell(s.at+6*day, follow(s.at+6*day))
	s.tell(s.at+12*day, follow(s.at+12*day))
	s.Boundary("dwell.0", s.at+14*day)
	var r effects.Remind
	if s.Effect("dwell.0", journey.Remind, &r); r.Level != catalogue.LevelWarn {
		t.Errorf("level %s, want warn: owner and manager", r.Level)
	}
	other := journeytest.View(t, func(p *policy.Sections) { p.Pipelines.Pipelines[0].Stages[2].DwellClock = policy.ClockWithoutFollowUp })
	s = begin(t, other, stage("proposed", "solution"))
	s.tell(s.at+6*day, follow(s.at+6*day))
	s.Boundary("dwell.0", s.at+20*day)
}

// a new stage starts its clocks anew.
func TestStageChangeStartsItsClocks(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+3*day, moved(s, s.at+3*day, "contacted", "need_confirmed", "need", true))
	s.Boundary("dwell.0", s.at+17*day)
	if got := s.Last.Status.Stage; got != "need_confirmed" {
		t.Errorf("stage %s", got)
	}
}

// the third communication without progress marks the deal at risk, with
// the three as evidence; going back is no progress, going forward lifts it.
func TestNoProgress(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+1*day, follow(s.at+1*day))
	s.tell(s.at+2*day, moved(s, s.at+2*day, "need_confirmed", "contacted", "contact", false))
	s.tell(s.at+3*day, follow(s.at+3*day))
	if s.DidFire("no_progress") {
		t.Fatal("two are not several")
	}
	s.tell(s.at+4*day, follow(s.at+4*day))
	var m effects.SetMark
	s.Effect("no_progress", journey.SetMark, &m)
	if want := []string{"deal/d1/2/0", "deal/d1/4/0", "deal/d1/5/0"}; !slices.Equal(m.Evidence, want) {
		t.Errorf("evidence %v, want %v", m.Evidence, want)
	}
	s.tell(s.at+5*day, follow(s.at+5*day))
	if s.DidFire("at_risk_over") {
		t.Error("a fourth follow-up is no progress")
	}
	s.tell(s.at+6*day, moved(s, s.at+6*day, "contacted", "need_confirmed", "need", true))
	s.Effect("at_risk_over", journey.ClearMark, nil)
}

// C-04: a quote, or entering the quoted stage, makes one task due in 24 hours.
func TestQuoteConfirmation(t *testing.T) {
	for name, facts := range map[string]func(s *story, at instant.Time) []catalogue.Data{
		"quote sent": func(s *story, at instant.Time) []catalogue.Data { return []catalogue.Data{quote("q1", at)} },
		"stage entered": func(s *story, at instant.Time) []catalogue.Data {
			return []catalogue.Data{moved(s, at, "contacted", "quoted", "quoted", true)}
		},
		"both at once": func(s *story, at instant.Time) []catalogue.Data {
			return []catalogue.Data{quote("q1", at), moved(s, at, "contacted", "quoted", "quoted", true)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, journeytest.View(t))
			at := s.at + day
			s.tell(at, facts(s, at)...)
			var task effects.CreateTask
			e := s.Effect("quote_confirm", journey.CreateTask, &task)
			if task.Kind != catalogue.TaskQuoteConfirm || task.Due != at+24*hour || task.Assignee != "zhang" || !strings.HasPrefix(e.ID, "deal:d1:quote_confirm:2:") {
				t.Errorf("task %+v under %s", task, e.ID)
			}
			if n := count(s, "quote_confirm"); n != 1 {
				t.Errorf("%d tasks, want 1", n)
			}
			s.Boundary("quote_confirm_overdue.0", at+24*hour)
			s.Boundary("quote_confirm_overdue.1", at+28*hour)
			s.tell(at+30*hour, follow(at+30*hour))
			if s.Due("quote_confirm_overdue.0") != 0 {
				t.Error("still pending after the follow-up")
			}
		})
	}
}
