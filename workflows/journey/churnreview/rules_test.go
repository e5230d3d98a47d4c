package churnreview_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/churnreview"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

type story struct {
	*journeytest.Journey
	h   *journeytest.History
	now catalogue.ChurnReview
}

func begin(t *testing.T, at instant.Time) *story {
	t.Helper()
	s := &story{Journey: journeytest.Start(t, journey.Of(churnreview.Rules), "c1.1", journeytest.View(t)), h: journeytest.New(t),
		now: catalogue.ChurnReview{ID: "c1.1", Customer: "c1", Company: "华兴", Status: catalogue.ChurnOpen, ChurnedOn: at - 9*day, ConfirmedAt: at, Owner: "zhang"}}
	for role, person := range map[string]string{"sales": "zhang", "technical": "tian", "product": "pan", "service": "fu"} {
		s.now.Participants = append(s.now.Participants, catalogue.ChurnParticipant{Role: role, Person: person})
	}
	slices.SortFunc(s.now.Participants, func(a, b catalogue.ChurnParticipant) int { return int(a.Role[0]) - int(b.Role[0]) })
	s.Decide(at, s.h.Tell("churn_review/c1.1", at, &catalogue.ChurnConfirmed{After: s.now}, &catalogue.ChurnReviewOpened{After: s.now}))
	return s
}

func (s *story) change(at instant.Time, edit func(*catalogue.ChurnReview), told catalogue.Data) {
	s.Until(at - ms)
	edit(&s.now)
	switch d := told.(type) {
	case *catalogue.ChurnReviewChanged:
		d.After, d.Changed = s.now, "findings"
	case *catalogue.ChurnReviewClosed:
		d.After = s.now
	case *catalogue.ChurnWithdrew:
		d.After = s.now
	}
	s.Decide(at, s.h.Tell("churn_review/c1.1", at, told))
}

func (s *story) who(role string) *catalogue.ChurnParticipant {
	i := slices.IndexFunc(s.now.Participants, func(p catalogue.ChurnParticipant) bool { return p.Role == role })
	return &s.now.Participants[i]
}

// everybody who takes part gets a task with its clock in working days, and so do interview and closing.
func TestEverybodyGetsTheirTask(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 10:00")
	s := begin(t, monday)
	for rule, want := range map[string]struct {
		kind, person string
		due          instant.Time
	}{
		"findings_sales": {catalogue.TaskChurnFindings, "zhang", monday + 7*day}, "findings_technical": {catalogue.TaskChurnFindings, "tian", monday + 7*day},
		"findings_product": {catalogue.TaskChurnFindings, "pan", monday + 7*day}, "findings_service": {catalogue.TaskChurnFindings, "fu", monday + 7*day},
		"interview": {catalogue.TaskChurnInterview, "zhang", monday + 9*day}, "close": {catalogue.TaskChurnClose, "zhang", monday + 14*day},
	} {
		var task effects.CreateTask
		if s.Effect(rule, journey.CreateTask, &task); task.Kind != want.kind || task.Assignee != want.person || task.Due != want.due || task.Subject.Kind != catalogue.KindChurnReview || task.Customer != "c1" {
			t.Errorf("%s: %+v, want %+v", rule, task, want)
		}
	}
}

// findings that do not come are reminded of, warned of and escalated, at exactly those times, and no more once they are there.
func TestLadder(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 10:00")
	s := begin(t, monday)
	due := monday + 7*day
	s.change(monday+day, func(c *catalogue.ChurnReview) { s.who("sales").DoneAt = monday + day }, &catalogue.ChurnReviewChanged{})
	var c effects.CancelTasks
	if s.Effect("findings_sales_done", journey.CancelTasks, &c); !slices.Equal(c.Rules, []string{"findings_sales"}) || !slices.Equal(c.Kinds, []string{catalogue.TaskChurnFindings}) {
		t.Errorf("only the task of sales ends: %+v", c)
	}
	s.Until(due - ms)
	if s.DidFire("findings_technical_overdue.0") || s.Due("findings_technical_overdue.0") != due {
		t.Fatalf("due %s", s.Due("findings_technical_overdue.0"))
	}
	s.Decide(due)
	s.Until(due + 3*day)
	for rung, level := range []string{catalogue.LevelRemind, catalogue.LevelWarn, catalogue.LevelEscalate} {
		var r effects.Remind
		if s.Effect("findings_technical_overdue."+string(rune('0'+rung)), journey.Remind, &r); r.Level != level || r.Owner != "tian" {
			t.Errorf("rung %d: %+v", rung, r)
		}
	}
	if s.DidFire("findings_sales_overdue.0") {
		t.Error("sales was reminded of what it had done")
	}
}

// a part that is given to somebody else is a new task with its own time, and the first one ends.
func TestReassigned(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 10:00")
	s := begin(t, monday)
	s.change(monday+day, func(*catalogue.ChurnReview) { s.who("technical").Person = "tao" }, &catalogue.ChurnReviewChanged{})
	var task effects.CreateTask
	var c effects.CancelTasks
	s.Effect("findings_technical", journey.CreateTask, &task)
	if s.Effect("findings_technical", journey.CancelTasks, &c); task.Assignee != "tao" || c.Reason != "reassigned" {
		t.Errorf("%+v, %+v", task, c)
	}
	if n := len(s.Fired); n != 7 {
		t.Errorf("%d obligations fired: %v", n, s.Rules())
	}
}

// a sampled key account waits for a talk one to one; a telephone call does not end its task.
func TestSampledInterview(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 10:00")
	s := begin(t, monday)
	s.change(monday+day, func(c *catalogue.ChurnReview) {
		c.Interview = catalogue.ChurnInterview{Sampled: true, Way: catalogue.InterviewPhone}
	}, &catalogue.ChurnReviewChanged{})
	if s.DidFire("interview_done") {
		t.Error("ended by telephone")
	}
	s.change(monday+2*day, func(c *catalogue.ChurnReview) { c.Interview.Way = catalogue.InterviewDeep }, &catalogue.ChurnReviewChanged{})
	if !s.DidFire("interview_done") {
		t.Error("not ended")
	}
}

// closing, or withdrawing the confirmation, ends every task and the journey.
func TestEnds(t *testing.T) {
	for name, told := range map[string]catalogue.Data{catalogue.ChurnClosed: &catalogue.ChurnReviewClosed{}, catalogue.ChurnWithdrawn: &catalogue.ChurnWithdrew{}} {
		monday := journeytest.At(t, "2026-03-02 10:00")
		s := begin(t, monday)
		s.change(monday+day, func(c *catalogue.ChurnReview) { c.Status = name }, told)
		ended := 0
		for _, e := range s.Effects {
			if e.Verb == journey.CancelTasks {
				ended++
			}
		}
		if ended != 6 || !s.Last.Ended || len(s.Last.Pending) != 0 {
			t.Errorf("%s: %d tasks ended, %v pending", name, ended, s.Last.Pending)
		}
	}
}

// Facts that come late or twice change nothing.
func TestOutOfOrder(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 10:00")
	s := begin(t, monday)
	older := s.h.Tell("churn_review/c1.1", monday+hour, &catalogue.ChurnReviewChanged{After: s.now, Changed: "findings"})
	closed := s.now
	closed.Status = catalogue.ChurnClosed
	s.Decide(monday+2*hour, s.h.Tell("churn_review/c1.1", monday+2*hour, &catalogue.ChurnReviewClosed{After: closed}))
	if d := s.Decide(monday+3*hour, older, s.h.Events[0]); len(d.Read) != 0 || len(d.Fired) != 0 || !d.Ended {
		t.Errorf("read %v, fired %v", d.Read, d.Fired)
	}
}
