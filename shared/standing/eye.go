package standing

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// eye sees a history as of an instant: what is later it does not see.
type eye struct {
	h  *History
	s  *Settings
	at instant.Time
	// quiet leaves words and evidence out, where only the verdict is wanted.
	quiet bool
	// orders are those that were not cancelled by then.
	orders []Mark
}

func see(h *History, s *Settings, at instant.Time, quiet bool) *eye {
	e := &eye{h: h, s: s, at: at, quiet: quiet}
	e.orders = e.of(Orders)
	if gone := e.of(Cancelled); len(gone) > 0 {
		e.orders = slices.DeleteFunc(slices.Clone(e.orders), func(o Mark) bool {
			return slices.ContainsFunc(gone, func(c Mark) bool { return c.ID == o.ID || c.ID == o.Of })
		})
	}
	return e
}

// of gives the marks of a class up to the instant.
func (e *eye) of(c Class) []Mark { return upTo(e.h.Marks[c], e.at) }

// upTo cuts a sorted list after an instant.
func upTo(list []Mark, at instant.Time) []Mark {
	n, _ := slices.BinarySearchFunc(list, at+1, func(m Mark, t instant.Time) int {
		if m.At < t {
			return -1
		}
		return 1
	})
	return list[:n]
}

// between gives the marks of a sorted list from an instant, inclusive, to another, exclusive.
func between(list []Mark, from, to instant.Time) []Mark {
	if from >= to {
		return nil
	}
	return upTo(list, to-1)[len(upTo(list, from-1)):]
}

// since gives the marks of a list from an instant up to now.
func (e *eye) since(list []Mark, from instant.Time) []Mark { return list[len(upTo(list, from-1)):] }

// began is when the customer was first heard of; bought when it became one: the
// first order, win or signed contract, zero before.
func (e *eye) began() instant.Time { return e.h.First }

func (e *eye) bought() instant.Time {
	var first instant.Time
	if len(e.orders) > 0 {
		first = e.orders[0].At
		if len(e.h.Marks[Orders]) == most[Orders] {
			first = e.h.FirstOrder // older ones are no longer kept
		}
	}
	if w := e.of(Wins); len(w) > 0 && (first == 0 || w[0].At < first) {
		first = w[0].At
	}
	return first
}

// window is what a rule looks at, and the time before that it compares it with.
type window struct {
	base, from, to instant.Time
}

// window gives a rule's windows; the baseline begins no earlier than start. It
// is false when there is too little time before the window to compare with.
func (e *eye) window(check string, length, baseline policy.Duration, start instant.Time) (window, bool) {
	long := e.s.length(length)
	w := window{from: e.s.grid.anchor(check, e.at) - long, to: e.at}
	if baseline.IsZero() {
		w.base = w.from
		return w, true
	}
	w.base = max(w.from-e.s.length(baseline), start)
	return w, start != 0 && w.from-w.base >= long/2
}

// fraction gives what was measured in the window as percent of what the baseline
// lets expect, which must be more than nothing.
func (w window) fraction(recent, base float64, long instant.Time) float64 {
	return 100 * recent * float64(w.from-w.base) / (base * float64(long))
}

// rate gives what the baseline lets expect in a window of that length.
func (w window) expected(base float64, long instant.Time) float64 {
	if w.from <= w.base {
		return 0
	}
	return base * float64(long) / float64(w.from-w.base)
}

// talked gives what was said by either side, in order.
func (e *eye) talked(from, to instant.Time) []Mark {
	in, sent := between(e.of(Inbound), from, to), between(e.of(Outbound), from, to)
	out := make([]Mark, 0, len(in)+len(sent))
	for len(in) > 0 || len(sent) > 0 {
		if len(sent) == 0 || len(in) > 0 && order(in[0], sent[0]) <= 0 {
			if talks[in[0].Kind] {
				out = append(out, in[0])
			}
			in = in[1:]
			continue
		}
		if m := sent[0]; talks[m.Kind] && (m.Kind != catalogue.EntryVisit && m.Kind != catalogue.EntryMeeting || !e.also(m)) {
			out = append(out, m)
		}
		sent = sent[1:]
	}
	return out
}

// also tells whether a visit or meeting stands among what came in as well.
func (e *eye) also(m Mark) bool {
	_, there := slices.BinarySearchFunc(e.h.Marks[Inbound], m, order)
	return there
}

// activeDays counts the days on which the customer did anything.
func (e *eye) activeDays(from, to instant.Time) int {
	var seen []int64
	number := days{grid: e.s.grid}
	note := func(list []Mark) {
		for _, m := range list {
			if day := number.of(m.At); len(seen) == 0 || seen[len(seen)-1] != day {
				seen = append(seen, day)
			}
		}
	}
	note(between(e.orders, from, to))
	for _, c := range []Class{Inbound, Logins} {
		note(between(e.of(c), from, to))
	}
	slices.Sort(seen)
	return len(slices.Compact(seen))
}

// evidence names the newest marks.
func (e *eye) evidence(list []Mark) []string {
	if e.quiet {
		return nil
	}
	out := []string{}
	for i := len(list) - 1; i >= 0 && len(out) < mostEvidence; i-- {
		if !slices.Contains(out, list[i].ID) {
			out = append(out, list[i].ID)
		}
	}
	return out
}

// mostEvidence is how many entries a finding names.
const mostEvidence = 10

// last gives the newest mark of a list.
func last(list []Mark) (Mark, bool) {
	if len(list) == 0 {
		return Mark{}, false
	}
	return list[len(list)-1], true
}

// heard is when anything last came from the customer: a word, a log-in, an order.
func (e *eye) heard() Mark {
	var newest Mark
	for _, list := range [][]Mark{e.orders, e.of(Inbound), e.of(Logins)} {
		if m, ok := last(list); ok && m.At > newest.At {
			newest = m
		}
	}
	return newest
}

// answered is when the customer last said or ordered something: what answers us
// (C-06). A log-in is no answer.
func (e *eye) answered() instant.Time {
	var at instant.Time
	for _, list := range [][]Mark{e.orders, e.of(Inbound)} {
		if m, ok := last(list); ok {
			at = max(at, m.At)
		}
	}
	return at
}

// proactive gives our contacts of the kinds that count as proactive.
func (e *eye) proactive(list []Mark) []Mark {
	var out []Mark
	for _, m := range list {
		if slices.Contains(e.s.Rules.Proactive, m.Kind) {
			out = append(out, m)
		}
	}
	return out
}
