// Package transfer holds the rules of a transfer's journey: request, approval,
// hand-over note, acceptance, each step with a clock.
package transfer

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Name of the kind; a journey's id is transfer/<id>.
const Name = "transfer"

// State is what the rules of a transfer remember.
type State struct {
	ID   string                             `json:"id"`
	Now  journey.Latest[catalogue.Transfer] `json:"now"`
	Step journey.Moment                     `json:"step"` // when the present step began
	Task Task                               `json:"task,omitzero"`
}

// Task that waits for the step's person.
type Task struct {
	Kind string       `json:"kind"`
	ID   string       `json:"id"`
	For  string       `json:"for"`
	Due  instant.Time `json:"due"`
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
