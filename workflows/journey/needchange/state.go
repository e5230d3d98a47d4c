// Package needchange holds the rules of the journey of a change of need: approval,
// then confirmation by every department concerned, each with a task and a clock
//
package needchange

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Name of the kind; a journey's id is need_change/<id>.
const Name = "need_change"

// State is what the rules of a change of need remember.
type State struct {
	ID  string                               `json:"id"`
	Now journey.Latest[catalogue.NeedChange] `json:"now"`
	// Requested and Approved are when each began to wait.
	Requested journey.Moment `json:"requested"`
	Approved  journey.Moment `json:"approved,omitzero"`
	Told      journey.Moment `json:"told"` // the newest step
	// Open are the rules whose tasks were created and not taken back.
	Open []string `json:"open,omitempty"`
}

// Apply takes a step of the change.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	d, ok := f.Data.(*catalogue.NeedChangeStepped)
	if !ok || !s.Now.Tell(f.Ref, d.After) {
		return false
	}
	m := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	s.Told = m
	if s.Requested.IsZero() {
		s.Requested = m
		s.Requested.At = cmp.Or(d.After.RequestedAt, f.Time)
	}
	if d.After.ApprovedAt != 0 && s.Approved.IsZero() {
		s.Approved = m
		s.Approved.At = d.After.ApprovedAt
	}
	return true
}

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindNeedChange, ID: s.ID}
}

// waiting gives the departments that have not confirmed.
func (s *State) waiting() []catalogue.NeedConfirmation {
	if s.Now.Value.Status != catalogue.NeedApproved {
		return nil
	}
	var out []catalogue.NeedConfirmation
	for _, d := range s.Now.Value.Departments {
		if d.ConfirmedAt == 0 {
			out = append(out, d)
		}
	}
	return out
}

// step is what waits for one person: since when, until when.
type step struct {
	person string
	since  journey.Moment
	due    instant.Time
}

// approval gives the step that waits for the approver.
func (s *State) approval(v *policy.View) (step, bool) {
	c := s.Now.Value
	return step{c.Approver, s.Requested, v.After(s.Requested.At, v.Sections.Customers.NeedChange.ApproveWithin)}, c.Status == catalogue.NeedRequested
}

// confirmation gives the step that waits for a department.
func (s *State) confirmation(department string, v *policy.View) (step, bool) {
	for _, d := range s.waiting() {
		if d.Department == department {
			return step{d.Person, s.Approved, v.After(s.Approved.At, v.Sections.Customers.NeedChange.ConfirmWithin)}, true
		}
	}
	return step{}, false
}

// actor is whom the change waits for: of several departments the first.
func (s *State) actor() string {
	if s.Now.Value.Status == catalogue.NeedRequested {
		return s.Now.Value.Approver
	}
	if w := s.waiting(); len(w) > 0 {
		return w[0].Person
	}
	return ""
}

var ended = map[string]bool{catalogue.NeedConfirmed: true, catalogue.NeedRejected: true, catalogue.NeedCancelled: true}
