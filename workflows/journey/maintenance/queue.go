package maintenance

import (
	"slices"
	"strings"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// item is one thing of several that a rule waits for at once.
type item struct {
	key  string
	due  instant.Time
	base journey.Moment
}

// queue makes a rule of several things that come due independently: the episodes
// are a count of the rule's own, given in the order in which they come due, so
// that each fires once and none keeps another from firing.
type queue struct {
	name  string
	items func(s *State, v *policy.View) []item
	fire  func(s *State, f *journey.Firing, it item)
	does  func(s *State, it item, v *policy.View) lang.Text
}

// mostShown bounds how many of a rule's things are shown as pending; the others
// move up.
const mostShown = 30

func (q queue) list(s *State, v *policy.View) []item {
	all := q.items(s, v)
	slices.SortFunc(all, func(a, b item) int {
		switch x, y := max(a.due, a.base.Known), max(b.due, b.base.Known); {
		case x != y:
			return int(min(max(x-y, -1), 1))
		}
		return strings.Compare(a.key, b.key)
	})
	return all[:min(len(all), mostShown)]
}

func (q queue) rule() journey.Rule[State] {
	at := func(s *State, o journey.Obligation, v *policy.View) (item, bool) {
		all, n := q.list(s, v), int(o.Episode-s.Counts[q.name]-1)
		if n < 0 || n >= len(all) {
			return item{}, false
		}
		return all[n], true
	}
	r := journey.Rule[State]{
		Name: q.name,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			for i, it := range q.list(s, v) {
				p.Episode(it.base, s.Counts[q.name]+int64(i)+1, it.due)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			it, ok := at(s, f.Obligation, f.View)
			if s.Counts == nil {
				s.Counts = map[string]int64{}
			}
			s.Counts[q.name] = f.Episode
			if ok {
				q.fire(s, f, it)
			}
		},
		Does: func(s *State, o journey.Obligation, v *policy.View) lang.Text {
			it, ok := at(s, o, v)
			if !ok {
				return lang.T("", "")
			}
			return q.does(s, it, v)
		},
	}
	return r
}
