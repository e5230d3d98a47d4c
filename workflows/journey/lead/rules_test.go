package lead_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/lead"
)

const (
	ms     = instant.Time(1)
	minute = instant.Time(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

type story struct {
	*journeytest.Journey
	h  *journeytest.History
	at instant.Time
}

func open(t *testing.T, view *policy.View) *story {
	t.Helper()
	return &story{Journey: journeytest.Start(t, journey.Of(lead.Rules), "l1", view), h: journeytest.New(t), at: journeytest.At(t, "2026-03-02 09:00")}
}

// begin is a lead that arrived and was recorded.
func begin(t *testing.T, change ...func(*catalogue.Lead)) *story {
	t.Helper()
	s := open(t, journeytest.View(t))
	s.tell(s.at, &catalogue.LeadRecorded{After: s.lead(change...)})
	return s
}

func (s *story) lead(change ...func(*catalogue.Lead)) catalogue.Lead {
	l := catalogue.Lead{ID: "l1", Company: "海天", Contact: "王", Phone: "+8613800000001", Source: "website", Need: "CRM", Status: catalogue.LeadNew, Owner: "zhang", Customer: "c1",
		ArrivedAt: s.at, RecordedAt: s.at, ClocksFrom: s.at}
	for _, c := range change {
		c(&l)
	}
	return l
}

func (s *story) tell(at instant.Time, data ...catalogue.Data) { s.on("lead/l1", at, data...) }

func (s *story) on(aggregate string, at instant.Time, data ...catalogue.Data) {
	if s.Last.NextDue != 0 {
		s.Until(at - ms)
	}
	n := len(s.h.Events)
	s.h.Tell(aggregate, at, data...)
	s.Decide(at, s.h.Events[n:]...)
}

func follow(at instant.Time, change ...func(*catalogue.FollowUp)) *catalogue.FollowUpRecorded {
	u := catalogue.FollowUp{ID: "f" + at.String(), Subject: catalogue.Subject{Kind: "lead", ID: "l1"}, By: "zhang", OccurredAt: at, Direction: "outbound", NextTouchAt: at + 100*day, Counts: true}
	for _, c := range change {
		c(&u)
	}
	return &catalogue.FollowUpRecorded{FollowUp: u}
}

func status(after string, next instant.Time) *catalogue.LeadStatusChanged {
	return &catalogue.LeadStatusChanged{Lead: "l1", After: after, NextAt: next}
}

func signalled(s *story) *catalogue.FirstContactSignalled {
	return &catalogue.FirstContactSignalled{ID: "l1", Person: "zhang", Channel: "phone", ContactAt: s.at}
}

// a first contact without record after exactly 24 hours is reported, to the
// salesperson and the manager, and a task asks for the record until it is there.
func TestLateEntry(t *testing.T) {
	s := open(t, journeytest.View(t))
	s.on("first_contact/l1", s.at, signalled(s))
	s.Boundary("late_entry", s.at+24*hour)
	var late effects.ReportLate
	if s.Effect("late_entry", journey.ReportLate, &late); late.Due != s.at+24*hour {
		t.Errorf("lateness %+v", late)
	}
	var r effects.Remind
	if s.Effect("late_entry", journey.Remind, &r); r.Level != catalogue.LevelWarn || r.Owner != "zhang" {
		t.Errorf("reminder %+v", r)
	}
	if because := s.Fired[0].Obligation.Because; !slices.Equal(because, []string{"first_contact/l1/1/0"}) {
		t.Errorf("because %v", because)
	}
	if !s.Last.Ended {
		t.Error("nothing more can happen, but the journey goes on")
	}
	s.tell(s.at+30*hour, &catalogue.LeadRecorded{After: s.lead(func(l *catalogue.Lead) { l.ClocksFrom = s.at + 30*hour })})
	var c effects.CancelTasks
	if s.Effect("entry_recorded", journey.CancelTasks, &c); !slices.Equal(c.Kinds, []string{catalogue.TaskRecord}) {
		t.Errorf("cancelled %+v", c)
	}
}

// recorded in time, nothing is reported, whichever fact comes first.
func TestEntryInTime(t *testing.T) {
	for name, first := range map[string]bool{"signal first": true, "record first": false} {
		t.Run(name, func(t *testing.T) {
			s := open(t, journeytest.View(t))
			if first {
				s.on("first_contact/l1", s.at, signalled(s))
			}
			s.tell(s.at+23*hour, &catalogue.LeadRecorded{After: s.lead()})
			if !first {
				s.on("first_contact/l1", s.at+23*hour, signalled(s))
			}
			s.Until(s.at + 60*day)
			if s.DidFire("late_entry") {
				t.Error("reported")
			}
		})
	}
}

// a new lead has a first-contact task with owner and due time at once; R-020
// and R-162: when it is not made, reminder, escalation, somebody else; C-03: its
// clock is neither the entry's nor the leak's.
func TestFirstTouch(t *testing.T) {
	s := begin(t)
	var task effects.CreateTask
	e := s.Effect("first_touch_task", journey.CreateTask, &task)
	if e.ID != effects.FirstTouchTask("l1", 1) {
		t.Errorf("the task is %s, and not the one that is opened from the fact", e.ID)
	}
	if task.Kind != catalogue.TaskFirstTouch || task.Assignee != "zhang" || task.Due != s.at+10*minute || task.Company != "海天" {
		t.Errorf("task %+v", task)
	}
	s.Boundary("first_touch.0", s.at+10*minute)
	s.Boundary("leak.first_inquiry", s.at+30*minute) // R-027, and the band of R-008
	if n := s.Count("first_touch.1"); n != 1 {
		t.Errorf("escalated %d times by then, want once, at the same instant", n)
	}
	s.Boundary("first_touch.2", s.at+24*hour+10*minute)
	var r effects.Reassign
	if s.Effect("first_touch.2", journey.Reassign, &r); r.From != "zhang" {
		t.Errorf("reassignment %+v", r)
	}
}

// whoever it is reassigned to gets a task and a clock of their own.
func TestFirstTouchStartsAnewForTheNextOwner(t *testing.T) {
	s := begin(t)
	at := s.at + 25*hour
	s.tell(at, &catalogue.LeadAssigned{Lead: "l1", Before: "zhang", After: "li", Reason: "escalation"})
	var task effects.CreateTask
	if s.Effect("first_touch_task", journey.CreateTask, &task); task.Assignee != "li" || task.Due != at+10*minute {
		t.Errorf("task %+v", task)
	}
	s.Effect("first_touch_task", journey.CancelTasks, nil)
	s.Boundary("first_touch.0", at+10*minute)
	var r effects.Remind
	if s.Effect("first_touch.0", journey.Remind, &r); r.Owner != "li" {
		t.Errorf("reminder to %s", r.Owner)
	}
}

// A lead that follows its customer's owner keeps its one task: the service moves it.
func TestCustomersOwnerTakesTheLead(t *testing.T) {
	s := begin(t)
	s.tell(s.at+1000, &catalogue.LeadAssigned{Lead: "l1", Before: "zhang", After: "li", Reason: "customer_owner"})
	if n := s.Count("first_touch_task"); n != 1 {
		t.Errorf("%d tasks, want 1", n)
	}
	s.Until(s.at + 10*minute)
	var r effects.Remind
	if s.Effect("first_touch.0", journey.Remind, &r); r.Owner != "li" {
		t.Errorf("reminder to %s", r.Owner)
	}
}

// an outbound follow-up ends the first-touch ladder and mends the leak.
func TestFirstTouchMade(t *testing.T) {
	s := begin(t)
	s.tell(s.at+40*minute, follow(s.at+40*minute), status(catalogue.LeadContacted, 0))
	if s.Due("first_touch.2") != 0 {
		t.Error("still pending")
	}
	s.Effect("leak.first_inquiry_over", journey.ClearMark, nil)
}

// R-162 (4): three silent days remind, five warn, seven mark; a follow-up resets.
func TestIdle(t *testing.T) {
	s := begin(t)
	s.tell(s.at+minute, follow(s.at+minute), status(catalogue.LeadContacted, 0))
	from := s.at + minute
	s.Boundary("idle.0", from+3*day)
	s.Boundary("idle.1", from+5*day)
	s.Boundary("idle.2", from+7*day)
	if s.Last.Status.Risk != "at_risk" {
		t.Errorf("risk %q", s.Last.Status.Risk)
	}
	s.tell(from+8*day, follow(from+8*day))
	s.Effect("at_risk_over", journey.ClearMark, nil)
	s.Boundary("idle.0", from+11*day)
}

// three days without reply make a second-touch task.
func TestNoReply(t *testing.T) {
	s := begin(t)
	s.tell(s.at+minute, follow(s.at+minute), status(catalogue.LeadContacted, 0))
	s.Boundary("no_reply", s.at+minute+3*day)
	s.Effect("no_reply", journey.CreateTask, nil)
}

// not ready and no next time goes to nurture with a date; in nurture it is
// neither idle nor recycled, and is touched every thirty days for ever.
func TestNurture(t *testing.T) {
	s := begin(t)
	at := s.at + hour
	s.tell(at, follow(at, func(u *catalogue.FollowUp) { u.Counts, u.NextTouchAt, u.Result = false, 0, "needs_time" }))
	var n effects.Nurture
	if s.Effect("to_nurture", journey.Nurture, &n); n.NextAt != at+30*day {
		t.Errorf("nurture %+v", n)
	}
	s.tell(at+1000, status(catalogue.LeadNurturing, n.NextAt))
	if s.Due("idle.0") != 0 || s.Due("recycle") != 0 {
		t.Errorf("pending in nurture: %v", s.Last.Pending)
	}
	s.Boundary("nurture", at+30*day)
	var task effects.CreateTask
	if s.Effect("nurture", journey.CreateTask, &task); task.Kind != catalogue.TaskNurture || task.Assignee != "zhang" {
		t.Errorf("task %+v", task)
	}
	s.Boundary("nurture_overdue.0", at+31*day)
	s.Boundary("nurture", at+60*day)
	s.Boundary("nurture_overdue.0", at+61*day)
	s.tell(at+62*day, follow(at+62*day, func(u *catalogue.FollowUp) { u.NextTouchAt = at + 70*day }))
	if got := s.Due("nurture"); got != at+100*day {
		t.Errorf("the next round is due at %s, want thirty days after the planned touch", got)
	}
	if got := s.Due("next_touch.0"); got != at+70*day {
		t.Errorf("the planned touch is due at %s", got)
	}
}

// a lead nobody follows up goes to the pool on day thirty, warned before.
func TestRecycle(t *testing.T) {
	s := begin(t)
	s.Boundary("recycle_warn.0", s.at+23*day)
	s.Boundary("recycle", s.at+30*day)
	s.tell(s.at+31*day, &catalogue.LeadPooled{Lead: "l1", Before: "zhang", Reason: "recycle"})
	if len(s.Last.Pending) != 0 {
		t.Errorf("pending in the pool: %v", s.Last.Pending)
	}
	at := s.at + 50*day
	s.tell(at, &catalogue.LeadAssigned{Lead: "l1", After: "li", Reason: "claim"})
	var task effects.CreateTask
	if s.Effect("first_touch_task", journey.CreateTask, &task); task.Assignee != "li" {
		t.Errorf("task %+v", task)
	}
	if got := s.Due("recycle"); got != at+30*day {
		t.Errorf("recycle %s", got)
	}
}

// a lead that rules pass from one idle owner to the next reaches the pool
// all the same; one that a person hands over gets its time anew.
func TestRecycleDespiteEscalation(t *testing.T) {
	s := begin(t)
	for day30, n := s.at+30*day, 1; n <= 3; n++ {
		s.tell(s.at+instant.Time(n)*5*day, &catalogue.LeadAssigned{Lead: "l1", Before: "zhang", After: "li", Reason: "escalation"})
		if got := s.Due("recycle"); got != day30 {
			t.Fatalf("after escalation %d recycle is due %s, want %s", n, got, day30)
		}
	}
	at := s.at + 20*day
	s.tell(at, &catalogue.LeadAssigned{Lead: "l1", Before: "li", After: "wang", Reason: "transfer"})
	if got := s.Due("recycle"); got != at+30*day {
		t.Errorf("after a transfer recycle is due %s, want %s", got, at+30*day)
	}
}

// R-029 holds for leads as for deals.
func TestLeakUnrecordedObjection(t *testing.T) {
	s := begin(t)
	at := s.at + minute
	s.tell(at, follow(at, func(u *catalogue.FollowUp) { u.Result = "not_interested" }))
	s.Effect("leak.unrecorded_objection", journey.SetMark, nil)
	s.tell(at+hour, &catalogue.LeadChanged{After: s.lead(func(l *catalogue.Lead) { l.Objections = []string{"price"} }), Changed: []string{"objections"}})
	s.Effect("leak.unrecorded_objection_over", journey.ClearMark, nil)
}

// a lead without customer is matched by all that is known of it.
func TestMatch(t *testing.T) {
	s := begin(t, func(l *catalogue.Lead) { l.Customer = "" })
	var m effects.MatchCustomer
	s.Effect("match", journey.LinkCustomer, &m)
	if (m != effects.MatchCustomer{Kind: "company", Name: "海天", Contact: "王", Phone: "+8613800000001"}) {
		t.Errorf("match %+v", m)
	}
}

// The journey ends when the lead is converted, folded or closed, and takes its marks back.
func TestEnd(t *testing.T) {
	for name, end := range map[string]catalogue.Data{
		"converted": status(catalogue.LeadConverted, 0), "closed": status(catalogue.LeadClosed, 0), "folded": &catalogue.LeadFoldedIn{Lead: "l1", Into: "l0"},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t)
			s.Until(s.at + 8*day)
			s.tell(s.at+8*day, end)
			if !s.Last.Ended || len(s.Last.Pending) != 0 {
				t.Errorf("ended %v, pending %v", s.Last.Ended, s.Last.Pending)
			}
			s.Effect("at_risk_over", journey.ClearMark, nil)
			s.Effect("leak.first_inquiry_over", journey.ClearMark, nil)
		})
	}
}
