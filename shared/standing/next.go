package standing

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Bounds of looking ahead: so many instants are judged, no further than so long
// after now. Past them the customer is simply looked at again.
const (
	mostLooks = 12
	farthest  = 400 // days
)

// next gives the earliest instant after now at which time alone changes how the
// customer stands. Whatever may change it is tried in turn: the clocks that run
// out, and the beginnings of weeks and months, at which windows move on. It ends at
// the first entry that was told of the future, and where too many instants would
// have to be tried at the last one tried: before it nothing changes. Zero if
// nothing ever does.
func next(h *History, s *Settings, now instant.Time, is catalogue.Standing, months map[instant.Time][]catalogue.MonthHealth) instant.Time {
	e := see(h, s, now, true)
	clocks := e.clocks()
	slices.Sort(clocks)
	told := e.told() // what was told of the future starts clocks of its own
	moving := e.windowsMoveUntil()
	end := now + instant.Time(farthest*dayLength/s.grid.speed)
	at := now
	for range mostLooks {
		at = soonest(s, at, clocks, moving)
		switch {
		case told != 0 && (at == 0 || at >= told):
			return told
		case at == 0 || at > end && len(clocks) == 0:
			return 0
		}
		if differs(is, assess(h, s, at, true, months)) {
			return at
		}
	}
	return at
}

// soonest gives the next candidate after an instant, zero if there is none.
func soonest(s *Settings, after instant.Time, clocks []instant.Time, moving instant.Time) instant.Time {
	var at instant.Time
	i, _ := slices.BinarySearch(clocks, after+1)
	if i < len(clocks) {
		at = clocks[i]
	}
	for _, edge := range []instant.Time{s.grid.nextWeek(after), s.grid.month(after, 1)} {
		if edge <= moving && (at == 0 || edge < at) {
			at = edge
		}
	}
	return at
}

// clocks gives the instants at which something runs out.
func (e *eye) clocks() []instant.Time {
	var out []instant.Time
	add := func(at instant.Time) {
		if at > e.at {
			out = append(out, at)
		}
	}
	l, g := e.s.Rules.Lifecycle, e.s.Rules.Groups
	bought := e.bought()
	if newest, ok := last(e.orders); ok {
		add(newest.At + e.s.length(g.NoOrderFor) + 1)
	}
	if bought != 0 {
		add(bought + e.s.length(l.NewFor))
		add(max(e.heard().At, bought) + e.s.length(l.SilentAfter))
	}
	if back := e.cameBack(e.lost()); back != 0 {
		add(back + e.s.length(l.WonBackFor))
	}
	if o := e.s.Override; o != nil {
		add(o.At)
		add(o.Until)
	}
	answered := e.answered()
	if e.s.Unanswered > 0 && !e.s.Reply.IsZero() {
		for _, m := range e.proactive(e.since(e.of(Outbound), answered+1)) {
			add(e.s.view.After(m.At, e.s.Reply))
		}
	}
	if m, pressed := last(e.of(Presses)); pressed {
		add(e.s.view.After(m.At, g.OrderWithin))
	}
	e.signalClocks(answered, add)
	return out
}

// told is the earliest instant of what was told of the future, zero if nothing was.
func (e *eye) told() instant.Time {
	var at instant.Time
	for _, list := range e.h.Marks {
		if n := len(upTo(list, e.at)); n < len(list) && (at == 0 || list[n].At < at) {
			at = list[n].At
		}
	}
	return at
}

// signalClocks gives the clocks of early signs.
func (e *eye) signalClocks(answered instant.Time, add func(instant.Time)) {
	for _, r := range e.s.Rules.Signals {
		switch r.Rule {
		case "cold_need":
			for _, q := range e.since(e.of(Quotes), answered+1) {
				add(e.s.view.After(q.At, r.Within))
			}
		case "contact_change":
			for _, c := range e.of(Contacts) {
				add(e.s.view.After(c.At, r.Within))
			}
		case "renewal_unsettled":
			for _, c := range e.of(Contracts) {
				end := instant.Time(c.Amount)
				for _, at := range []instant.Time{e.before(end, r.Warning), e.before(end, r.Severe), end + e.s.length(r.Window)} {
					add(at)
				}
			}
		}
	}
}

// windowsMoveUntil is when the newest mark has left every window, after which
// weeks and months change nothing.
func (e *eye) windowsMoveUntil() instant.Time {
	var newest instant.Time
	for _, list := range e.h.Marks {
		if m, ok := last(upTo(list, e.at)); ok {
			newest = max(newest, m.At)
		}
	}
	if newest == 0 {
		return 0
	}
	longest := instant.Time(0)
	for _, r := range e.s.Rules.Signals {
		longest = max(longest, e.s.length(r.Window)+e.s.length(r.Baseline))
	}
	for _, in := range e.s.Model.Inputs {
		longest = max(longest, e.s.length(in.Window)+e.s.length(in.Baseline))
	}
	g := e.s.Rules.Groups
	longest = max(longest, e.s.length(g.RatingsOf), e.s.length(g.PressesOf))
	months := instant.Time(e.s.Fall.Months+2) * instant.Time(31*dayLength/e.s.grid.speed)
	return newest + longest + months + e.s.length(e.s.Rules.Lifecycle.SilentAfter)
}

// differs tells whether a customer stands differently in what people act on.
func differs(a, b catalogue.Standing) bool { return len(Changed(&a, b)) > 0 }

// Changed names what differs between two standings of a customer in what people
// act on; instants, words and indicators are not looked at.
func Changed(a *catalogue.Standing, b catalogue.Standing) []string {
	if a == nil {
		return []string{"lifecycle", "health", "signals", "groups", "red"}
	}
	out := []string{}
	note := func(name string, same bool) {
		if !same {
			out = append(out, name)
		}
	}
	note("lifecycle", a.Lifecycle == b.Lifecycle && a.Computed == b.Computed)
	note("health", a.Health == b.Health && slices.EqualFunc(a.Parts, b.Parts, func(x, y catalogue.HealthPart) bool { return x.Input == y.Input && x.Score == y.Score }))
	note("health_version", a.HealthVersion == b.HealthVersion)
	note("signals", sameSignals(a.Signals, b.Signals))
	note("groups", slices.Equal(a.Groups, b.Groups))
	note("red", a.Red == b.Red && sameSignals(a.RedWhy, b.RedWhy))
	return out
}

func sameSignals(a, b []catalogue.Signal) bool {
	return slices.EqualFunc(a, b, func(x, y catalogue.Signal) bool { return x.Rule == y.Rule && x.Severity == y.Severity })
}

// Since says in a standing what changed since the one before: the former score of
// every input that differs, and since when the state holds.
func Since(before *catalogue.Standing, s *catalogue.Standing) {
	if before == nil {
		s.LifecycleSince = s.AsOf
		return
	}
	s.LifecycleSince = before.LifecycleSince
	if s.Lifecycle != before.Lifecycle || s.LifecycleSince == 0 {
		s.LifecycleSince = s.AsOf
	}
	for i := range s.Parts {
		for _, was := range before.Parts {
			if was.Input == s.Parts[i].Input && was.Score != s.Parts[i].Score {
				score := was.Score
				s.Parts[i].Was = &score
			}
		}
	}
}
