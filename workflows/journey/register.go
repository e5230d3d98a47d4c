package journey

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Latest holds the value that the latest fact told: of two facts the one later
// in history wins, whichever arrives first.
type Latest[T any] struct {
	Ref
	Value T `json:"value"`
}

// Tell takes a fact's value and says whether it changed anything.
func (l *Latest[T]) Tell(at Ref, value T) bool {
	if !at.After(l.Ref) {
		return false
	}
	l.Ref, l.Value = at, value
	return true
}

// Owned is whose a journey's thing is where a merge of two customers' files, or its
// undoing, moved it: newer than what its own facts have told so far.
type Owned struct{ Latest[string] }

// Take takes the fact that it moved.
func (o *Owned) Take(f Fact) (moved, ok bool) {
	d, ok := f.Data.(*catalogue.HoldingMoved)
	return ok && o.Tell(f.Ref, d.Into), ok
}

// By gives the customer: by the newest fact of the thing, or by the move since.
func By[T any](o Owned, now Latest[T], told string) string {
	if o.After(now.Ref) {
		return o.Value
	}
	return told
}

// Moment is when something happened that clocks count from.
type Moment struct {
	Ref
	At instant.Time `json:"at"`
	// Known is when the fact was recorded; nothing that rests on it is due earlier.
	Known instant.Time `json:"known,omitempty"`
}

// Newest keeps the moment that happened last, whichever arrives first.
func (m *Moment) Newest(other Moment) bool {
	if other.At < m.At || other.At == m.At && !other.After(m.Ref) {
		return false
	}
	*m = other
	return true
}

// Later keeps the moment that is later in history.
func (m *Moment) Later(other Moment) bool {
	if !other.After(m.Ref) {
		return false
	}
	*m = other
	return true
}

// Or gives the moment that happened later of two, m where they are equal.
func (m Moment) Or(other Moment) Moment {
	if other.At > m.At {
		return other
	}
	return m
}

// Set tells whether the moment is known.
func (m Moment) Set() bool { return m.At != 0 }
