// Package lead holds the rules of a lead's journey: from the first contact, or
// the record, until it is converted, folded into another lead, or closed.
package lead

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Name of the kind; a journey's id is lead/<id>.
const Name = "lead"

// State is what the rules of a lead remember.
type State struct {
	pursuit.Care
	Status  journey.Latest[string] `json:"status"`
	Known   effects.MatchCustomer  `json:"known"`   // what the customer is matched by
	KnownAt journey.Ref            `json:"knownAt"` // the fact that told it
	// Signal is the first contact before there was a record.
	Signal Signal `json:"signal,omitzero"`
	// Fresh is when it was given to somebody new before anybody had been in touch.
	Fresh journey.Moment `json:"fresh,omitzero"`
	// NextNurture is when it is due to be nurtured again, as a status change told.
	NextNurture journey.Latest[instant.Time] `json:"next_nurture"`
	Nurture     Nurture                      `json:"nurture,omitzero"`
	// Unready is the latest follow-up that says "not now" and names no next time.
	Unready journey.Moment `json:"unready,omitzero"`
}

// Signal of a first contact.
type Signal struct {
	Person string         `json:"person"`
	At     journey.Moment `json:"at"`
	Asked  bool           `json:"asked,omitempty"` // a task to record it is open
}

// Nurture counts the rounds of long-term nurture.
type Nurture struct {
	Round int64          `json:"round"`
	Base  journey.Ref    `json:"base"` // what the last round rested on
	Last  instant.Time   `json:"last"` // when the last round was due
	Since journey.Moment `json:"since,omitzero"`
}

// care is how common rules reach their part of the state.
func care(s *State) *pursuit.Care { return &s.Care }

var over = map[string]bool{catalogue.LeadConverted: true, catalogue.LeadFolded: true, catalogue.LeadClosed: true}

// settle derives what the common rules need from the registers.
func (s *State) settle() {
	s.Closed = over[s.Status.Value]
	s.Parked = s.Status.Value == catalogue.LeadNurturing
}

// firstTouchFrom is from when the first touch counts: arrival, or the day it
// was given to somebody new.
func (s *State) firstTouchFrom() (journey.Moment, bool) {
	return s.Begun.Or(s.Taken).Or(s.Fresh), s.Open() && s.Status.Value == catalogue.LeadNew && !s.Touched()
}
