package needchange_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/needchange"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

type story struct {
	*journeytest.Journey
	h   *journeytest.History
	now catalogue.NeedChange
}

func begin(t *testing.T, at instant.Time, change ...func(*policy.Sections)) *story {
	t.Helper()
	s := &story{Journey: journeytest.Start(t, journey.Of(needchange.Rules), "n1", journeytest.View(t, change...)), h: journeytest.New(t),
		now: catalogue.NeedChange{ID: "n1", Customer: "c1", Reason: "要对接ERP", Add: []string{"integration"}, RequestedBy: "zhang", Approver: "wang",
			Departments: []catalogue.NeedConfirmation{{Department: "service", Person: "sun"}, {Department: "product", Person: "qian"}}, RequestedAt: at}}
	s.step(at, catalogue.NeedRequested)
	return s
}

func (s *story) tell(at instant.Time) journey.Event {
	after := s.now
	after.Departments = slices.Clone(s.now.Departments)
	return s.h.Tell("need_change/n1", at, &catalogue.NeedChangeStepped{After: after})
}

func (s *story) step(at instant.Time, to string) {
	if s.Last.NextDue != 0 {
		s.Until(at - ms)
	}
	s.now.Status = to
	if to == catalogue.NeedApproved {
		s.now.ApprovedAt = at
	}
	s.Decide(at, s.tell(at))
}

func (s *story) confirm(at instant.Time, department int) {
	s.now.Departments[department].ConfirmedAt = at
	status := catalogue.NeedConfirmed
	for _, d := range s.now.Departments {
		if d.ConfirmedAt == 0 {
			status = catalogue.NeedApproved
		}
	}
	approved := s.now.ApprovedAt
	s.step(at, status)
	s.now.ApprovedAt = approved
}

// the approver has a task and a clock; once approved every department has
// its own; who confirms has its task taken back and is reminded no more, while the
// others still are; the journey ends with the last confirmation.
func TestApprovedThenConfirmedByEveryDepartment(t *testing.T) {
	friday := journeytest.At(t, "2026-03-06 10:00")
	monday := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, friday)
	s.Task("approve_task", catalogue.TaskApproveNeed, "wang", monday) // one working day over the weekend
	s.Boundary("approve.0", monday)
	s.Boundary("approve.1", monday+4*hour)
	s.Told("approve.1", catalogue.LevelEscalate, "wang")
	if s.DidFire("confirm_service_task") {
		t.Fatal("departments are told before anybody approved")
	}

	at := monday + 5*hour
	s.step(at, catalogue.NeedApproved)
	s.TakenBack("approve_made", catalogue.TaskApproveNeed, "approve_task")
	s.Task("confirm_service_task", catalogue.TaskConfirmNeed, "sun", at+2*day)
	s.Task("confirm_product_task", catalogue.TaskConfirmNeed, "qian", at+2*day)
	if s.DidFire("confirm_technical_task") {
		t.Error("a department that is not named has a task")
	}
	s.confirm(at+hour, 0)
	s.TakenBack("confirm_service_made", catalogue.TaskConfirmNeed, "confirm_service_task")
	s.Boundary("confirm_product.0", at+2*day)
	if s.DidFire("confirm_service.0") {
		t.Error("who has confirmed is reminded")
	}
	if s.Last.Ended {
		t.Error("ended while product has not confirmed")
	}
	s.confirm(at+2*day+hour, 1)
	if s.TakenBack("confirm_product_made", catalogue.TaskConfirmNeed, "confirm_product_task"); !s.Last.Ended {
		t.Error("not ended")
	}
}

// a request that nobody decides about is cancelled after exactly the time
// the policy says; a decided one never; one without such a time never.
func TestExpire(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.Boundary("expire", at+10*day)
	s.Effect("expire", journey.CancelNeedChange, nil)
	s.step(at+10*day+hour, catalogue.NeedCancelled)
	if s.Effect("approve_made", journey.CancelTasks, nil); !s.Last.Ended {
		t.Error("not ended")
	}
	s = begin(t, at)
	s.step(at+9*day, catalogue.NeedApproved)
	s.Until(at + 30*day)
	if s.DidFire("expire") {
		t.Error("an approved change expired")
	}
	s = begin(t, at, func(p *policy.Sections) { p.Customers.NeedChange.Expires = policy.Duration{} })
	if s.Until(at + 300*day); s.DidFire("expire") {
		t.Error("expired without a time to")
	}
}

// a rejected change asks no department.
func TestRejected(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.step(at+hour, catalogue.NeedRejected)
	s.Until(at + 100*day)
	if want := []string{"approve_task", "approve_made"}; !slices.Equal(s.Rules(), want) || !s.Last.Ended {
		t.Errorf("fired %v, ended %v", s.Rules(), s.Last.Ended)
	}
}

// Steps that arrive late, twice or in the wrong order change nothing more.
func TestStepsOutOfOrder(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.now.Status, s.now.ApprovedAt = catalogue.NeedApproved, at+hour
	approved := s.tell(at + hour)
	s.now.Departments[0].ConfirmedAt = at + 2*hour
	first := s.tell(at + 2*hour)
	s.Decide(at+3*hour, first) // the approval is on its way
	s.Task("confirm_product_task", catalogue.TaskConfirmNeed, "qian", at+hour+2*day)
	if s.DidFire("confirm_service_task") {
		t.Error("who has confirmed has a task")
	}
	if d := s.Decide(at+4*hour, approved, first); len(d.Read) != 0 || len(d.Fired) != 0 {
		t.Errorf("read %v, fired %v", d.Read, d.Fired)
	}
}
