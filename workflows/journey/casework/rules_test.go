package casework_test

import (
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/casework"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	minute = instant.Time(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

type story struct {
	*journeytest.Journey
	t   *testing.T
	h   *journeytest.History
	now catalogue.Case
}

// begin opens an after-sales case: four working hours to answer, three working days to solve.
func begin(t *testing.T, at instant.Time, change ...func(*policy.Sections)) *story {
	t.Helper()
	v := journeytest.View(t, change...)
	s := &story{Journey: journeytest.Start(t, journey.Of(casework.Rules), "k1", v), t: t, h: journeytest.New(t),
		now: catalogue.Case{ID: "k1", Customer: "c1", Name: "华兴", Kind: "support", KindName: lang.T("售后支持", "After-sales support"), Title: "打不开", Channel: "phone", Priority: "normal",
			Owner: "li", Status: catalogue.CaseNew, ReportedAt: at, OpenedAt: at, Round: 1, RoundAt: at,
			Response: catalogue.CaseClock{Within: "4wh", Due: v.After(at, policy.D("4wh"))}, Solution: catalogue.CaseClock{Within: "3wd", Due: v.After(at, policy.D("3wd"))}}}
	s.Decide(at, s.h.Tell("case/k1", at, &catalogue.CaseOpened{After: s.now, Entry: catalogue.CaseEntry{N: 1, Side: catalogue.CaseInbound, Text: "打不开", At: at}}))
	return s
}

// step lets time pass and tells what became of the case.
func (s *story) step(at instant.Time, name string, change func(k *catalogue.Case)) {
	s.t.Helper()
	if s.Last.NextDue != 0 {
		s.Until(at - 1)
	}
	before := s.now
	change(&s.now)
	s.Decide(at, s.h.Tell("case/k1", at, &catalogue.CaseStepped{Step: name, Before: before, After: s.now}))
}

func (s *story) waits(at instant.Time) {
	s.step(at, "waiting", func(k *catalogue.Case) {
		k.Status, k.WaitsSince, k.Solution.Due = catalogue.CaseWaiting, at, 0
		k.Pauses = append(slices.Clone(k.Pauses), catalogue.CasePause{From: at})
		k.Response.DoneAt = max(k.Response.DoneAt, at)
	})
}

func (s *story) resumes(at, due instant.Time) {
	s.step(at, "resumed", func(k *catalogue.Case) {
		k.Status, k.WaitsSince, k.Solution.Due = catalogue.CaseWorking, 0, due
		k.Pauses = slices.Clone(k.Pauses)
		k.Pauses[len(k.Pauses)-1].To = at
	})
}

func (s *story) count(rule string) (n int) {
	for _, r := range s.Rules() {
		if r == rule {
			n++
		}
	}
	return n
}

// the owner gets the task at once, is warned when three quarters of
// the four working hours have passed, the breach is recorded at their end, and
// two working hours later the supervisor hears of it.
func TestTheResponseClock(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday)
	var task effects.CreateTask
	if s.Effect("owners_task", journey.CreateTask, &task); task.Kind != catalogue.TaskRespond || task.Assignee != "li" || task.Due != journeytest.At(t, "2026-03-02 14:00") || task.Customer != "c1" {
		t.Errorf("task %+v", task)
	}
	s.Boundary("response_warning.0", journeytest.At(t, "2026-03-02 12:00"))
	s.Boundary("response_breach", journeytest.At(t, "2026-03-02 14:00"))
	var b effects.BreachCase
	if s.Effect("response_breach", journey.BreachCase, &b); b.Clock != "response" || b.Round != 1 || b.Due != journeytest.At(t, "2026-03-02 14:00") {
		t.Errorf("breach %+v", b)
	}
	var r effects.Remind
	if s.Effect("response.0", journey.Remind, &r); r.Level != catalogue.LevelWarn || r.Owner != "li" {
		t.Errorf("at its end %+v", r)
	}
	s.Boundary("response.1", journeytest.At(t, "2026-03-02 16:00"))
	if s.Effect("response.1", journey.Remind, &r); r.Level != catalogue.LevelEscalate {
		t.Errorf("escalation %+v", r)
	}
	s.step(journeytest.At(t, "2026-03-02 16:30"), "resumed", func(k *catalogue.Case) {
		k.Status, k.Response.DoneAt = catalogue.CaseWorking, journeytest.At(t, "2026-03-02 16:30")
	})
	if s.Effect("owners_task", journey.CreateTask, &task); task.Kind != catalogue.TaskResolve || task.Due != s.now.Solution.Due {
		t.Errorf("after the answer: %+v", task)
	}
	if s.count("response_breach") != 1 || s.count("response_warning.0") != 1 || s.Due("response.1") != 0 {
		t.Errorf("fired %v", s.Rules())
	}
}

// the other nodes answer within one and two working days, and an answer in time fires nothing.
func TestAnsweredInTime(t *testing.T) {
	friday := journeytest.At(t, "2026-03-06 15:00")
	for within, due := range map[string]string{"1wd": "2026-03-09 15:00", "2wd": "2026-03-10 15:00"} {
		s := begin(t, friday)
		s.step(friday+minute, "changed", func(k *catalogue.Case) { k.Kind, k.Response.Within = "inquiry", within })
		if got := s.Due("response_breach"); got != journeytest.At(t, due) {
			t.Errorf("%s: %s", within, got)
		}
		s.step(s.Due("response_breach")-1, "resumed", func(k *catalogue.Case) {
			k.Status, k.Response.DoneAt = catalogue.CaseWorking, s.Due("response_breach")-1
		})
		s.Until(friday + 5*day)
		if s.DidFire("response_breach") || s.DidFire("response.0") {
			t.Errorf("%s: fired %v", within, s.Rules())
		}
	}
}

// while the customer is waited for no clock fires, the customer is reminded,
// and afterwards the clock goes on exactly where it stood.
func TestClocksStandStillWhileTheCustomerIsWaitedFor(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday, func(p *policy.Sections) { p.Cases.Kind("support").Clocks[2].Solution = policy.D("8wh") })
	s.step(monday+minute, "changed", func(k *catalogue.Case) { k.Solution.Within = "8wh" }) // until 18:00
	s.waits(journeytest.At(t, "2026-03-02 17:59"))
	var c effects.CancelTasks
	if s.Effect("owners_task", journey.CancelTasks, &c); !slices.Equal(c.Kinds, []string{catalogue.TaskRespond}) || s.Due("solution_breach") != 0 {
		t.Errorf("while it waits: %+v, %s", c, s.Due("solution_breach"))
	}
	s.Boundary("unanswered.0", journeytest.At(t, "2026-03-04 17:59")) // two working days
	var n effects.NudgeCustomer
	if s.Effect("unanswered.0", journey.NudgeCustomer, &n); n.AsOf != journeytest.At(t, "2026-03-02 17:59") {
		t.Errorf("reminder to the customer %+v", n)
	}
	back := journeytest.At(t, "2026-03-05 09:00")
	s.resumes(back, back+minute)
	s.Boundary("solution_breach", back+minute) // one minute was left
	if s.Due("unanswered.1") != 0 || s.Due("close_waiting") != 0 {
		t.Error("still waiting")
	}
	// A second waiting has reminders of its own.
	s.waits(journeytest.At(t, "2026-03-05 10:00"))
	s.Until(journeytest.At(t, "2026-03-09 10:00"))
	if s.count("unanswered.0") != 2 {
		t.Errorf("fired %v", s.Rules())
	}
}

// A customer who never answers, and one who never objects: the case ends by itself.
func TestCasesEndByThemselves(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday)
	s.waits(monday + hour)
	s.Boundary("close_waiting", monday+hour+10*day)
	var c effects.CloseCase
	if s.Effect("close_waiting", journey.CloseCase, &c); c.Reason != "no_answer" || c.AsOf != monday+hour {
		t.Errorf("%+v", c)
	}
	s = begin(t, monday)
	s.step(monday+2*hour, "resolved", func(k *catalogue.Case) {
		k.Status, k.ResolvedAt, k.Response.DoneAt, k.Solution.DoneAt = catalogue.CaseResolved, monday+2*hour, monday+2*hour, monday+2*hour
	})
	s.Boundary("close_solved", monday+2*hour+5*day)
	if s.Effect("close_solved", journey.CloseCase, &c); c.Reason != "solved" || c.AsOf != monday+2*hour {
		t.Errorf("%+v", c)
	}
	s.step(monday+5*day+3*hour, "closed", func(k *catalogue.Case) { k.Status, k.ClosedAt = catalogue.CaseClosed, monday+5*day+3*hour })
	if !s.Last.Ended || s.DidFire("response_breach") {
		t.Errorf("ended %v, fired %v", s.Last.Ended, s.Rules())
	}
}

// a case that is opened again has clocks and warnings of its own.
func TestAnotherRound(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday)
	s.Until(monday + 8*hour)
	s.step(monday+9*hour-minute, "resolved", func(k *catalogue.Case) {
		k.Status, k.ResolvedAt, k.Response.DoneAt, k.Solution.DoneAt = catalogue.CaseResolved, monday+9*hour-minute, monday+8*hour, monday+9*hour-minute
	})
	again := journeytest.At(t, "2026-03-03 09:00")
	s.step(again, "reopened", func(k *catalogue.Case) {
		k.Status, k.Round, k.RoundAt, k.ResolvedAt = catalogue.CaseNew, 2, again, 0
		k.Response, k.Solution = catalogue.CaseClock{Within: "4wh", Due: again + 5*hour}, catalogue.CaseClock{Within: "3wd", Due: again + 3*day}
	})
	s.Until(again + 5*hour)
	if s.count("response_breach") != 2 || s.count("response_warning.0") != 2 || s.Due("close_solved") != 0 {
		t.Errorf("fired %v", s.Rules())
	}
	var b effects.BreachCase
	if s.Effect("response_breach", journey.BreachCase, &b); b.Round != 2 || b.Due != again+5*hour {
		t.Errorf("%+v", b)
	}
}

// the task goes with the owner; a case recorded hours late warns at once and not before it was known.
func TestOwnerAndLateRecording(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday)
	s.step(monday+hour, "assigned", func(k *catalogue.Case) { k.Owner = "zhao" })
	var task effects.CreateTask
	if s.Effect("owners_task", journey.CreateTask, &task); task.Assignee != "zhao" || s.Last.Holder != "zhao" {
		t.Errorf("%+v", task)
	}
	late := journeytest.Start(t, journey.Of(casework.Rules), "k2", journeytest.View(t))
	h := journeytest.New(t)
	k := s.now
	k.ID, k.RoundAt, k.ReportedAt = "k2", monday, monday
	late.Decide(monday+2*day, h.Tell("case/k2", monday+2*day, &catalogue.CaseOpened{After: k, Entry: catalogue.CaseEntry{Side: catalogue.CaseInbound, Text: "x"}}))
	if !late.DidFire("response_breach") || late.Fired[0].Late {
		t.Errorf("fired %v", late.Fired)
	}
}

// Working time is the owner's, unless the kind has a calendar of its own; facts out of order change nothing.
func TestCalendarsAndOrder(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday)
	older := s.h.Tell("case/k1", monday+hour, &catalogue.CaseStepped{Step: "changed", Before: s.now, After: s.now})
	s.step(monday+2*hour, "closed", func(k *catalogue.Case) { k.Status, k.ClosedAt = catalogue.CaseClosed, monday+2*hour })
	if d := s.Decide(monday+3*hour, older); len(d.Read) != 0 || !d.Ended {
		t.Errorf("an older fact: read %v, ended %v", d.Read, d.Ended)
	}
}

// who looks at a case sees that a clock ran down, until it was made up for.
func TestAnOverdueCaseSaysSo(t *testing.T) {
	monday := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, monday)
	s.step(monday+6*hour, "told", func(k *catalogue.Case) { k.Response.BreachedAt = monday + 5*hour })
	if says := s.Last.Status.Says; !strings.Contains(says.Zh, "首次响应已超时") || !strings.Contains(says.En, "the first response is overdue") || s.Last.Status.Risk != "at_risk" {
		t.Errorf("%+v", s.Last.Status)
	}
	s.step(monday+7*hour, "resumed", func(k *catalogue.Case) { k.Status, k.Response.DoneAt = catalogue.CaseWorking, monday+7*hour })
	if says := s.Last.Status.Says; strings.Contains(says.En, "overdue") {
		t.Errorf("%+v", says)
	}
}
