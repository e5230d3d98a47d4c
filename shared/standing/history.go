package standing

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// History is what is kept of a customer's timeline. It is the same in whatever
// order, and however often, entries were added.
type History struct {
	Marks map[Class][]Mark `json:"marks,omitempty"` // each sorted by time, bounded
	// First is when anything was told first, FirstOrder the first order: they stay
	// known when marks so old are no longer kept.
	First      instant.Time `json:"first,omitempty"`
	FirstOrder instant.Time `json:"first_order,omitempty"`
}

// Classed is a mark with its class.
type Classed struct {
	Class Class
	Mark
}

// Add takes in an entry of the timeline and tells whether that changed anything.
func (h *History) Add(e catalogue.TimelineEntry) bool { return h.Take(Read(e)...) }

// Take takes in marks and tells whether that changed anything.
func (h *History) Take(marks ...Classed) bool {
	changed := false
	for _, m := range marks {
		if h.take(m.Class, m.Mark) {
			changed = true
		}
	}
	return changed
}

func (h *History) take(c Class, m Mark) bool {
	if m.At == 0 || most[c] == 0 {
		return false
	}
	changed := earlier(&h.First, m.At)
	if c == Orders && earlier(&h.FirstOrder, m.At) {
		changed = true
	}
	list, added := insert(h.Marks[c], m, most[c])
	if added {
		if h.Marks == nil {
			h.Marks = map[Class][]Mark{}
		}
		h.Marks[c] = list
	}
	return changed || added
}

func earlier(to *instant.Time, at instant.Time) bool {
	if *to != 0 && *to <= at {
		return false
	}
	*to = at
	return true
}

// Merge takes in what another history holds: that of a file which turned out to
// be this customer's.
func (h *History) Merge(o History) {
	for c, list := range o.Marks {
		for _, m := range list {
			h.take(c, m)
		}
	}
	for _, first := range []struct{ to, from *instant.Time }{{&h.First, &o.First}, {&h.FirstOrder, &o.FirstOrder}} {
		if *first.from != 0 {
			earlier(first.to, *first.from)
		}
	}
}

// Clone gives a copy that shares nothing.
func (h History) Clone() History {
	out := h
	out.Marks = make(map[Class][]Mark, len(h.Marks))
	for c, list := range h.Marks {
		out.Marks[c] = slices.Clone(list)
	}
	return out
}

// Size is how many marks are kept.
func (h History) Size() int {
	n := 0
	for _, list := range h.Marks {
		n += len(list)
	}
	return n
}
