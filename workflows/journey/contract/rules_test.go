package contract_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/contract"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

type story struct {
	*journeytest.Journey
	t   *testing.T
	h   *journeytest.History
	now catalogue.Contract
}

// begin drafts a contract of a year.
func begin(t *testing.T, at instant.Time) *story {
	t.Helper()
	s := &story{Journey: journeytest.Start(t, journey.Of(contract.Rules), "k1", journeytest.View(t)), t: t, h: journeytest.New(t),
		now: catalogue.Contract{ID: "k1", Number: "LK-1", Customer: "c1", Kind: catalogue.ContractNew, Owner: "zhang", Buyer: catalogue.Party{Name: "海天"}, Status: catalogue.ContractDraft,
			From: at, Until: at + 365*day, Total: money.Of(1_000_00, "CNY"), DraftedAt: at,
			Schedule: []catalogue.Installment{{Name: "首付", Minor: 500_00, AfterDays: 7}, {Name: "尾款", Minor: 500_00, AfterDays: 30}}}}
	s.tell(at, &catalogue.ContractDrafted{After: s.now})
	return s
}

func (s *story) tell(at instant.Time, d ...catalogue.Data) {
	s.t.Helper()
	if s.Last.NextDue != 0 {
		s.Until(at - ms)
	}
	first := len(s.h.Events)
	s.h.Tell("contract/k1", at, d...)
	s.Decide(at, s.h.Events[first:]...)
}

// submit asks for the approval of manager and board.
func (s *story) submit(at instant.Time) {
	s.now.Status = catalogue.ContractApproving
	s.now.Steps = []catalogue.ApprovalStep{{ID: "manager", Name: lang.T("主管", "Manager"), Role: "sales_manager", Approver: "wang", Status: catalogue.StepPending, Since: at},
		{ID: "management", Name: lang.T("管理层", "Management"), Role: "management", Approver: "board", Status: catalogue.StepWaiting}}
	s.tell(at, &catalogue.ContractSubmitted{After: s.now})
}

func (s *story) send(at instant.Time) {
	s.now.Status, s.now.Steps, s.now.Round, s.now.SentAt, s.now.SignBy = catalogue.ContractSent, nil, s.now.Round+1, at, at+30*day
	s.tell(at, &catalogue.ContractSentFact{After: s.now})
}

func (s *story) sign(at instant.Time) {
	s.now.Status, s.now.SignedAt, s.now.Signature = catalogue.ContractSigned, at, &catalogue.Signature{Name: "李总", At: at}
	s.now.Schedule = slices.Clone(s.now.Schedule)
	for i := range s.now.Schedule {
		s.now.Schedule[i].Due = at + instant.Time(s.now.Schedule[i].AfterDays)*day
	}
	told := []catalogue.Data{&catalogue.ContractSignedFact{}}
	if s.now.From <= at {
		s.now.Status, s.now.ActiveAt = catalogue.ContractActive, at
		told = append(told, &catalogue.ContractActivated{After: s.now})
	}
	told[0].(*catalogue.ContractSignedFact).After = s.now
	s.tell(at, told...)
}

func (s *story) pay(at instant.Time, installments ...int) {
	s.now.Schedule = slices.Clone(s.now.Schedule)
	for _, i := range installments {
		s.now.Schedule[i].Paid, s.now.Schedule[i].PaidAt = s.now.Schedule[i].Minor, at
	}
	s.tell(at, &catalogue.ContractPaid{After: s.now, Payment: catalogue.ContractPayment{ID: "p", Amount: money.Of(500_00, "CNY"), PaidAt: at, RecordedBy: "x"}})
}

func (s *story) intend(at instant.Time, intent string) {
	s.now.Renewal = &catalogue.RenewalIntent{Intent: intent, By: "zhang", At: at}
	s.tell(at, &catalogue.ContractRenewalIntentRecorded{After: s.now})
}

// each step of an approval gives its person a task with the step's
// clock, reminds at it and escalates past it; the next step takes the task back.
func TestApprovalStepsHaveClocks(t *testing.T) {
	friday, monday := journeytest.At(t, "2026-03-06 10:00"), journeytest.At(t, "2026-03-09 10:00")
	s := begin(t, friday-hour)
	s.submit(friday)
	var task effects.CreateTask
	if s.Effect("approve_task", journey.CreateTask, &task); task.Assignee != "wang" || task.Due != monday || task.Kind != catalogue.TaskApprove || task.Subject.Kind != "contract" {
		t.Errorf("task %+v", task) // one working day over the weekend
	}
	s.Boundary("approve.0", monday)
	s.Boundary("approve.1", monday+4*hour)
	var r effects.Remind
	if s.Effect("approve.1", journey.Remind, &r); r.Level != catalogue.LevelEscalate || r.Owner != "wang" {
		t.Errorf("escalation %+v", r)
	}
	s.now.Steps = slices.Clone(s.now.Steps)
	s.now.Steps[0].Status, s.now.Steps[1].Status, s.now.Steps[1].Since = catalogue.StepApproved, catalogue.StepPending, monday+5*hour
	s.tell(monday+5*hour, &catalogue.ContractStepDecided{After: s.now, Step: s.now.Steps[0]})
	if s.Effect("approve_task", journey.CreateTask, &task); task.Assignee != "board" || task.Due != monday+5*hour+2*day {
		t.Errorf("second task %+v", task)
	}
	s.Effect("approve_task", journey.CancelTasks, nil)
	s.now.Status, s.now.Steps = catalogue.ContractApproved, nil
	s.tell(monday+day, &catalogue.ContractApprovedFact{After: s.now})
	if s.TakenBack("task_over", catalogue.TaskApprove, "approve_task"); s.Last.NextDue != 0 || s.Last.Ended {
		t.Errorf("approved: next due %s, ended %v", s.Last.NextDue, s.Last.Ended)
	}
}

// the customer is reminded at 2, 5 and 9 days, the owner at 7 and the
// supervisor at 14; sent again, the clocks begin again; signed, they stop.
func TestSigningReminders(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.send(at + hour)
	sent := at + hour
	s.Boundary("sign_remind.0", sent+2*day)
	var urge effects.UrgeSigning
	if s.Effect("sign_remind.0", journey.UrgeSigning, &urge); urge.Round != 1 {
		t.Errorf("urged %+v", urge)
	}
	s.now.Urged = 1
	s.tell(sent+2*day+hour, &catalogue.ContractUrged{After: s.now}) // a fact of its own making moves no clock
	s.Boundary("sign_remind.1", sent+5*day)
	s.Boundary("sign_overdue.0", sent+7*day)
	s.Boundary("sign_remind.2", sent+9*day)
	s.Boundary("sign_overdue.1", sent+14*day)
	again := sent + 15*day
	s.send(again)
	if due := s.Due("sign_remind.0"); due != again+2*day {
		t.Errorf("sent again: %s", due)
	}
	s.sign(again + day)
	if s.Due("sign_remind.0") != 0 || s.Due("sign_overdue.0") != 0 || s.Due("expire") != s.now.Until {
		t.Errorf("signed: %v", s.Last.Pending)
	}
}

// the renewal talk starts 90 days before the end, due 60 days before it;
// while no intent is recorded the owner is reminded at 90 and 60 days, and at 30
// it is escalated and the renewal marked at risk.
func TestRenewalWindows(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.send(at)
	s.sign(at + hour)
	s.pay(at+2*hour, 0, 1)
	end := s.now.Until
	s.Boundary("renewal_talk", end-90*day)
	var task effects.CreateTask
	if s.Effect("renewal_talk", journey.CreateTask, &task); task.Kind != catalogue.TaskRenewalTalk || task.Assignee != "zhang" || task.Due != end-60*day {
		t.Errorf("talk %+v", task)
	}
	s.Decide(end - 90*day)
	s.Boundary("renewal.1", end-60*day)
	s.Boundary("renewal.2", end-30*day)
	var r effects.Remind
	if s.Effect("renewal.2", journey.Remind, &r); r.Level != catalogue.LevelEscalate {
		t.Errorf("last window %+v", r)
	}
	if e := s.Effect("renewal.2", journey.SetMark, nil); e.Mark != catalogue.MarkRenewalAtRisk {
		t.Errorf("marked %s", e.Mark)
	}
	s.Boundary("expire", end)
	var a effects.AdvanceContract
	if s.Effect("expire", journey.AdvanceContract, &a); a.To != catalogue.ContractExpired {
		t.Errorf("expire %+v", a)
	}
	s.now.Status, s.now.EndedAt = catalogue.ContractExpired, end
	s.tell(end+hour, &catalogue.ContractEnded{After: s.now})
	if s.TakenBack("talk_over", catalogue.TaskRenewalTalk, "renewal_talk"); !s.Last.Ended {
		t.Error("not ended")
	}
}

// an intent to renew ends the windows and the talk; R-096: one to leave
// escalates at once; "undecided" goes on counting.
func TestRenewalIntent(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	for intent, want := range map[string]struct{ counts, escalates bool }{catalogue.IntentRenew: {}, catalogue.IntentUndecided: {counts: true}, catalogue.IntentLeave: {escalates: true}} {
		s := begin(t, at)
		s.send(at)
		s.sign(at + hour)
		s.pay(at+2*hour, 0, 1)
		end := s.now.Until
		s.Until(end - 80*day)
		s.intend(end-80*day, intent)
		if got := s.Due("renewal.1") != 0; got != want.counts || s.DidFire("leaving") != want.escalates || s.DidFire("talk_over") == want.counts {
			t.Errorf("%s: %v fired, %v pending", intent, s.Rules(), s.Last.Pending)
		}
	}
}

// the talk is whoever's customer it is: a new owner gets the task, the old one's ends.
func TestTheTalkFollowsTheOwner(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.send(at)
	s.sign(at)
	s.pay(at+hour, 0, 1)
	s.Until(s.now.Until - 80*day)
	s.now.Owner = "li"
	s.tell(s.now.Until-80*day, &catalogue.ContractChanged{Before: s.now.Status, After: s.now, Reason: "owner"})
	var task effects.CreateTask
	if s.Effect("renewal_talk", journey.CreateTask, &task); task.Assignee != "li" || task.Due != s.now.Until-60*day {
		t.Errorf("talk %+v", task)
	}
	s.Effect("renewal_talk", journey.CancelTasks, nil)
	var r effects.Remind
	s.Until(s.now.Until - 60*day)
	if s.Effect("renewal.1", journey.Remind, &r); r.Owner != "li" || s.Count("renewal_talk") != 2 || s.Count("renewal.1") != 1 {
		t.Errorf("reminder %+v; fired %v", r, s.Rules())
	}
}

// a contract shorter than the windows has its talk at once, due in the middle of its term.
func TestShortContract(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.now.Until = at + 20*day
	s.send(at)
	s.sign(at)
	var task effects.CreateTask
	if s.Effect("renewal_talk", journey.CreateTask, &task); task.Due != at+10*day || s.DidFire("renewal.0") || s.DidFire("renewal.2") {
		t.Errorf("talk %+v; fired %v", task, s.Rules())
	}
}

// A contract signed before its term begins with its first day.
func TestActivation(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.now.From = at + 10*day
	s.send(at)
	s.sign(at + hour)
	s.Boundary("activate", at+10*day)
}

// an installment that is not paid when it is due marks the contract, reminds
// at a day, warns at seven, escalates at thirty; paid, the next one's clock runs.
func TestPaymentsOverdue(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.send(at)
	s.sign(at)
	s.Boundary("payment_due", at+7*day)
	if e := s.Effect("payment_due", journey.SetMark, nil); e.Mark != catalogue.MarkPaymentOverdue {
		t.Errorf("marked %s", e.Mark)
	}
	s.Boundary("payment.0", at+8*day)
	s.Boundary("payment.1", at+14*day)
	s.pay(at+15*day, 0)
	if s.Due("payment_due") != at+30*day || s.Due("payment.0") != at+31*day || s.Due("payment.2") != at+60*day {
		t.Errorf("second installment: %v", s.Last.Pending)
	}
	s.pay(at+16*day, 1)
	if s.Due("payment_due") != 0 || s.Due("payment.2") != 0 {
		t.Errorf("paid: %v", s.Last.Pending)
	}
}

// offers that time alone makes due are asked for when a year of the contract
// has passed, and again every year.
func TestOffersByTime(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.now.Until = at + 900*day
	s.send(at)
	s.sign(at)
	s.pay(at+hour, 0, 1)
	s.Boundary("offer", at+365*day)
	s.Effect("offer", journey.PushOffers, nil)
	if s.Due("offer") != at+730*day {
		t.Errorf("again at %s", s.Due("offer"))
	}
	s.Until(at + 730*day)
	if s.Due("offer") != 0 {
		t.Errorf("a third time at %s", s.Due("offer"))
	}
}

// Facts that come twice or out of order change nothing.
func TestFactsOutOfOrder(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	s := begin(t, at)
	s.send(at)
	s.sign(at + hour)
	d := s.Decide(at+2*hour, s.h.Events...)
	if len(d.Read) != 0 || len(d.Fired) != 0 {
		t.Errorf("read %v, fired %v", d.Read, d.Fired)
	}
}
