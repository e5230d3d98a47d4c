package transfer_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/transfer"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

type story struct {
	*journeytest.Journey
	h   *journeytest.History
	now catalogue.Transfer
}

func begin(t *testing.T, at instant.Time) *story {
	t.Helper()
	s := &story{Journey: journeytest.Start(t, journey.Of(transfer.Rules), "t1", journeytest.View(t)), h: journeytest.New(t),
		now: catalogue.Transfer{ID: "t1", Customer: "c1", From: "zhang", To: "li", RequestedBy: "zhang", Approver: "wang", Status: catalogue.TransferRequested, RequestedAt: at}}
	s.step(at, catalogue.TransferRequested)
	return s
}

func (s *story) step(at instant.Time, to string) {
	if s.Last.NextDue != 0 {
		s.Until(at - ms)
	}
	s.now.Status = to
	switch to {
	case catalogue.TransferApproved:
		s.now.ApprovedAt = at
	case catalogue.TransferHandedOver:
		s.now.HandedAt = at
	}
	s.Decide(at, s.h.Tell("transfer/t1", at, &catalogue.TransferStepped{After: s.now}))
}

func boundary(t *testing.T, s *story, rule string, due instant.Time) {
	t.Helper()
	s.Until(due - ms)
	s.Decide(due - ms)
	if s.DidFire(rule) || s.Due(rule) != due {
		t.Fatalf("%s is pending for %s, want %s; fired %v", rule, s.Due(rule), due, s.Rules())
	}
	s.Decide(due)
	if !s.DidFire(rule) {
		t.Fatalf("%s did not fire at %s", rule, due)
	}
}

// each step gives its person a task with a working-day clock, reminds at
// it, and escalates past it; the next step takes the task back.
func TestStepsHaveClocks(t *testing.T) {
	friday := journeytest.At(t, "2026-03-06 10:00")
	monday := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, friday)
	expect := func(rule, kind, person string, due instant.Time) {
		t.Helper()
		var task effects.CreateTask
		if s.Effect(rule+"_task", journey.CreateTask, &task); task.Kind != kind || task.Assignee != person || task.Due != due {
			t.Errorf("%s: task %+v, want %s for %s due %s", rule, task, kind, person, due)
		}
	}
	expect("approve", catalogue.TaskApprove, "wang", monday) // one working day over the weekend
	boundary(t, s, "approve.0", monday)
	boundary(t, s, "approve.1", monday+4*hour)
	var r effects.Remind
	if s.Effect("approve.1", journey.Remind, &r); r.Level != catalogue.LevelEscalate || r.Owner != "wang" {
		t.Errorf("escalation %+v", r)
	}
	s.step(monday+5*hour, catalogue.TransferApproved)
	var c effects.CancelTasks
	if s.Effect("hand_over_task", journey.CancelTasks, &c); !slices.Equal(c.Kinds, []string{catalogue.TaskApprove}) {
		t.Errorf("cancelled %+v", c)
	}
	expect("hand_over", catalogue.TaskHandOver, "zhang", monday+5*hour+2*day)
	boundary(t, s, "hand_over.0", monday+5*hour+2*day)
	s.step(monday+3*day, catalogue.TransferHandedOver)
	expect("accept", catalogue.TaskAccept, "li", monday+4*day)
	s.step(monday+3*day+hour, catalogue.TransferAccepted)
	if s.Effect("step_made", journey.CancelTasks, &c); !slices.Equal(c.Kinds, []string{catalogue.TaskAccept}) || !s.Last.Ended {
		t.Errorf("cancelled %+v, ended %v", c, s.Last.Ended)
	}
}

// a step that stands still for exactly ten days cancels the transfer, and
// each step has its ten days.
func TestExpire(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.step(at+9*day, catalogue.TransferApproved)
	boundary(t, s, "expire", at+19*day)
	s.Effect("expire", journey.CancelTransfer, nil)
	s.step(at+19*day+hour, catalogue.TransferCancelled)
	if !s.Last.Ended {
		t.Error("not ended")
	}
}

// A step that arrives late or twice changes nothing.
func TestStepsOutOfOrder(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	approved := s.h.Tell("transfer/t1", at+hour, &catalogue.TransferStepped{After: catalogue.Transfer{ID: "t1", From: "zhang", To: "li", Status: catalogue.TransferApproved, ApprovedAt: at + hour}})
	rejected := s.h.Tell("transfer/t1", at+2*hour, &catalogue.TransferStepped{After: catalogue.Transfer{ID: "t1", From: "zhang", To: "li", Status: catalogue.TransferRejected}})
	s.Decide(at+2*hour, rejected)
	d := s.Decide(at+3*hour, approved, rejected)
	if len(d.Read) != 0 || len(d.Fired) != 0 || !d.Ended {
		t.Errorf("read %v, fired %v, ended %v", d.Read, d.Fired, d.Ended)
	}
}
