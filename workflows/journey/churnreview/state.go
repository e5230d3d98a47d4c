// Package churnreview holds the rules of the journey of a churn review: a task for
// each department that takes part, one for the interview and one for closing, each
// with its clock; reminded, warned of and escalated until they are done (R-121,
//
package churnreview

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Name of the kind; a journey's id is churn_review/<id>.
const Name = "churn_review"

// State is what the rules of a churn review remember.
type State struct {
	ID     string                                `json:"id"`
	Now    journey.Latest[catalogue.ChurnReview] `json:"now"`
	Opened journey.Moment                        `json:"opened"`
	// Since is when each department's part became its person's.
	Since map[string]journey.Moment `json:"since,omitempty"`
	// Tasks are those that wait, by the name of their duty.
	Tasks duty.Tasks `json:"tasks,omitempty"`
	// Newest is when the newest fact was recorded.
	Newest journey.Moment `json:"newest,omitzero"`
	// Moved is whose it is since a merge of files, or its undoing.
	Moved journey.Owned `json:"moved,omitzero"`
}

// Matter is what the review's tasks and reminders are about.
func (s *State) Matter() duty.Matter {
	c := s.Now.Value
	return duty.Matter{Subject: s.subject(), Customer: s.customer(), Company: c.Company, Name: duty.Named(c.Company)}
}

// Told is when the newest fact was recorded.
func (s *State) Told() journey.Moment { return s.Newest }

// Waiting are the tasks that wait.
func (s *State) Waiting() *duty.Tasks { return &s.Tasks }

// customer is whose it is.
func (s *State) customer() string { return journey.By(s.Moved, s.Now, s.Now.Value.Customer) }

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindChurnReview, ID: s.ID}
}

func (s *State) open() bool { return s.Now.Value.Status == catalogue.ChurnOpen }

func (s *State) participant(role string) (catalogue.ChurnParticipant, bool) {
	list := s.Now.Value.Participants
	i := slices.IndexFunc(list, func(p catalogue.ChurnParticipant) bool { return p.Role == role })
	if i < 0 {
		return catalogue.ChurnParticipant{}, false
	}
	return list[i], true
}

// take takes how the review stands since a fact.
func (s *State) take(f journey.Fact, c catalogue.ChurnReview) bool {
	before := s.Now.Value
	if !s.Now.Tell(f.Ref, c) {
		return false
	}
	m := journey.Moment{Ref: f.Ref, At: c.ConfirmedAt, Known: f.Time}
	s.Newest = journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	if !s.Opened.Set() {
		s.Opened = m
	}
	if s.Since == nil {
		s.Since = map[string]journey.Moment{}
	}
	for _, p := range c.Participants {
		i := slices.IndexFunc(before.Participants, func(b catalogue.ChurnParticipant) bool { return b.Role == p.Role })
		if i < 0 || before.Participants[i].Person != p.Person {
			s.Since[p.Role] = m
		}
	}
	return true
}
