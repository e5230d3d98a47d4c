package board

import "slices"

// Absorb takes in the board of a customer that turned out to be this one.
// What is running keeps the customer that it came from.
func (b *Board) Absorb(o Board) {
	for key, r := range o.Running {
		if r.Origin == "" {
			r.Origin = o.Customer
		}
		b.put(r.Subject, r, func(*Running) {})
		if next := o.Next[key]; next != nil {
			if b.Next == nil {
				b.Next = map[string][]Next{}
			}
			b.Next[key] = next
		}
	}
	if o.Promised != nil {
		b.promise(*o.Promised)
	}
	for _, q := range o.Questions {
		b.ask(q)
	}
	b.Won, b.Lost = newest(append(b.Won, o.Won...)), newest(append(b.Lost, o.Lost...))
	for key, t := range o.Touches {
		if known, ok := b.Touches[key]; !ok || known.At < t.At {
			if b.Touches == nil {
				b.Touches = map[string]Touch{}
			}
			b.Touches[key] = t
		}
	}
	for key, s := range o.Seen {
		if b.Seen[key].Version < s.Version {
			if b.Seen == nil {
				b.Seen = map[string]Seen{}
			}
			b.Seen[key] = s
		}
	}
}

// Release gives back what came with a merge, as it stands now, and what was begun
// since and is theirs.
func (b *Board) Release(o *Board, given []string) {
	o.MergedInto = ""
	for key, r := range o.Running {
		if _, runs := b.Running[key]; !runs { // it ended meanwhile
			o.end(r.Subject)
		}
	}
	for key, r := range b.Running {
		if r.Origin != o.Customer && !slices.Contains(given, key) {
			continue
		}
		r.Origin = ""
		o.put(r.Subject, r, func(*Running) {})
		if next := b.Next[key]; next != nil {
			if o.Next == nil {
				o.Next = map[string][]Next{}
			}
			o.Next[key] = next
		}
		b.end(r.Subject)
	}
	own := func(list []Ended, mine []Ended) []Ended {
		for _, m := range mine {
			list = without(list, m.Deal)
		}
		return list
	}
	b.Won, b.Lost = own(b.Won, o.Won), own(b.Lost, o.Lost)
}

// Forget takes off what was given back already, and tells whether there was any.
func (b *Board) Forget(o *Board, given []string) bool {
	found := false
	for key, r := range b.Running {
		if r.Origin == o.Customer || slices.Contains(given, key) {
			b.end(r.Subject)
			found = true
		}
	}
	return found
}
