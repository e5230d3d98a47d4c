package budget

import (
	"slices"
	"time"

	"liuke.dev/shared/instant"
)

// States of a slot.
const (
	Waiting = "waiting" // it will leave at At
	Held    = "held"    // a person asked before they call
	Spent   = "spent"   // the contact was made
)

// Slot is one contact in a customer's budget.
type Slot struct {
	ID         string       `json:"id"`
	State      string       `json:"state"`
	At         instant.Time `json:"at"`
	Department string       `json:"department,omitempty"`
	Channel    string       `json:"channel,omitempty"`
	Purpose    string       `json:"purpose,omitempty"`
	By         string       `json:"by,omitempty"`
	// Free is not counted: the customer waits for it.
	Free    bool `json:"free,omitempty"`
	AnyHour bool `json:"any_hour,omitempty"`
	// Asked orders those that wait; From is when it is meant to leave, Until when it is pointless.
	Asked instant.Time `json:"asked,omitempty"`
	From  instant.Time `json:"from,omitempty"`
	Until instant.Time `json:"until,omitempty"`
	Ends  instant.Time `json:"ends,omitempty"` // of a reservation
	Rule  string       `json:"rule,omitempty"` // that moved it behind From
}

// Budget is all that was, is and will be said to one customer within the time
// that the rules look at. It is one document, taken by compare-and-set, so that
// no two departments take the same place.
type Budget struct {
	Customer string `json:"customer"`
	Slots    []Slot `json:"slots"`
	// Heard is when the customer last contacted us.
	Heard instant.Time `json:"heard,omitempty"`
	// Untold are slots whose outreach has yet to learn that they moved or ended.
	Untold []string `json:"untold,omitempty"`
	// Open is true while something is to be done at Next.
	Open bool         `json:"open,omitempty"`
	Next instant.Time `json:"next,omitempty"`
}

// Answer tells what became of an ask.
type Answer struct {
	Granted bool
	At      instant.Time // granted: when it leaves; else the earliest free instant
	Rule    string       // which rule deferred or refused it
}

// kept is how many days a contact that was made is remembered.
const kept = 9

// Kept is how long a contact counts at most.
const Kept = kept * 24 * time.Hour

// Take gives a contact its place: now, or at the earliest free instant. An id
// that has a place keeps it. refuse says that a full budget refuses it.
func (b *Budget) Take(ask Slot, refuse bool, now instant.Time, r Rules) Answer {
	if s := b.find(ask.ID); s != nil {
		return Answer{true, s.At, s.Rule}
	}
	ask.State, ask.From, ask.Asked = Waiting, max(ask.From, now), now
	before := slices.Clone(b.Slots)
	b.Slots = append(b.Slots, ask)
	b.replan(now, r, "")
	if b.pushedOut(before, now, r) { // fair to the others, but those that have a place come first
		b.Slots = append(slices.Clone(before), ask)
		b.replan(now, r, ask.ID)
	}
	s := *b.find(ask.ID)
	full := s.At > s.From && s.Rule != QuietHours
	if b.tooLate(s, r) || refuse && full {
		b.Slots = before
		b.replan(now, r, "")
		return Answer{false, s.At, s.Rule}
	}
	b.tellMoved(before)
	return Answer{true, s.At, s.Rule}
}

// Hold reserves a contact that a person is about to make at an instant; it takes
// no place that somebody has.
func (b *Budget) Hold(ask Slot, now instant.Time, r Rules) Answer {
	if s := b.find(ask.ID); s != nil {
		return Answer{true, s.At, s.Rule}
	}
	b.replan(now, r, "")
	from := max(ask.From, now)
	at, rule := r.free(b.counts(r, nil), from, ask.AnyHour, !ask.Free)
	if at != from {
		return Answer{false, at, rule}
	}
	ask.State, ask.At, ask.Asked, ask.Ends = Held, at, now, at.Add(r.HoldFor)
	b.Slots = append(b.Slots, ask)
	b.replan(now, r, "")
	return Answer{true, at, ""}
}

// Record counts a contact that people have made. One that they asked for takes
// the place it was given; others are counted after the fact, and what waits moves.
func (b *Budget) Record(made Slot, now instant.Time, r Rules) bool {
	if b.find(made.ID) != nil || made.At.Add(kept*r.dayLength()) < now {
		return false
	}
	made.State, made.Free = Spent, made.Free || b.Answers(made.At, r)
	before := slices.Clone(b.Slots)
	if i := b.heldFor(made); i >= 0 {
		b.Slots = slices.Delete(b.Slots, i, i+1)
	}
	b.Slots = append(b.Slots, made)
	b.replan(now, r, "")
	b.tellMoved(before)
	return true
}

// Hear notes that the customer contacted us.
func (b *Budget) Hear(at instant.Time) bool {
	if at <= b.Heard {
		return false
	}
	b.Heard = at
	return true
}

// Answers tells whether a contact at an instant answers the customer's own.
func (b *Budget) Answers(at instant.Time, r Rules) bool {
	return r.AnswerWithin > 0 && b.Heard != 0 && at >= b.Heard && at <= b.Heard.Add(r.AnswerWithin)
}

// Spend takes what is due: each that may leave now is spent, the others move. It
// gives those that leave.
func (b *Budget) Spend(now instant.Time, r Rules) []string {
	before := slices.Clone(b.Slots)
	var leave []string
	for {
		b.replan(now, r, "")
		i := slices.IndexFunc(b.Slots, func(s Slot) bool { return s.State == Waiting && s.At <= now })
		if i < 0 {
			break
		}
		b.Slots[i].State, b.Slots[i].At = Spent, now
		leave = append(leave, b.Slots[i].ID)
	}
	b.Untold = append(b.Untold, leave...) // until each has left
	b.tellMoved(before)
	return leave
}

// Expired gives what waits and can no longer leave in time, and lets its place go.
func (b *Budget) Expired(now instant.Time, r Rules) []Slot {
	var out []Slot
	for {
		i := slices.IndexFunc(b.Slots, func(s Slot) bool { return s.State == Waiting && s.Until != 0 && s.At > s.Until })
		if i < 0 {
			return out
		}
		out = append(out, b.Slots[i])
		b.Untold = append(b.Untold, b.Slots[i].ID)
		b.release(b.Slots[i].ID, now, r)
	}
}

// Again lets what was spent and did not leave in time wait once more.
func (b *Budget) Again(id string, now instant.Time, r Rules) {
	if s := b.find(id); s != nil && s.State == Spent {
		s.State = Waiting
		b.replan(now, r, "")
	}
}

// Release gives a place back, for those that wait to move forward.
func (b *Budget) Release(id string, now instant.Time, r Rules) bool {
	before := slices.Clone(b.Slots)
	if !b.release(id, now, r) {
		return false
	}
	b.tellMoved(before)
	return true
}

func (b *Budget) release(id string, now instant.Time, r Rules) bool {
	n := len(b.Slots)
	b.Slots = slices.DeleteFunc(b.Slots, func(s Slot) bool { return s.ID == id })
	if len(b.Slots) == n {
		return false
	}
	b.replan(now, r, "")
	return true
}

// Find gives a slot by its id.
func (b *Budget) Find(id string) (Slot, bool) {
	if s := b.find(id); s != nil {
		return *s, true
	}
	return Slot{}, false
}

// Earliest gives from when on one more contact would be free, and the rule that holds it back until then.
func (b *Budget) Earliest(now instant.Time, r Rules) (instant.Time, string) {
	return r.free(b.counts(r, nil), now, false, true)
}

// Used counts the contacts of the day of an instant, and of the fullest seven days around it.
func (b *Budget) Used(at instant.Time, r Rules) (day, week int) {
	c := b.counts(r, nil)
	return c[r.Day(at)], c.week(r.Day(at))
}

// Told forgets that slots moved.
func (b *Budget) Told(ids []string) {
	b.Untold = slices.DeleteFunc(b.Untold, func(id string) bool { return slices.Contains(ids, id) })
	b.settle()
}

// Absorb takes in the budget of a file that turned out to be the same customer.
func (b *Budget) Absorb(o Budget, now instant.Time, r Rules) {
	before := slices.Clone(b.Slots)
	for _, s := range o.Slots {
		if b.find(s.ID) == nil {
			b.Slots = append(b.Slots, s)
		}
	}
	b.Heard = max(b.Heard, o.Heard)
	b.replan(now, r, "")
	b.tellMoved(before)
}

// Part gives what was said, and of what waits those that are named.
func (b *Budget) Part(waiting []string) Budget {
	out := Budget{Heard: b.Heard}
	for _, s := range b.Slots {
		if s.State == Spent || s.State == Waiting && slices.Contains(waiting, s.ID) {
			out.Slots = append(out.Slots, s)
		}
	}
	return out
}
