// Package needchange holds the rules of the journey of a change of need: approval,
// then confirmation by every department concerned, each with a task and a clock
//
package needchange

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
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
	Newest    journey.Moment `json:"told"` // the newest step
	// Tasks are those that wait.
	Tasks duty.Tasks `json:"tasks,omitempty"`
	// Open are where earlier programs kept the duties whose tasks wait.
	Open []string `json:"open,omitempty"`
	// Moved is whose it is since a merge of files, or its undoing.
	Moved journey.Owned `json:"moved,omitzero"`
}

// Apply takes a step of the change.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	if moved, ok := s.Moved.Take(f); ok {
		return moved
	}
	d, ok := f.Data.(*catalogue.NeedChangeStepped)
	if !ok || !s.Now.Tell(f.Ref, d.After) {
		return false
	}
	m := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	s.Newest = m
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

// customer is whose it is.
func (s *State) customer() string { return journey.By(s.Moved, s.Now, s.Now.Value.Customer) }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindNeedChange, ID: s.ID}
}

// Matter is what the change's tasks and reminders are about.
func (s *State) Matter() duty.Matter {
	return duty.Matter{Subject: s.subject(), Customer: s.customer()}
}

// Told is when the newest step was recorded.
func (s *State) Told() journey.Moment { return s.Newest }

// Waiting are the tasks that wait.
func (s *State) Waiting() *duty.Tasks {
	for _, name := range s.Open {
		s.Tasks.Keep(name+"_task", duty.Task{})
	}
	s.Open = nil
	return &s.Tasks
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

// approval gives the step that waits for the approver.
func (s *State) approval(v *policy.View) (duty.Step, bool) {
	c := s.Now.Value
	return duty.Step{Person: c.Approver, Since: s.Requested, Due: v.After(s.Requested.At, v.Sections.Customers.NeedChange.ApproveWithin)}, c.Status == catalogue.NeedRequested
}

// confirmation gives the step that waits for a department.
func (s *State) confirmation(department string, v *policy.View) (duty.Step, bool) {
	for _, d := range s.waiting() {
		if d.Department == department {
			return duty.Step{Person: d.Person, Since: s.Approved, Due: v.After(s.Approved.At, v.Sections.Customers.NeedChange.ConfirmWithin)}, true
		}
	}
	return duty.Step{}, false
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
