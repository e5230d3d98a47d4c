// Package transfer holds the rules of a transfer's journey: request, approval,
// hand-over note, acceptance, each step with a clock.
package transfer

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Name of the kind; a journey's id is transfer/<id>.
const Name = "transfer"

// State is what the rules of a transfer remember.
type State struct {
	ID   string                             `json:"id"`
	Now  journey.Latest[catalogue.Transfer] `json:"now"`
	Step journey.Moment                     `json:"step"` // when the present step began
	// Tasks are those that wait for the person of a step.
	Tasks duty.Tasks `json:"tasks,omitempty"`
	// Task is where earlier programs kept the one that waits.
	Task duty.Task `json:"task,omitzero"`
}

// Apply takes a step of the transfer.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	d, ok := f.Data.(*catalogue.TransferStepped)
	if !ok || !s.Now.Tell(f.Ref, d.After) {
		return false
	}
	s.Step = journey.Moment{Ref: f.Ref, At: began(&d.After, f.Time), Known: f.Time}
	return true
}

// began gives when the transfer's present step began.
func began(t *catalogue.Transfer, told instant.Time) instant.Time {
	switch t.Status {
	case catalogue.TransferRequested:
		return cmp.Or(t.RequestedAt, told)
	case catalogue.TransferApproved:
		return cmp.Or(t.ApprovedAt, told)
	case catalogue.TransferHandedOver:
		return cmp.Or(t.HandedAt, told)
	}
	return told
}

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindTransfer, ID: s.ID}
}

// Matter is what the transfer's tasks and reminders are about.
func (s *State) Matter() duty.Matter {
	return duty.Matter{Subject: s.subject(), Customer: s.Now.Value.Customer}
}

// Told is when the present step began, which is the newest that was told.
func (s *State) Told() journey.Moment { return s.Step }

// Waiting are the tasks that wait.
func (s *State) Waiting() *duty.Tasks {
	if s.Task.Kind != "" {
		s.Tasks.Keep(gave[s.Task.Kind], s.Task)
		s.Task = duty.Task{}
	}
	return &s.Tasks
}

var gave = map[string]string{catalogue.TaskApprove: approval.Task, catalogue.TaskHandOver: handOver.Task, catalogue.TaskAccept: acceptance.Task}

// actor is whom the present step waits for.
func (s *State) actor() string {
	t := s.Now.Value
	switch t.Status {
	case catalogue.TransferRequested:
		return cmp.Or(t.Approver, t.From)
	case catalogue.TransferApproved:
		return t.From
	case catalogue.TransferHandedOver:
		return t.To
	}
	return ""
}

var ended = map[string]bool{catalogue.TransferAccepted: true, catalogue.TransferRejected: true, catalogue.TransferCancelled: true}
