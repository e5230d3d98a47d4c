package journey

import (
	"cmp"
	"strconv"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Obligation is what will happen, and when, if nobody acts.
type Obligation struct {
	Rule    string // name with its rung: idle.1
	Episode int64
	Due     instant.Time
	Base    Ref // the fact that armed it
	Rung    int // of a ladder, from 0
	rule    int // which rule of the kind
}

// before is the order of obligations: by due time, then by name and episode so
// that it never depends on anything else.
func (o *Obligation) before(other *Obligation) bool {
	return o.Due < other.Due || o.Due == other.Due && compare(o, other) < 0
}

func compare(a, b *Obligation) int {
	if c := cmp.Compare(a.Due, b.Due); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Rule, b.Rule); c != 0 {
		return c
	}
	return cmp.Compare(a.Episode, b.Episode)
}

// Fired remembers per rule the latest episode that fired; episodes only grow,
// so one number per rule is enough for ever.
type Fired map[string]int64

// Pending collects the obligations of a state.
type Pending struct {
	list  []Obligation
	fired Fired
	rule  int
	names []string
}

// Add arms the rule: episode and order come from the moment's fact. An episode
// that fired is not armed again. Nothing is due before it was known.
func (p *Pending) Add(base Moment, due instant.Time) { p.Episode(base, base.V, due) }

// Episode arms the rule under an episode of its own counting.
func (p *Pending) Episode(base Moment, episode int64, due instant.Time) {
	p.add(0, base, episode, due)
}

// Rung arms one rung of a ladder.
func (p *Pending) Rung(rung int, base Moment, due instant.Time) { p.add(rung, base, base.V, due) }

// EpisodeRung arms one rung of a ladder under an episode of its own counting.
func (p *Pending) EpisodeRung(rung int, base Moment, episode int64, due instant.Time) {
	p.add(rung, base, episode, due)
}

// Ladder arms every rung of a ladder, each counted from the moment.
func (p *Pending) Ladder(base Moment, steps []policy.Step, v *policy.View) {
	for i := range steps {
		p.add(i, base, base.V, v.After(base.At, steps[i].After))
	}
}

func (p *Pending) add(rung int, base Moment, episode int64, due instant.Time) {
	name := p.names[min(rung, len(p.names)-1)]
	if last, ok := p.fired[name]; ok && episode <= last {
		return
	}
	p.list = append(p.list, Obligation{Rule: name, Episode: episode, Due: max(due, base.Known), Base: base.Ref, Rung: rung, rule: p.rule})
}

// Latest gives the newest episode of the rule that fired, 0 if none did.
func (p *Pending) Latest() int64 { return p.fired[p.names[0]] }

// first gives the obligation that is due first.
func (p *Pending) first() *Obligation {
	if len(p.list) == 0 {
		return nil
	}
	best := &p.list[0]
	for i := 1; i < len(p.list); i++ {
		if p.list[i].before(best) {
			best = &p.list[i]
		}
	}
	return best
}

// sorted gives the obligations in order. It sorts where they stand: nothing
// else uses the list any more.
func (p *Pending) sorted() []Obligation {
	for i := 1; i < len(p.list); i++ { // few, and mostly in order already
		for j := i; j > 0 && p.list[j].before(&p.list[j-1]); j-- {
			p.list[j], p.list[j-1] = p.list[j-1], p.list[j]
		}
	}
	return p.list
}

// MaxRungs bounds a ladder; the policy book allows fewer.
const MaxRungs = 12

// rungs gives the names of a rule's obligations: name for a plain rule, name.0,
// name.1 … for a ladder.
func rungs(name string, ladder bool) []string {
	if !ladder {
		return []string{name}
	}
	out := make([]string, MaxRungs)
	for i := range out {
		out[i] = name + "." + strconv.Itoa(i)
	}
	return out
}
