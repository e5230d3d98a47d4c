package review_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/review"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

type story struct {
	*journeytest.Journey
	h   *journeytest.History
	now catalogue.Review
}

func begin(t *testing.T, v *policy.View, planned, due instant.Time) *story {
	t.Helper()
	s := &story{Journey: journeytest.Start(t, journey.Of(review.Rules), "weekly_funnel.2026-03-09", v), h: journeytest.New(t),
		now: catalogue.Review{ID: "weekly_funnel.2026-03-09", Rhythm: "weekly_funnel", Name: lang.T("周复盘", "weekly review"), Status: catalogue.ReviewPlanned, Owner: "wang",
			Opens: due - 2*day, Due: due, NextDue: due + 7*day}}
	s.step(planned, catalogue.ReviewPlanned)
	return s
}

func (s *story) step(at instant.Time, status string) {
	s.now.Status = status
	s.Decide(at, s.h.Tell("review/"+s.now.ID, at, &catalogue.ReviewStepped{After: s.now}))
}

// R-129, C-15: the task comes when the occasion opens, reminders and escalation when it is due and not held; then the
// next one is planned in time for its own task, and this one ends.
func TestAnOccasionThatNobodyHolds(t *testing.T) {
	due := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, journeytest.View(t), due-5*day, due)
	s.Until(due - 2*day - ms)
	if s.DidFire("hold") || s.Due("hold") != due-2*day {
		t.Fatalf("the task is due %s", s.Due("hold"))
	}
	s.Until(due - ms)
	var task effects.CreateTask
	if s.Effect("hold", journey.CreateTask, &task); task.Assignee != "wang" || task.Due != due || task.Kind != catalogue.TaskReview || task.Subject != (catalogue.Subject{Kind: "review", ID: s.now.ID}) {
		t.Errorf("%+v", task)
	}
	if s.DidFire("overdue.0") {
		t.Error("reminded before it was due")
	}
	s.Until(due + 3*day)
	for rung, level := range []string{catalogue.LevelRemind, catalogue.LevelWarn, catalogue.LevelEscalate} {
		var r effects.Remind
		if s.Effect("overdue."+string(rune('0'+rung)), journey.Remind, &r); r.Level != level || r.Owner != "wang" {
			t.Errorf("rung %d: %+v", rung, r)
		}
	}
	if s.DidFire("next") {
		t.Error("the next one was planned before its task is due")
	}
	s.Until(due + 5*day)
	var next effects.PlanReview
	if s.Effect("next", journey.PlanReview, &next); next.Rhythm != "weekly_funnel" || next.After != due {
		t.Errorf("%+v", next)
	}
	s.step(due+5*day+hour, catalogue.ReviewMissed)
	if !s.Last.Ended || !s.DidFire("over") {
		t.Errorf("not ended: %v", s.Last.Pending)
	}
}

// one that is held needs nobody's reminder, and still has the next one planned.
func TestAnOccasionThatIsHeld(t *testing.T) {
	due := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, journeytest.View(t), due-5*day, due)
	s.Until(due - hour)
	s.step(due-hour, catalogue.ReviewHeld)
	var c effects.CancelTasks
	if s.Effect("over", journey.CancelTasks, &c); c.Subject.ID != s.now.ID {
		t.Errorf("%+v", c)
	}
	if s.Last.Ended {
		t.Error("ended before the next one is planned")
	}
	s.Until(due + 9*day)
	if s.DidFire("overdue.0") || !s.DidFire("next") || !s.Last.Ended {
		t.Errorf("%v, ended %t", s.Rules(), s.Last.Ended)
	}
}

// A rhythm that the policy has no more is not planned again, and the last occasion still ends.
func TestRhythmIsGone(t *testing.T) {
	due := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, journeytest.View(t, func(s *policy.Sections) { s.Reviews.Rhythms = s.Reviews.Rhythms[1:] }), due-5*day, due)
	s.Until(due + hour)
	s.step(due+2*hour, catalogue.ReviewHeld)
	if s.DidFire("next") || !s.Last.Ended {
		t.Errorf("%v, ended %t", s.Rules(), s.Last.Ended)
	}
}

// an occasion whose owner left is a new task of somebody else's, and the ladder is theirs.
func TestAnotherOwner(t *testing.T) {
	due := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, journeytest.View(t), due-5*day, due)
	s.Until(due - day)
	s.now.Owner = "li"
	s.step(due-day, catalogue.ReviewPlanned)
	var task effects.CreateTask
	var c effects.CancelTasks
	s.Effect("hold", journey.CreateTask, &task)
	if s.Effect("hold", journey.CancelTasks, &c); task.Assignee != "li" || task.Due != due {
		t.Errorf("%+v %+v", task, c)
	}
	s.Until(due)
	var r effects.Remind
	if s.Effect("overdue.0", journey.Remind, &r); r.Owner != "li" {
		t.Errorf("%+v", r)
	}
}
