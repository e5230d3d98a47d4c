package budget

import (
	"cmp"
	"slices"

	"liuke.dev/shared/instant"
)

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
