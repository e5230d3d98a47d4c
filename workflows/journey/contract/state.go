// Package contract holds the rules of a contract's journey: the clock of each step
// of its approval, reminders to sign, the beginning and the
// end of its term, the renewal talk before it ends, payments that are
// overdue and offers that time alone makes due.
package contract

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Name of the kind; a journey's id is contract/<id>.
const Name = "contract"

// State is what the rules of a contract remember.
type State struct {
	ID     string                `json:"id"`
	Now    journey.Latest[Known] `json:"now"`
	Phase  journey.Moment        `json:"phase"` // when the present status, or step of the approval, began
	Sent   journey.Moment        `json:"sent,omitzero"`
	Signed journey.Moment        `json:"signed,omitzero"`
	Active journey.Moment        `json:"active,omitzero"`
	// Tasks are those that wait for somebody; Task is where earlier programs kept the one.
	Tasks duty.Tasks `json:"tasks,omitempty"`
	Task  duty.Task  `json:"task,omitzero"`
	// Newest is when the newest fact was recorded.
	Newest journey.Moment `json:"newest,omitzero"`
	// Talk is when the renewal talk became its owner's.
	Talk journey.Moment `json:"talk,omitzero"`
	// Moved is whose it is since a merge of files, or its undoing.
	Moved journey.Owned `json:"moved,omitzero"`
}

// Matter is what the contract's tasks and reminders are about.
func (s *State) Matter() duty.Matter {
	k := s.Now.Value
	return duty.Matter{Subject: s.subject(), Customer: s.customer(), Company: k.Buyer,
		Name: lang.T("合同 "+k.Number+"（"+k.Buyer+"）", "Contract "+k.Number+" ("+k.Buyer+")")}
}

// Told is when the newest fact was recorded.
func (s *State) Told() journey.Moment { return s.Newest }

// Waiting are the tasks that wait.
func (s *State) Waiting() *duty.Tasks {
	if s.Task.Kind != "" {
		s.Tasks.Keep(gave[s.Task.Kind], s.Task)
		s.Task = duty.Task{}
	}
	return &s.Tasks
}

var gave = map[string]string{catalogue.TaskApprove: approval.Task, catalogue.TaskRenewalTalk: talk.Task}

// Known is what the rules need of a contract.
type Known struct {
	Customer string       `json:"customer"`
	Kind     string       `json:"kind"`
	Number   string       `json:"number"`
	Owner    string       `json:"owner"`
	Buyer    string       `json:"buyer"`
	Status   string       `json:"status"`
	Step     string       `json:"step,omitempty"` // that is waited for
	StepName lang.Text    `json:"step_name,omitzero"`
	Approver string       `json:"approver,omitempty"`
	Round    int          `json:"round,omitempty"`
	SentAt   instant.Time `json:"sent_at,omitempty"`
	SignedAt instant.Time `json:"signed_at,omitempty"`
	ActiveAt instant.Time `json:"active_at,omitempty"`
	From     instant.Time `json:"from"`
	Until    instant.Time `json:"until"`
	Intent   string       `json:"intent,omitempty"`
	// Owed is the first installment that is not paid in full, counted from 1; 0: none.
	Owed    int          `json:"owed,omitempty"`
	OwedDue instant.Time `json:"owed_due,omitempty"`
}

func known(c catalogue.Contract) Known {
	k := Known{Customer: c.Customer, Kind: c.Kind, Number: c.Number, Owner: c.Owner, Buyer: c.Buyer.Name, Status: c.Status, Round: c.Round, SentAt: c.SentAt,
		SignedAt: c.SignedAt, ActiveAt: c.ActiveAt, From: c.From, Until: c.Until}
	if i := slices.IndexFunc(c.Steps, func(s catalogue.ApprovalStep) bool { return s.Status == catalogue.StepPending }); i >= 0 && c.Status == catalogue.ContractApproving {
		k.Step, k.StepName, k.Approver = c.Steps[i].ID, c.Steps[i].Name, c.Steps[i].Approver
	}
	if c.Renewal != nil {
		k.Intent = c.Renewal.Intent
	}
	if i := slices.IndexFunc(c.Schedule, func(p catalogue.Installment) bool { return p.Paid < p.Minor }); i >= 0 && c.Signature != nil {
		k.Owed, k.OwedDue = i+1, c.Schedule[i].Due
	}
	return k
}

// told gives the contract that a fact carries, nil if it carries none.
func told(d catalogue.Data) *catalogue.Contract {
	switch f := d.(type) {
	case *catalogue.ContractDrafted:
		return &f.After
	case *catalogue.ContractChanged:
		return &f.After
	case *catalogue.ContractSubmitted:
		return &f.After
	case *catalogue.ContractStepDecided:
		return &f.After
	case *catalogue.ContractApprovedFact:
		return &f.After
	case *catalogue.ContractSentFact:
		return &f.After
	case *catalogue.ContractUrged:
		return &f.After
	case *catalogue.ContractSignedFact:
		return &f.After
	case *catalogue.ContractActivated:
		return &f.After
	case *catalogue.ContractRenewalIntentRecorded:
		return &f.After
	case *catalogue.ContractEnded:
		return &f.After
	case *catalogue.ContractPaid:
		return &f.After
	case *catalogue.ContractMarked:
		return &f.After
	}
	return nil
}

// Apply takes a fact of the contract.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	if moved, ok := s.Moved.Take(f); ok {
		return moved
	}
	c := told(f.Data)
	if c == nil {
		return false
	}
	at := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	changed := false
	switch f.Data.(type) {
	case *catalogue.ContractSentFact:
		at.At = cmp.Or(c.SentAt, f.Time)
		changed = s.Sent.Later(at)
	case *catalogue.ContractSignedFact:
		at.At = cmp.Or(c.SignedAt, f.Time)
		changed = s.Signed.Later(at)
	case *catalogue.ContractActivated:
		at.At = cmp.Or(c.ActiveAt, f.Time)
		changed = s.Active.Later(at)
	}
	before, k := s.Now.Value, known(*c)
	if !s.Now.Tell(f.Ref, k) {
		return changed
	}
	s.Newest = journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	if before.Owner != k.Owner && before.Owner != "" && s.Active.Set() {
		s.Talk = s.Newest
	}
	if before.Status != k.Status || before.Step != k.Step || before.Round != k.Round {
		s.Phase = journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	}
	return true
}

// customer is whose it is.
func (s *State) customer() string { return journey.By(s.Moved, s.Now, s.Now.Value.Customer) }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindContract, ID: s.ID}
}

func (s *State) is(status string) bool { return s.Now.Value.Status == status }

// actor is whom the contract waits for.
func (s *State) actor() string {
	k := s.Now.Value
	if k.Status == catalogue.ContractApproving {
		return cmp.Or(k.Approver, k.Owner)
	}
	return k.Owner
}

// ends tells whether the contract is to be renewed or let go: additions end with the contract that they add to.
func (s *State) ends() bool {
	k := s.Now.Value
	return k.Status == catalogue.ContractActive && k.Kind != catalogue.ContractAmendment && s.Active.Set()
}

// undecided tells whether nobody knows whether the customer renews.
func (s *State) undecided() bool {
	i := s.Now.Value.Intent
	return i != catalogue.IntentRenew && i != catalogue.IntentLeave
}

var ended = map[string]bool{catalogue.ContractRenewed: true, catalogue.ContractExpired: true, catalogue.ContractTerminated: true}
