package deal_test

import (
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// no follow-up for exactly seven days reminds the owner, 10 warn, 14 mark at risk.
func TestIdleSevenDays(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.Boundary("idle.0", s.at+7*day)
	var r effects.Remind
	s.Effect("idle.0", journey.Remind, &r)
	if r.Level != catalogue.LevelRemind || r.Owner != "zhang" || r.Late || !strings.Contains(r.Text.Zh, "7天没有跟进") || r.Due != s.at+7*day {
		t.Errorf("reminder %+v", r)
	}
	s.Boundary("idle.1", s.at+10*day)
	s.Boundary("idle.2", s.at+14*day)
	if e := s.Effect("idle.2", journey.SetMark, nil); e.Mark != "at_risk" {
		t.Errorf("mark %q", e.Mark)
	}
	if s.Last.Status.Risk != "at_risk" {
		t.Errorf("risk %q", s.Last.Status.Risk)
	}
	s.tell(s.at+15*day, follow(s.at+15*day))
	if e := s.Effect("at_risk_over", journey.ClearMark, nil); e.Mark != "at_risk" || s.Last.Status.Risk != "" {
		t.Errorf("at risk although followed up: %+v", e)
	}
	if got := s.Due("idle.0"); got != s.at+22*day {
		t.Errorf("idle.0 is due at %s, want seven days after the follow-up", got)
	}
}

// only a follow-up that names the next touch resets the clock; one
// that does not is marked, until one does.
func TestFollowUpWithoutNextTouchDoesNotCount(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+5*day, follow(s.at+5*day, uncounted))
	if got := s.Due("idle.0"); got != s.at+7*day {
		t.Errorf("idle.0 moved to %s", got)
	}
	if e := s.Effect("no_next_touch", journey.SetMark, nil); e.Mark != "no_next_touch" {
		t.Errorf("mark %q", e.Mark)
	}
	s.tell(s.at+6*day, follow(s.at+6*day))
	s.Effect("no_next_touch_over", journey.ClearMark, nil)
	if got := s.Due("idle.0"); got != s.at+13*day {
		t.Errorf("idle.0 is due at %s", got)
	}
}

// A follow-up that is recorded late counts from when it happened.
func TestLateRecordedFollowUp(t *testing.T) {
	s := begin(t, journeytest.View(t))
	u := follow(s.at + 2*day)
	s.tell(s.at+6*day, u)
	if got := s.Due("idle.0"); got != s.at+9*day {
		t.Errorf("idle.0 is due at %s, want seven days after it happened", got)
	}
}

// the planned next touch reminds when due and escalates four hours past it.
func TestNextTouch(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+hour, follow(s.at+hour, func(u *catalogue.FollowUp) { u.ID, u.NextTouchAt = "f1", s.at+2*day }))
	s.Boundary("next_touch.0", s.at+2*day)
	s.Boundary("next_touch.1", s.at+2*day+4*hour)
	var r effects.Remind
	if s.Effect("next_touch.1", journey.Remind, &r); r.Level != catalogue.LevelEscalate {
		t.Errorf("level %s", r.Level)
	}
	moved := &catalogue.TaskChanged{After: catalogue.Task{ID: "f1", Subject: catalogue.Subject{Kind: "deal", ID: "d1"}, Status: catalogue.TaskOpen, Due: s.at + 4*day}, Reason: "postponed"}
	s.Decide(s.at+3*day, s.h.Tell("task/f1", s.at+3*day, moved))
	if n := count(s, "next_touch.0"); n != 1 {
		t.Errorf("%d reminders", n)
	}
	s.Until(s.at + 4*day)
	if n := count(s, "next_touch.0"); n != 2 { // a new promise
		t.Errorf("%d reminders after it was postponed, want 2", n)
	}
}

// Imported deals run their clocks from the import, not from their dates.
func TestImportedDealsClocks(t *testing.T) {
	s := begin(t, journeytest.View(t), func(d *catalogue.Deal) {
		d.Imported, d.StageSince, d.OpenedAt, d.NextTouchAt = true, d.ClocksFrom-400*day, d.ClocksFrom-500*day, d.ClocksFrom-300*day
	})
	if len(s.Fired) != 0 {
		t.Errorf("fired on import: %v", s.Rules())
	}
	s.Boundary("idle.0", s.at+7*day)
	s.Boundary("dwell.0", s.at+10*day)
}

// A due time in the past, after an outage, fires at once, in due order, marked late.
func TestAfterAnOutage(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.Decide(s.at + 12*day)
	if got := strings.Join(s.Rules(), " "); got != "idle.0 dwell.0 idle.1" {
		t.Errorf("fired %s", got)
	}
	for _, f := range s.Fired {
		if !f.Late {
			t.Errorf("%s is not marked late", f.Obligation.Rule)
		}
	}
	var r effects.Remind
	if s.Effect("idle.0", journey.Remind, &r); !r.Late {
		t.Error("the reminder does not say that it is late")
	}
}

// What an operator reads: where it stands and what happens next, in both languages.
func TestSays(t *testing.T) {
	s := begin(t, journeytest.View(t))
	if got, want := s.Last.Says.Zh, "海天 · 已联系，由 zhang 负责；若无人处理，2026-03-09 09:00 提醒负责人：已7天没有跟进。"; got != want {
		t.Errorf("says %s\nwant %s", got, want)
	}
	if got, want := s.Last.Says.En, "海天 · Contacted, held by zhang; if nobody acts, at 2026-03-09 09:00: remind the owner: no follow-up for 7 days."; got != want {
		t.Errorf("says %s\nwant %s", got, want)
	}
	o := s.Last.Pending[0]
	if o.ID != "deal:d1:idle.0:1" || o.Policy != "pipelines.p7.contacted.idle[0]" || !slices.Equal(o.Because, []string{"deal/d1/1/0"}) {
		t.Errorf("obligation %+v", o)
	}
}
