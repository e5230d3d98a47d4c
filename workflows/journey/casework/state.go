// Package casework holds the rules of a case's journey: its response and
// resolution clocks with warning before and escalation after, its owner's task,
// the reminders to a customer whose answer is waited for, and its end when nobody
// objects.
package casework

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Name of the kind; a journey's id is case/<id>.
const Name = catalogue.KindCase

// State is what the rules of a case remember.
type State struct {
	ID    string                         `json:"id"`
	Now   journey.Latest[catalogue.Case] `json:"now"`
	Round journey.Moment                 `json:"round"` // when its present round began
	Step  journey.Moment                 `json:"step"`  // when what its owner has to do became as it is
	Waits journey.Moment                 `json:"waits"` // since when it waits for the customer
	Ends  journey.Moment                 `json:"ends"`  // since when it is solved
	Task  Task                           `json:"task,omitzero"`
	// Moved is whose it is since a merge of files, or its undoing.
	Moved journey.Owned `json:"moved,omitzero"`
}

// Task of the case's owner.
type Task struct {
	Kind  string       `json:"kind"`
	Owner string       `json:"owner"`
	Due   instant.Time `json:"due"`
}

// Apply takes the case as a fact told it.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	if moved, ok := s.Moved.Take(f); ok {
		return moved
	}
	var after catalogue.Case
	switch d := f.Data.(type) {
	case *catalogue.CaseOpened:
		after = d.After
	case *catalogue.CaseEntryAdded:
		after = d.After
	case *catalogue.CaseStepped:
		after = d.After
	case *catalogue.CaseBreached:
		after = d.After
	default:
		return false
	}
	before, had := s.Now.Value, s.wants()
	if !s.Now.Tell(f.Ref, after) {
		return false
	}
	moment := func(at instant.Time) journey.Moment { return journey.Moment{Ref: f.Ref, At: at, Known: f.Time} }
	if after.Round != before.Round {
		s.Round = moment(after.RoundAt)
	}
	if s.wants() != had || s.Step.IsZero() {
		s.Step = moment(f.Time)
	}
	if after.WaitsSince != before.WaitsSince {
		s.Waits = moment(after.WaitsSince)
	}
	if after.ResolvedAt != before.ResolvedAt {
		s.Ends = moment(after.ResolvedAt)
	}
	return true
}

// wants is what the owner has to do next; nothing while the customer is waited for, or when it is solved.
func (s *State) wants() Task {
	k := s.Now.Value
	switch k.Status {
	case catalogue.CaseNew:
		return Task{catalogue.TaskRespond, k.Owner, k.Response.Due}
	case catalogue.CaseWorking:
		return Task{catalogue.TaskResolve, k.Owner, k.Solution.Due}
	}
	return Task{}
}

// customer is whose it is.
func (s *State) customer() string { return journey.By(s.Moved, s.Now, s.Now.Value.Customer) }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindCase, ID: s.ID}
}

// kind gives what the book says of the case's kind, nil if it has none of it any more.
func (s *State) kind(v *policy.View) *policy.CaseKind { return v.Sections.Cases.Kind(s.Now.Value.Kind) }

// on gives the view on the calendar that the case's clocks run by.
func (s *State) on(v *policy.View) *policy.View {
	if c := s.Now.Value.Calendar; c != "" {
		return v.On(c)
	}
	return v
}
