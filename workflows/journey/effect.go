package journey

import (
	"encoding/json"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Verb says what an effect asks for.
type Verb string

// The verbs; each is one activity of the host.
const (
	CreateTask     Verb = "create_task"
	CancelTasks    Verb = "cancel_tasks"
	Remind         Verb = "remind"
	LinkCustomer   Verb = "link_customer"
	Reassign       Verb = "reassign"
	Recycle        Verb = "recycle"
	SetMark        Verb = "set_mark"
	ClearMark      Verb = "clear_mark"
	Nurture        Verb = "nurture"
	ReportLate     Verb = "report_late"
	CancelTransfer Verb = "cancel_transfer"

	OpenCase      Verb = "open_case"
	BreachCase    Verb = "breach_case"
	CloseCase     Verb = "close_case"
	NudgeCustomer Verb = "nudge_customer"
	SendSurvey    Verb = "send_survey"

	AssessCustomer  Verb = "assess_customer"
	BeginProcess    Verb = "begin_process"
	CarryStep       Verb = "carry_step"
	RequestTransfer Verb = "request_transfer"

	ReachCustomer    Verb = "reach_customer"
	WithdrawOutreach Verb = "withdraw_outreach"
	OpenIntervention Verb = "open_intervention"

	AdvanceContract Verb = "advance_contract"
	UrgeSigning     Verb = "urge_signing"
	PushOffers      Verb = "push_offers"

	CancelNeedChange Verb = "cancel_need_change"

	OpenChurnReview Verb = "open_churn_review"
	PlanReview      Verb = "plan_review"
)

// Effect is what a fired obligation asks a service to do, ready to be sent.
type Effect struct {
	ID    string            `json:"id"`    // <obligation id>:<n>, the key it is stored under
	Cause string            `json:"cause"` // obligation id
	Verb  Verb              `json:"verb"`
	On    catalogue.Subject `json:"on"`
	// Mark is the mark that is set or cleared.
	Mark string `json:"mark,omitempty"`
	// Body is the body of the call, a type of shared/effects.
	Body json.RawMessage `json:"body,omitempty"`
	// Trace is the one that the effect goes on with, see shared/telemetry; rules do not set it.
	Trace string `json:"trace,omitempty"`
}

// Lane names what an effect touches: effects of one lane keep their order,
// lanes run side by side.
func (e Effect) Lane() string {
	switch e.Verb {
	case SetMark, ClearMark:
		return "mark." + e.Mark
	case CreateTask, CancelTasks:
		return "tasks"
	case Remind:
		return "reminders"
	case ReachCustomer, WithdrawOutreach: // what is taken back was asked for before
		return "outreach"
	}
	return "subject"
}

// Asked is an effect as a rule states it.
type Asked struct {
	ID   string
	Verb Verb
	On   catalogue.Subject
	Mark string
	Body any
}

// Firing is a rule's chance to act on an obligation that came due.
type Firing struct {
	Obligation
	ID   string // of the obligation
	Now  instant.Time
	Late bool
	View *policy.View
	asks []Asked
}

// Ask asks a service for an effect and gives the id it will be stored under.
func (f *Firing) Ask(verb Verb, on catalogue.Subject, body any) string {
	id := f.next()
	f.asks = append(f.asks, Asked{ID: id, Verb: verb, On: on, Body: body})
	return id
}

// AskMark asks for a mark to be set or cleared.
func (f *Firing) AskMark(verb Verb, on catalogue.Subject, mark string, body any) {
	f.asks = append(f.asks, Asked{ID: f.next(), Verb: verb, On: on, Mark: mark, Body: body})
}

func (f *Firing) next() string { return f.ID + ":" + digits(len(f.asks)) }
