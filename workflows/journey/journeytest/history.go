// Package journeytest writes histories for tests of rules: facts as services
// would record them, and a clock that runs a journey along them.
package journeytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/workflows/journey"
)

// At reads an instant as tests write it: 2026-03-02 09:00 in Shanghai.
func At(t testing.TB, text string) instant.Time {
	t.Helper()
	at, err := instant.Parse(text[:10] + "T" + text[11:] + ":00+08:00")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// View gives the shipped policy; change edits it first.
func View(t testing.TB, change ...func(*policy.Sections)) *policy.View {
	t.Helper()
	return policytest.View(t, change...)
}

// History records facts of aggregates with growing versions.
type History struct {
	t        testing.TB
	versions map[string]int64
	Events   []journey.Event
}

// New begins a history.
func New(t testing.TB) *History { return &History{t: t, versions: map[string]int64{}} }

// Tell records facts of one commit of an aggregate and gives the event of the first.
func (h *History) Tell(aggregate string, at instant.Time, data ...catalogue.Data) journey.Event {
	h.t.Helper()
	h.versions[aggregate]++
	version := h.versions[aggregate]
	first := len(h.Events)
	for n, d := range data {
		d.SetHead(catalogue.Head{AggregateVersion: version, Actor: catalogue.Actor{ID: "zhang", Kind: catalogue.ActorPerson}})
		raw, err := json.Marshal(d)
		if err != nil {
			h.t.Fatal(err)
		}
		h.Events = append(h.Events, journey.Event{ID: fmt.Sprintf("%s/%d/%d", aggregate, version, n), Type: d.Kind().Type, Subject: aggregate, Time: at, Version: version, Data: raw})
	}
	return h.Events[first]
}

// Facts gives the history as rules read it.
func (h *History) Facts() []journey.Fact {
	h.t.Helper()
	out := make([]journey.Fact, len(h.Events))
	for i, e := range h.Events {
		f, err := journey.Read(e)
		if err != nil {
			h.t.Fatal(err)
		}
		out[i] = f
	}
	return out
}

// Journey runs a process along time as the host would: it decides when facts
// come and when something is due.
type Journey struct {
	t       testing.TB
	process journey.Process
	id      string
	View    *policy.View
	// Calendars names the working calendars of people who have one of their own.
	Calendars map[string]string
	state     json.RawMessage
	Last      journey.Decision
	Fired     []catalogue.Fired
	Effects   []journey.Effect
}

// Start gives a journey that has read nothing.
func Start(t testing.TB, p journey.Process, id string, v *policy.View) *Journey {
	return &Journey{t: t, process: p, id: id, View: v}
}

// Decide decides once.
func (j *Journey) Decide(now instant.Time, events ...journey.Event) journey.Decision {
	j.t.Helper()
	d, err := j.process.Decide(journey.Input{ID: j.id, State: j.state, Facts: events, Now: now, View: j.View, Calendars: j.Calendars})
	if err != nil {
		j.t.Fatal(err)
	}
	j.state, j.Last = d.State, d
	j.Fired = append(j.Fired, d.Fired...)
	j.Effects = append(j.Effects, d.Effects...)
	return d
}

// Until lets time pass, deciding whenever something is due by then.
func (j *Journey) Until(to instant.Time) {
	j.t.Helper()
	for n := 0; j.Last.NextDue != 0 && j.Last.NextDue <= to; n++ {
		if n > 10_000 {
			j.t.Fatal("the journey never comes to rest")
		}
		j.Decide(j.Last.NextDue)
	}
}

// Rules gives the names of the rules that fired, in order.
func (j *Journey) Rules() []string {
	out := make([]string, len(j.Fired))
	for i, f := range j.Fired {
		out[i] = f.Obligation.Rule
	}
	return out
}

// DidFire tells whether a rule fired.
func (j *Journey) DidFire(rule string) bool { return slices.Contains(j.Rules(), rule) }

// Due gives when a pending rule is due, zero if it is not pending.
func (j *Journey) Due(rule string) instant.Time {
	for _, o := range j.Last.Pending {
		if o.Rule == rule {
			return o.Due
		}
	}
	return 0
}

// Boundary wants a rule to be pending for an instant, not to fire a moment before
// it, to fire at it, and not once more a moment later.
func (j *Journey) Boundary(rule string, due instant.Time) {
	j.t.Helper()
	const moment = instant.Time(1)
	j.Until(due - moment)
	j.Decide(due - moment)
	n := j.Count(rule)
	if got := j.Due(rule); got != due {
		j.t.Fatalf("%s is pending for %s, want %s; fired %v", rule, got, due, j.Rules())
	}
	if j.Decide(due); j.Count(rule) != n+1 {
		j.t.Fatalf("%s did not fire at %s; fired %v", rule, due, j.Rules())
	}
	if j.Decide(due + moment); j.Count(rule) != n+1 {
		j.t.Fatalf("%s fired again", rule)
	}
}

// Count tells how often a rule fired.
func (j *Journey) Count(rule string) int {
	n := 0
	for _, fired := range j.Rules() {
		if fired == rule {
			n++
		}
	}
	return n
}

// Task wants the newest task that a rule gave to be of a kind, somebody's and due then.
func (j *Journey) Task(rule, kind, assignee string, due instant.Time) effects.CreateTask {
	j.t.Helper()
	var task effects.CreateTask
	if j.Effect(rule, journey.CreateTask, &task); task.Kind != kind || task.Assignee != assignee || task.Due != due || task.Rule != rule {
		j.t.Errorf("%s: task %+v, want %s for %s due %s", rule, task, kind, assignee, due)
	}
	return task
}

// Told wants a rule's newest reminder to be of a level and for somebody.
func (j *Journey) Told(rule, level, owner string) effects.Remind {
	j.t.Helper()
	var r effects.Remind
	if j.Effect(rule, journey.Remind, &r); r.Level != level || r.Owner != owner {
		j.t.Errorf("%s: reminder %+v, want %s for %s", rule, r, level, owner)
	}
	return r
}

// TakenBack wants the newest tasks that a rule took back to be those of a kind that another gave.
func (j *Journey) TakenBack(rule, kind, gave string) {
	j.t.Helper()
	var c effects.CancelTasks
	if j.Effect(rule, journey.CancelTasks, &c); !slices.Equal(c.Kinds, []string{kind}) || !slices.Equal(c.Rules, []string{gave}) {
		j.t.Errorf("%s: took back %+v, want %s of %s", rule, c, kind, gave)
	}
}

// Effect gives the body of the newest effect of a verb that a rule asked for.
func (j *Journey) Effect(rule string, verb journey.Verb, into any) journey.Effect {
	j.t.Helper()
	for _, f := range slices.Backward(j.Fired) {
		if f.Obligation.Rule != rule {
			continue
		}
		for _, e := range j.Effects {
			if e.Cause == f.Obligation.ID && e.Verb == verb {
				if into != nil {
					if err := json.Unmarshal(e.Body, into); err != nil {
						j.t.Fatal(err)
					}
				}
				return e
			}
		}
	}
	j.t.Fatalf("no effect %s of rule %s; fired: %v", verb, rule, j.Rules())
	return journey.Effect{}
}
