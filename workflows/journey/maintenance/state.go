// Package maintenance holds the rules of how a customer is looked after since its
// first win: processes of the policy book begin on wins, rhythms, days, contracts,
// life-cycle states and early signs, their steps are
// asked for and escalated, a hand-over that all confirmed moves the
// external window, and the customer is assessed when time alone can have
// changed how it stands. It reads the facts of the customer's maintenance
// alone, which bring everything else together.
package maintenance

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Name of the kind; a journey's id is maintenance/<customer>.
const Name = "maintenance"

// State is what the rules remember of a customer.
type State struct {
	ID  string                                `json:"id"`
	Now journey.Latest[catalogue.Maintenance] `json:"now"`
	// At is when the newest fact was recorded.
	At journey.Moment `json:"at"`
	// Waiting are processes that something began and that were not asked for yet.
	Waiting []Occasion `json:"waiting,omitempty"`
	// Last is what was asked for last of what comes round: a rhythm's turn, a day, a
	// contract's end, by process and key.
	Last map[string]instant.Time `json:"last,omitempty"`
	// Steps are those that are open, and those whose task is to be taken back.
	Steps map[string]Step `json:"steps,omitempty"`
	// Counts are how often each rule fired that counts by itself.
	Counts   map[string]int64 `json:"counts,omitempty"`
	Assessed instant.Time     `json:"assessed,omitempty"` // the check that was asked for last
	Red      journey.Moment   `json:"red,omitzero"`       // the customer turned red; unset once it was told
	Moved    instant.Time     `json:"moved,omitempty"`    // the hand-over whose transfer was asked for
	// Refused is the newest transfer of a hand-over that people were told did not take place.
	Refused instant.Time `json:"refused,omitempty"`
}

// Occasion is a process that is to begin.
type Occasion struct {
	Process string         `json:"process"`
	Key     string         `json:"key"` // what began it: win:<deal>, care:<day> …
	For     instant.Time   `json:"for"`
	Base    journey.Moment `json:"base"`
	due     instant.Time
}

// Step is an open step as the rules see it.
type Step struct {
	Base   journey.Moment `json:"base"` // when it opened or was moved
	For    string         `json:"for,omitempty"`
	Due    instant.Time   `json:"due,omitempty"`
	Rung   int            `json:"rung,omitempty"`  // of the ladder, that is next
	Again  int            `json:"again,omitempty"` // how often it was asked for again
	Asked  bool           `json:"asked,omitempty"`
	Tasked bool           `json:"tasked,omitempty"` // a task was made of it
	Over   bool           `json:"over,omitempty"`   // it is over: its task is to be taken back
}

func key(p catalogue.ProcessInstance, st catalogue.TakenStep) string { return rule(p.No, st.ID) }

// Apply takes a fact of the maintenance; what is older than what is known changes nothing.
func (rules) Apply(s *State, f journey.Fact, v *policy.View) bool {
	var after catalogue.Maintenance
	var ended *catalogue.ProcessInstance
	switch d := f.Data.(type) {
	case *catalogue.MaintenanceBegan:
		after = d.After
	case *catalogue.MaintenanceChanged:
		after, ended = d.After, d.Ended
	default:
		return false
	}
	before := s.Now.Value
	if !s.Now.Tell(f.Ref, after) {
		return false
	}
	s.At = journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	s.events(before, v)
	s.reconcile(ended)
	return true
}

// events collects what begins processes by happening once.
func (s *State) events(before catalogue.Maintenance, v *policy.View) {
	now := s.Now.Value
	for _, w := range now.Won {
		if w.No > before.Wins && !w.Imported && !w.Moved {
			s.begins(v, policy.OnWin, w.Deal, "win:"+w.Deal, w.No == 1)
		}
	}
	if now.HandOver != nil && before.HandOver == nil {
		s.begins(v, policy.OnHandOver, "", "hand_over", true)
	}
	b, n := before.Standing, now.Standing
	if n.Entries > b.Entries {
		s.begins(v, policy.OnLifecycle, n.Lifecycle, "lifecycle:"+n.Lifecycle, b.Entries == 0)
	}
	for _, sig := range n.Signals {
		if !slices.ContainsFunc(b.Signals, func(o catalogue.MaintainedSignal) bool { return o.ID == sig.ID }) {
			s.begins(v, policy.OnSignal, sig.ID, "signal:"+sig.ID, false)
		}
	}
	for _, g := range n.Groups {
		if !slices.Contains(b.Groups, g) {
			s.begins(v, policy.OnGroup, g, "group:"+g, false)
		}
	}
	switch {
	case n.Red && !b.Red:
		s.begins(v, policy.OnRed, "", "red", false)
		s.Red = s.At
	case !n.Red:
		s.Red = journey.Moment{}
	}
}

// mostWaiting bounds what waits to begin; a customer that is maintained again has
// no use for years of it.
const mostWaiting = 30

// begins adds the processes of the book that an event begins.
func (s *State) begins(v *policy.View, on, value, key string, first bool) {
	list := v.Sections.Processes.Processes
	for i := range list {
		p := &list[i]
		st := p.Starts
		if p.Off || st.On != on || on == policy.OnWin && st.First && !first || !fits(p.Only, s.Now.Value) {
			continue
		}
		if on != policy.OnWin && len(st.Values) > 0 && !slices.Contains(st.Values, value) || len(s.Waiting) >= mostWaiting {
			continue
		}
		s.Waiting = append(s.Waiting, Occasion{Process: p.ID, Key: key, For: s.At.At, Base: s.At})
	}
}

// fits tells whether a process is for a customer.
func fits(o policy.Only, m catalogue.Maintenance) bool {
	in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	return in(o.Tiers, m.Tier) && in(o.Types, m.Type) && in(o.Sectors, m.Sector) && in(o.Kinds, m.Kind) && in(o.Lifecycle, m.Standing.Lifecycle) &&
		!slices.Contains(o.Except, m.Tier)
}

// reconcile brings what is known of steps to where the maintenance has them.
func (s *State) reconcile(ended *catalogue.ProcessInstance) {
	open := map[string]bool{}
	for _, p := range s.Now.Value.Running {
		for _, st := range p.Steps {
			if st.Status == catalogue.TakenOpen {
				open[key(p, st)] = true
				s.track(key(p, st), st)
			} else {
				s.over(key(p, st), st)
			}
		}
	}
	if ended != nil {
		for _, st := range ended.Steps {
			s.over(key(*ended, st), st)
		}
	}
	for k := range s.Steps {
		if !open[k] {
			s.over(k, catalogue.TakenStep{})
		}
	}
}

// track follows an open step: another person or another due time begins its
// clock anew, and is asked for anew unless its task went along.
func (s *State) track(k string, st catalogue.TakenStep) {
	was, known := s.Steps[k]
	now := Step{Base: journey.Moment{Ref: s.At.Ref, At: max(st.OpenedAt, 1), Known: s.At.Known}, For: st.Assignee, Due: st.Due, Again: st.Again}
	switch {
	case !known:
	case was.For == now.For && was.Due == now.Due && was.Again == now.Again:
		return
	default:
		now.Asked = was.Asked && was.Again == now.Again && (was.For == now.For || st.Task != "")
		now.Tasked = was.Tasked
	}
	if s.Steps == nil {
		s.Steps = map[string]Step{}
	}
	s.Steps[k] = now
}

// over notes that a step has ended; a task of it that is still open is to be taken back.
func (s *State) over(k string, st catalogue.TakenStep) {
	was, known := s.Steps[k]
	if !known {
		return
	}
	if !was.Tasked || st.Task != "" && st.Status == catalogue.TakenDone {
		delete(s.Steps, k)
		return
	}
	was.Over = true
	s.Steps[k] = was
}

func (s *State) subject() catalogue.Subject {
	return catalogue.Subject{Kind: catalogue.KindCustomer, ID: s.ID}
}

func (s *State) runs() bool { return s.Now.Value.Status == catalogue.MaintenanceRunning }

// find gives an open step by its key, with its process.
func (s *State) find(k string) (catalogue.ProcessInstance, catalogue.TakenStep, bool) {
	for _, p := range s.Now.Value.Running {
		for _, st := range p.Steps {
			if key(p, st) == k && st.Status == catalogue.TakenOpen {
				return p, st, true
			}
		}
	}
	return catalogue.ProcessInstance{}, catalogue.TakenStep{}, false
}
