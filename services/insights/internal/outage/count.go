package outage

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Window is a span of time, From included, Until not.
type Window struct {
	From  instant.Time `json:"from"`
	Until instant.Time `json:"until"`
}

func (w Window) holds(t instant.Time) bool { return t >= w.From && t < w.Until }

// Counts of what came due in a window: due is fired and settled and open.
type Counts struct {
	Due     int64 `json:"due" doc:"Obligations that came due meanwhile"`
	Fired   int64 `json:"fired" doc:"Of these, fired"`
	Late    int64 `json:"late" doc:"Of the fired, later than the target"`
	Settled int64 `json:"settled" doc:"Needed not fire: a fact (a follow-up, a closing), or what fired before, had settled them"`
	Open    int64 `json:"open" doc:"Neither yet; 0 once everything has caught up"`
	Doubled int64 `json:"doubled" doc:"Fired more than once: must be 0"`
}

func (c *Counts) add(d Counts) {
	c.Due, c.Fired, c.Late, c.Settled, c.Open, c.Doubled = c.Due+d.Due, c.Fired+d.Fired, c.Late+d.Late, c.Settled+d.Settled, c.Open+d.Open, c.Doubled+d.Doubled
}

// Promise is an obligation that came due meanwhile, and what became of it.
type Promise struct {
	ID      string       `json:"id"`
	Journey string       `json:"journey" doc:"<kind>/<id>"`
	Owner   string       `json:"owner,omitempty"`
	Rule    string       `json:"rule"`
	Does    lang.Text    `json:"does"`
	Due     instant.Time `json:"due"`
	FiredAt instant.Time `json:"fired_at,omitempty"`
	LateMS  int64        `json:"late_ms,omitempty"`
	Times   int          `json:"times" doc:"How often it fired"`
}

// tally is what one journey's decisions tell of a window.
type tally struct {
	Counts
	late, open, doubled []Promise
	lastFired           instant.Time
}

// count follows the decisions of a journey, in their order, from the last one
// before the window on. It believes no journey: what was pending came due when
// its time came, and must fire once, or be gone after a decision that read
// something, or still be pending.
func (w Window) count(journey string, decisions []catalogue.Decided) tally {
	var out tally
	pending, due, firings := []catalogue.Obligation{}, map[string]*Promise{}, map[string]bool{}
	came := func(o catalogue.Obligation, owner string) *Promise {
		p := due[o.ID]
		if p == nil {
			p = &Promise{ID: o.ID, Journey: journey, Owner: owner, Rule: o.Rule, Does: o.Does, Due: o.Due}
			due[o.ID] = p
		}
		return p
	}
	owner := ""
	for _, d := range decisions {
		for _, o := range pending {
			if w.holds(o.Due) && o.Due <= d.At {
				came(o, owner)
			}
		}
		for _, f := range d.Fired {
			if !w.holds(f.Obligation.Due) {
				continue
			}
			p := came(f.Obligation, owner)
			p.Times++
			if !firings[p.ID] {
				firings[p.ID] = true
				p.FiredAt = f.At
				if f.Late {
					p.LateMS = max(f.At.Sub(f.Obligation.Due).Milliseconds(), 1)
				}
			}
			out.lastFired = max(out.lastFired, f.At)
		}
		pending, owner = d.Pending, d.Owner
	}
	waits := map[string]bool{}
	for _, o := range pending {
		if w.holds(o.Due) {
			came(o, owner)
			waits[o.ID] = true
		}
	}
	out.sum(due, waits)
	return out
}

func (t *tally) sum(due map[string]*Promise, waits map[string]bool) {
	for id, p := range due {
		t.Due++
		switch {
		case p.Times > 0:
			t.Fired++
		case waits[id]:
			t.Open++
			t.open = append(t.open, *p)
		default:
			t.Settled++
		}
		if p.LateMS > 0 {
			t.Late++
			t.late = append(t.late, *p)
		}
		if p.Times > 1 {
			t.Doubled++
			t.doubled = append(t.doubled, *p)
		}
	}
}

// worst sorts promises, the latest first, and keeps the first n.
func worst(list []Promise, n int) []Promise {
	slices.SortFunc(list, func(a, b Promise) int {
		return cmp.Or(cmp.Compare(b.LateMS, a.LateMS), cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(n, len(list))]
}
