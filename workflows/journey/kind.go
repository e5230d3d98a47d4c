package journey

import (
	"fmt"
	"strconv"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// Rule is one promise of a kind of journey, over its state S.
type Rule[S any] struct {
	Name   string
	Ladder bool // its obligations are named name.0, name.1 …

	// Arm adds what happens if nobody acts; nothing where the rule does not apply.
	Arm func(s *S, v *policy.View, p *Pending)
	// Fire carries an obligation out: it changes the state and asks for effects.
	Fire func(s *S, f *Firing)
	// Does tells in words what will happen.
	Does func(s *S, o Obligation, v *policy.View) lang.Text
	// Because gives the facts it rests on; nil: the fact that armed it.
	Because func(s *S, o Obligation) []string
	// Policy names the setting that gives the due time; nil: none does.
	Policy func(s *S, o Obligation) string
}

// Rules is what a kind of journey is: how facts change its state, what is
// pending in a state, and what firing does.
type Rules[S any] interface {
	Name() string
	// New gives the state of a journey that has read nothing.
	New(id string) S
	// Apply takes a fact and says whether it changed anything. Facts may come
	// twice, late and out of order: it decides by version, never by arrival.
	Apply(s *S, f Fact, v *policy.View) bool
	// Obligations collects what happens if nobody acts.
	Obligations(s *S, v *policy.View, p *Pending)
	// Fire carries an obligation out.
	Fire(s *S, f *Firing)
	// Describe says what an obligation does and rests on.
	Describe(s *S, o Obligation, v *policy.View) Description
	// Status tells where the journey stands.
	Status(s *S, v *policy.View) Status
	// Aggregate names what the journey's facts are about: deal/01J…
	Aggregate(s *S) string
	// ID is the journey's id.
	ID(s *S) string
	// Holder is whose obligations they are: working time is this person's. Empty
	// where nobody holds it.
	Holder(s *S) string
}

// Description of an obligation, for people and for the record.
type Description struct {
	Does    lang.Text
	Because []string
	Policy  string
}

// Status tells where a journey stands.
type Status struct {
	Stage     string
	StageName lang.Text
	Owner     string
	Customer  string
	Risk      string // "at_risk", or a leak's mark, or empty
	// Closed tells that the thing itself is over, or has not begun; the journey
	// ends once nothing is pending either.
	Closed bool
	Says   lang.Text
}

// Table is the part of Rules that a list of rules gives.
type Table[S any] struct {
	rules []Rule[S]
	names [][]string
}

// NewTable makes a table; two rules of one name are a bug of the program.
func NewTable[S any](rules ...Rule[S]) Table[S] {
	t := Table[S]{rules: rules}
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.Name] {
			panic("journey: two rules are named " + r.Name)
		}
		seen[r.Name] = true
		t.names = append(t.names, rungs(r.Name, r.Ladder))
	}
	return t
}

// Rules gives the names of the rules, in their order.
func (t Table[S]) Rules() []string {
	out := make([]string, len(t.rules))
	for i, r := range t.rules {
		out[i] = r.Name
	}
	return out
}

// Obligations lets every rule add its own.
func (t Table[S]) Obligations(s *S, v *policy.View, p *Pending) {
	for i := range t.rules {
		p.rule, p.names = i, t.names[i]
		t.rules[i].Arm(s, v, p)
	}
}

// Fire lets the obligation's rule carry it out.
func (t Table[S]) Fire(s *S, f *Firing) { t.rules[f.rule].Fire(s, f) }

func (t Table[S]) describe(s *S, o Obligation, v *policy.View, aggregate string) Description {
	r := &t.rules[o.rule]
	d := Description{Does: r.Does(s, o, v), Because: []string{o.Base.In(aggregate)}}
	if r.Because != nil {
		d.Because = r.Because(s, o)
	}
	if r.Policy != nil {
		d.Policy = r.Policy(s, o)
	}
	return d
}

// Describe says what an obligation of the aggregate does and rests on.
func (t Table[S]) Describe(s *S, o Obligation, v *policy.View, aggregate string) Description {
	return t.describe(s, o, v, aggregate)
}

// Memory is what a journey remembers between decisions.
type Memory[S any] struct {
	State S     `json:"state"`
	Fired Fired `json:"fired"`
}

// Remember gives the memory of a journey that has read nothing.
func Remember[S any](r Rules[S], id string) *Memory[S] {
	return &Memory[S]{State: r.New(id), Fired: Fired{}}
}

// MaxFirings bounds one decision: rules that arm each other for ever are an
// error that is shown, not a loop.
const MaxFirings = 200

// lateAfter is how much later than due an obligation may fire before it counts
// as late, in milliseconds; a demo's speed shortens it to no less than lateFloor.
const (
	lateAfter = instant.Time(60_000)
	lateFloor = instant.Time(5_000)
)

// Late tells whether firing at now is late for a due time.
func Late(now, due instant.Time, v *policy.View) bool {
	limit := lateAfter
	if v.Speed > 1 {
		limit = max(lateAfter/instant.Time(v.Speed), lateFloor)
	}
	return now-due > limit
}

// Fire is an obligation that fired.
type Fire struct {
	Obligation
	ID          string
	Late        bool
	Asks        []Asked
	Description Description // as it was when it fired
}

// Outcome is what a decision changed and left.
type Outcome struct {
	Read    []int // which of the facts changed the state
	Fired   []Fire
	Pending []Obligation
}

// Step makes a decision: it applies the facts, fires what is due in due order,
// each obligation once, and collects what is pending. Working time runs on the
// calendar of whoever holds it at that moment of the decision; calendars names
// those of people who do not work by the book's default. It changes the memory;
// on an error the memory is not to be used.
func Step[S any](r Rules[S], m *Memory[S], facts []Fact, now instant.Time, book *policy.View, calendars map[string]string) (Outcome, error) {
	var out Outcome
	for i := range facts {
		if r.Apply(&m.State, facts[i], book) {
			out.Read = append(out.Read, i)
		}
	}
	p := Pending{fired: m.Fired, list: make([]Obligation, 0, 16)}
	for {
		p.list = p.list[:0]
		v := book.On(calendars[r.Holder(&m.State)])
		r.Obligations(&m.State, v, &p)
		next := p.first()
		if next == nil || next.Due > now {
			break
		}
		if len(out.Fired) == MaxFirings {
			return out, fmt.Errorf("journey %s/%s: %d obligations fired in one decision, the last is %s", r.Name(), r.ID(&m.State), MaxFirings, next.Rule)
		}
		out.Fired = append(out.Fired, fire(r, m, *next, now, v))
	}
	out.Pending = p.sorted()
	return out, nil
}

func fire[S any](r Rules[S], m *Memory[S], o Obligation, now instant.Time, v *policy.View) Fire {
	f := Firing{Obligation: o, ID: ObligationID(r.Name(), r.ID(&m.State), o), Now: now, Late: Late(now, o.Due, v), View: v}
	described := r.Describe(&m.State, o, v)
	m.Fired[o.Rule] = o.Episode
	r.Fire(&m.State, &f)
	return Fire{Obligation: o, ID: f.ID, Late: f.Late, Asks: f.asks, Description: described}
}

// ObligationID gives <kind>:<id>:<rule>:<episode>.
func ObligationID(kind, id string, o Obligation) string {
	return kind + ":" + id + ":" + o.Rule + ":" + strconv.FormatInt(o.Episode, 10)
}

func digits(n int) string { return strconv.Itoa(n) }
