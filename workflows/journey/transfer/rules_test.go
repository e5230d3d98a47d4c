package transfer_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
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

// each step gives its person a task with a working-day clock, reminds at
// it, and escalates past it; the next step takes the task back.
func TestStepsHaveClocks(t *testing.T) {
	friday := journeytest.At(t, "2026-03-06 10:00")
	monday := journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, friday)
	s.Task("approve_task", catalogue.TaskApprove, "wang", monday) // one working day over the weekend
	s.Boundary("approve.0", monday)
	s.Boundary("approve.1", monday+4*hour)
	s.Told("approve.1", catalogue.LevelEscalate, "wang")
	s.step(monday+5*hour, catalogue.TransferApproved)
	s.TakenBack("approve_made", catalogue.TaskApprove, "approve_task")
	s.Task("hand_over_task", catalogue.TaskHandOver, "zhang", monday+5*hour+2*day)
	s.Boundary("hand_over.0", monday+5*hour+2*day)
	s.step(monday+3*day, catalogue.TransferHandedOver)
	s.Task("accept_task", catalogue.TaskAccept, "li", monday+4*day)
	s.step(monday+3*day+hour, catalogue.TransferAccepted)
	s.TakenBack("hand_over_made", catalogue.TaskHandOver, "hand_over_task")
	if s.TakenBack("accept_made", catalogue.TaskAccept, "accept_task"); !s.Last.Ended {
		t.Error("not ended")
	}
}

// a transfer whose steps are made faster than they are heard of leaves no task behind.
func TestStepsAllAtOnce(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.now.Status, s.now.ApprovedAt = catalogue.TransferApproved, at+hour
	s.Decide(at+hour, s.h.Tell("transfer/t1", at+hour, &catalogue.TransferStepped{After: s.now}))
	s.now.Status, s.now.HandedAt = catalogue.TransferHandedOver, at+2*hour
	s.Decide(at+2*hour, s.h.Tell("transfer/t1", at+2*hour, &catalogue.TransferStepped{After: s.now}))
	s.TakenBack("hand_over_made", catalogue.TaskHandOver, "hand_over_task")
	s.step(at+3*hour, catalogue.TransferRejected)
	if s.TakenBack("accept_made", catalogue.TaskAccept, "accept_task"); !s.Last.Ended || len(s.Last.Pending) != 0 {
		t.Errorf("pending %v", s.Last.Pending)
	}
	for _, f := range s.Fired {
		if f.Late {
			t.Errorf("%s counts as late", f.Obligation.Rule)
		}
	}
}

// a step that stands still for exactly ten days cancels the transfer, and
// each step has its ten days.
func TestExpire(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.step(at+9*day, catalogue.TransferApproved)
	s.Boundary("expire", at+19*day)
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
