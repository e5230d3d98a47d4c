package journey_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/pursuit"
)

// silence is how long nothing comes after the last fact of a life: longer than any
// clock of the shipped policy that does not come round for ever.
const silence = 400 * day

// No obligation fires twice per episode, none is lost: everything that was pending
// either fires at its due time, or facts have taken it back.
func TestNothingFiresTwiceNothingIsLost(t *testing.T) {
	view := journeytest.View(t)
	everyLife(t, func(t *testing.T, rt *rapid.T, l life, h *journeytest.History) {
		j := journeytest.Start(t, l.process, l.id, view)
		for _, e := range h.Events {
			silent(rt, j, e.Time)
			heard(rt, l, j, e)
		}
		silent(rt, j, h.Events[len(h.Events)-1].Time+silence)
		seen := map[string]bool{}
		for _, f := range j.Fired {
			if seen[f.Obligation.ID] {
				rt.Fatalf("%s fired twice", f.Obligation.ID)
			}
			seen[f.Obligation.ID] = true
			if f.At < f.Obligation.Due {
				rt.Fatalf("%s fired at %s before it was due at %s", f.Obligation.ID, f.At, f.Obligation.Due)
			}
		}
		for _, o := range j.Last.Pending {
			if !slices.Contains(l.rounds, o.Rule) {
				rt.Fatalf("after %d silent days %s is pending for ever: %v", silence/day, o.Rule, j.Last.Pending)
			}
		}
	})
}

// silent lets time pass in which no fact comes: what was pending before fires at its
// due time, and nothing does a moment before.
func silent(t *rapid.T, j *journeytest.Journey, until instant.Time) {
	before := j.Last.Pending
	for j.Last.NextDue != 0 && j.Last.NextDue <= until {
		due := j.Last.NextDue
		if d := j.Decide(due - 1); len(d.Fired) != 0 || d.NextDue != due {
			t.Fatalf("a moment before %s fired %v, and the next is due at %s", due, d.Fired, d.NextDue)
		}
		j.Until(due)
	}
	for _, o := range before {
		if at := kept(t, j, o); at != 0 && at != o.Due {
			t.Fatalf("%s was due at %s and fired at %s", o.ID, o.Due, at)
		}
	}
}

// heard lets a fact come: what is pending with it fires at once where it is due.
func heard(t *rapid.T, l life, j *journeytest.Journey, e journey.Event) {
	before, err := l.process.Decide(journey.Input{ID: l.id, State: j.Last.State, Facts: []journey.Event{e}, Now: longAgo, View: j.View})
	if err != nil {
		t.Fatal(err)
	}
	j.Decide(e.Time, e)
	for _, o := range before.Pending {
		if o.Rule == pursuit.MarkAtRisk+"_over" && j.Last.Status.Risk == pursuit.MarkAtRisk {
			continue // something else that was due put it at risk again: the mark stays
		}
		if at := kept(t, j, o); at == 0 && o.Due <= e.Time || at != 0 && at != e.Time {
			t.Fatalf("%s was due at %s; %s a fact came and it fired at %s", o.ID, o.Due, e.Time, at)
		}
	}
	if j.Last.NextDue != 0 && j.Last.NextDue <= e.Time {
		t.Fatalf("still due after deciding: %v", j.Last.Pending[0])
	}
}

// longAgo is when nothing is due yet.
const longAgo = instant.Time(1)

// kept wants what was pending to be pending still, at zero, or to have fired; it gives when.
func kept(t *rapid.T, j *journeytest.Journey, o catalogue.Obligation) instant.Time {
	if slices.ContainsFunc(j.Last.Pending, func(p catalogue.Obligation) bool { return p.ID == o.ID && p.Due == o.Due }) {
		return 0
	}
	i := slices.IndexFunc(j.Fired, func(f catalogue.Fired) bool { return f.Obligation.ID == o.ID })
	if i < 0 {
		t.Fatalf("%s, due at %s, neither fired nor is pending, and no fact took it back", o.ID, o.Due)
	}
	return j.Fired[i].At
}

// An outage makes promises late, never void: what is decided at one go after it is what
// would have been decided at each due time, in the same order, and leaves the same.
func TestAnOutageVoidsNothing(t *testing.T) {
	view := journeytest.View(t)
	everyLife(t, func(t *testing.T, rt *rapid.T, l life, h *journeytest.History) {
		ran, stood := journeytest.Start(t, l.process, l.id, view), journeytest.Start(t, l.process, l.id, view)
		for _, e := range h.Events {
			ran.Until(e.Time)
			ran.Decide(e.Time, e)
			stood.Until(e.Time)
			stood.Decide(e.Time, e)
		}
		end := h.Events[len(h.Events)-1].Time + instant.Time(rapid.IntRange(1, 90).Draw(rt, "outage"))*day
		ran.Until(end)
		ran.Decide(end)
		stood.Decide(end)
		if got, want := stood.Rules(), ran.Rules(); !slices.Equal(got, want) {
			rt.Fatalf("after an outage fired %v, without %v", got, want)
		}
		if !slices.EqualFunc(stood.Last.Pending, ran.Last.Pending, func(a, b catalogue.Obligation) bool { return a.ID == b.ID && a.Due == b.Due }) {
			rt.Fatalf("after an outage %v is pending, without %v", stood.Last.Pending, ran.Last.Pending)
		}
		if !bytes.Equal(stood.Last.State, ran.Last.State) {
			rt.Fatalf("after an outage it remembers\n%s\nwithout\n%s", stood.Last.State, ran.Last.State)
		}
	})
}

// Decide is a function of its input alone, to the byte.
func TestDecideIsAFunctionOfItsInput(t *testing.T) {
	view := journeytest.View(t)
	everyLife(t, func(_ *testing.T, rt *rapid.T, l life, h *journeytest.History) {
		in := journey.Input{ID: l.id, Facts: h.Events, Now: h.Events[len(h.Events)-1].Time + instant.Time(rapid.IntRange(0, 60).Draw(rt, "later"))*day, View: view}
		first, again := decided(rt, l, in), decided(rt, l, in)
		if !bytes.Equal(first, again) {
			rt.Fatalf("two answers to one input:\n%s\n%s", first, again)
		}
	})
}

func decided(t *rapid.T, l life, in journey.Input) []byte {
	d, err := l.process.Decide(in)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Facts that come again, however many and in whatever order, change nothing: they are
// delivered at least once.
func TestFactsThatComeAgainChangeNothing(t *testing.T) {
	view := journeytest.View(t)
	everyLife(t, func(t *testing.T, rt *rapid.T, l life, h *journeytest.History) {
		j := journeytest.Start(t, l.process, l.id, view)
		for i, e := range h.Events {
			j.Until(e.Time)
			before := j.Decide(e.Time, e)
			d := j.Decide(e.Time, rapid.Permutation(h.Events[:i+1]).Draw(rt, "again")...)
			if len(d.Read) != 0 || len(d.Fired) != 0 || !bytes.Equal(d.State, before.State) {
				rt.Fatalf("read %v, fired %v; it remembered\n%s\nand now\n%s", d.Read, d.Fired, before.State, d.State)
			}
		}
	})
}

// Facts in one batch or many, twice, or in another order leave the same state.
func TestOrderAndRepetitionOfFactsDoNotMatter(t *testing.T) {
	view := journeytest.View(t)
	everyLife(t, func(_ *testing.T, rt *rapid.T, l life, h *journeytest.History) {
		facts := h.Events
		mixed := rapid.Permutation(slices.Concat(facts, facts[:rapid.IntRange(0, len(facts)).Draw(rt, "repeated")])).Draw(rt, "order")
		if !l.anyOrder {
			return
		}
		if got, want := stateAfter(rt, l, view, mixed), stateAfter(rt, l, view, facts); !bytes.Equal(got, want) {
			rt.Fatalf("another order, another state:\n%s\n%s", got, want)
		}
	})
}

// stateAfter gives what is remembered of facts before anything is due.
func stateAfter(t *rapid.T, l life, v *policy.View, facts []journey.Event) []byte {
	d, err := l.process.Decide(journey.Input{ID: l.id, Facts: facts, Now: longAgo, View: v})
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Fired) != 0 {
		t.Fatalf("fired before anything was due: %v", d.Fired)
	}
	return d.State
}
