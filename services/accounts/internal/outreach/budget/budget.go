package budget

import (
	"cmp"
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

func (b *Budget) find(id string) *Slot {
	for i := range b.Slots {
		if b.Slots[i].ID == id {
			return &b.Slots[i]
		}
	}
	return nil
}

// heldFor gives the reservation that a contact uses: that of whoever made it.
func (b *Budget) heldFor(made Slot) int {
	return slices.IndexFunc(b.Slots, func(s Slot) bool { return s.State == Held && made.By != "" && s.By == made.By })
}

func (b *Budget) tooLate(s Slot, r Rules) bool {
	return s.Until != 0 && s.At > s.Until || s.At > s.From.Add(r.DeferAtMost)
}

// pushedOut tells whether somebody who had a place in time has none any more.
func (b *Budget) pushedOut(before []Slot, now instant.Time, r Rules) bool {
	return slices.ContainsFunc(before, func(old Slot) bool {
		s := b.find(old.ID)
		return s != nil && s.State == Waiting && !b.tooLate(old, r) && b.tooLate(*s, r)
	})
}

// tellMoved notes which of those that wait moved.
func (b *Budget) tellMoved(before []Slot) {
	for _, old := range before {
		s := b.find(old.ID)
		if old.State == Waiting && s != nil && s.State == Waiting && (s.At != old.At || s.Rule != old.Rule) && !slices.Contains(b.Untold, s.ID) {
			b.Untold = append(b.Untold, s.ID)
		}
	}
	b.settle()
}

// counts gives the counted contacts by day, those that wait but for some.
func (b *Budget) counts(r Rules, without func(Slot) bool) counts {
	c := counts{}
	for _, s := range b.Slots {
		if !s.Free && (without == nil || !without(s)) {
			c[r.Day(s.At)]++
		}
	}
	return c
}

// replan gives those that wait their instants, in an order that is fair between
// departments; last names one that comes behind all others.
func (b *Budget) replan(now instant.Time, r Rules, last string) {
	b.Slots = slices.DeleteFunc(b.Slots, func(s Slot) bool {
		return s.State == Spent && s.At.Add(kept*r.dayLength()) < now || s.State == Held && s.Ends <= now
	})
	c := b.counts(r, func(s Slot) bool { return s.State == Waiting })
	for _, i := range b.order(last) {
		s := &b.Slots[i]
		s.At, s.Rule = r.place(c, *s, now)
		if !s.Free {
			c[r.Day(s.At)]++
		}
	}
	b.settle()
}

// place gives a slot the earliest instant that is free. One that is due keeps the instant that it was given.
func (r Rules) place(c counts, s Slot, now instant.Time) (instant.Time, string) {
	at, rule := r.free(c, max(s.From, now), s.AnyHour, !s.Free)
	if at == now && s.At != 0 && s.At <= now && r.Day(s.At) == r.Day(now) {
		return s.At, s.Rule
	}
	return at, rule
}

// order gives those that wait: a department's first before any other's second,
// among equals who asked first.
func (b *Budget) order(last string) []int {
	var waiting []int
	for i, s := range b.Slots {
		if s.State == Waiting {
			waiting = append(waiting, i)
		}
	}
	asked := func(x, y int) int {
		a, c := b.Slots[x], b.Slots[y]
		return cmp.Or(cmp.Compare(a.Asked, c.Asked), cmp.Compare(a.ID, c.ID))
	}
	slices.SortFunc(waiting, asked)
	rank, of := map[int]int{}, map[string]int{}
	for _, i := range waiting {
		if rank[i] = of[b.Slots[i].Department]; !b.Slots[i].Free {
			of[b.Slots[i].Department]++
		}
		if b.Slots[i].ID == last {
			rank[i] = len(b.Slots)
		}
	}
	slices.SortStableFunc(waiting, func(x, y int) int { return cmp.Compare(rank[x], rank[y]) })
	return waiting
}

// settle notes when something is to be done next.
func (b *Budget) settle() {
	b.Open, b.Next = false, 0
	note := func(at instant.Time) {
		if !b.Open || at < b.Next {
			b.Open, b.Next = true, at
		}
	}
	for _, s := range b.Slots {
		switch s.State {
		case Waiting:
			note(s.At)
		case Held:
			note(s.Ends)
		}
	}
	if len(b.Untold) > 0 {
		note(1)
	}
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
