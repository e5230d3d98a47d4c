// Package recount counts, from outside and in two independent ways, what the
// program acknowledged and promised: people who work with it and keep a journal
// of every answer (load.go), the promises as the facts tell them (ledger.go), and
// the lists that people see (checks.go). Tests that kill, starve or restart the
// program compare the three: nothing acknowledged may be lost, nothing may happen
// twice.
//
// This file owns the count of promises from facts alone, as an outside consumer
// could make it.
package recount

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
)

// Ledger is what the facts tell of every promise.
type Ledger struct {
	Decisions map[string][]catalogue.Decided  // by journey, in the order of their numbers
	Fired     map[string][]catalogue.Fired    // by obligation: more than one is a promise kept twice
	Effects   map[string]catalogue.EffectRef  // of fired obligations, by id
	CausedBy  map[string]string               // effect to obligation
	Tasks     map[string][]catalogue.Task     // as created, by id
	Reminders map[string][]catalogue.Reminder // as issued, by id
	FollowUps map[string]catalogue.FollowUp   // as recorded, by id
	Planned   map[string]string               // task that a fact asks for, to its subject
	Recorded  map[string]string               // first-contact task that a new lead's record asks for, to the lead
	Facts     int
}

// ReadLedger reads the facts.
func ReadLedger(events []facts.Event) (*Ledger, error) {
	l := &Ledger{Decisions: map[string][]catalogue.Decided{}, Fired: map[string][]catalogue.Fired{}, Effects: map[string]catalogue.EffectRef{}, CausedBy: map[string]string{},
		Tasks: map[string][]catalogue.Task{}, Reminders: map[string][]catalogue.Reminder{}, FollowUps: map[string]catalogue.FollowUp{}, Planned: map[string]string{}, Recorded: map[string]string{}}
	return l, l.Take(events)
}

// Take reads further facts.
func (l *Ledger) Take(events []facts.Event) error {
	for _, e := range events {
		if err := l.read(e); err != nil {
			return fmt.Errorf("fact %s: %w", e.ID, err)
		}
	}
	for _, decisions := range l.Decisions {
		slices.SortStableFunc(decisions, func(a, b catalogue.Decided) int { return int(a.Number - b.Number) })
	}
	l.Facts += len(events)
	return nil
}

func (l *Ledger) read(e facts.Event) error {
	f, err := journey.Read(journey.Event{ID: e.ID, Type: e.Type, Data: e.Data})
	if err != nil {
		return err
	}
	switch d := f.Data.(type) {
	case *catalogue.Decided:
		l.decided(*d)
	case *catalogue.TaskCreated:
		l.Tasks[d.After.ID] = append(l.Tasks[d.After.ID], d.After)
	case *catalogue.ReminderIssued:
		l.Reminders[d.After.ID] = append(l.Reminders[d.After.ID], d.After)
	case *catalogue.FollowUpRecorded:
		l.FollowUps[d.FollowUp.ID] = d.FollowUp
	case *catalogue.LeadRecorded:
		if a := d.After; a.Owner != "" && a.Status == catalogue.LeadNew && !a.Imported {
			task := effects.FirstTouchTask(a.ID, d.AggregateVersion)
			l.Planned[task], l.Recorded[task] = "lead/"+a.ID, a.ID
		}
	case *catalogue.NextTouchPlanned:
		l.Planned[d.Task] = d.Subject.Kind + "/" + d.Subject.ID
	}
	return nil
}

func (l *Ledger) decided(d catalogue.Decided) {
	l.Decisions[d.Journey] = append(l.Decisions[d.Journey], d)
	for _, f := range d.Fired {
		l.Fired[f.Obligation.ID] = append(l.Fired[f.Obligation.ID], f)
		for _, effect := range f.Effects {
			l.Effects[effect.ID], l.CausedBy[effect.ID] = effect, f.Obligation.ID
		}
	}
}

// Broken names every broken promise as of an instant: what was due more than
// slack before it must have fired.
func (l *Ledger) Broken(at instant.Time, slack time.Duration) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, name := range slices.Sorted(maps.Keys(l.Decisions)) {
		l.checkJourney(name, at.Add(-slack), add)
	}
	for _, id := range slices.Sorted(maps.Keys(l.Fired)) {
		if n := len(l.Fired[id]); n != 1 {
			add("obligation %s fired %d times", id, n)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Effects)) {
		switch n := l.count(id); {
		case n < 0: // seen in no list of its own
		case n != 1:
			add("effect %s (%s) happened %d times", id, l.Effects[id].Verb, n)
		}
	}
	l.checkUncaused(add)
	return out
}

// checkJourney looks for gaps and doubles in a journey's decisions, for
// obligations that vanished, and for those that are due and did not fire.
func (l *Ledger) checkJourney(name string, due instant.Time, add func(string, ...any)) {
	decisions := l.Decisions[name]
	pending := map[string]instant.Time{}
	for i, d := range decisions {
		if d.Number != int64(i+1) {
			add("journey %s: decision %d comes where %d belongs", name, d.Number, i+1)
			return // everything after it would follow from this
		}
		now := map[string]instant.Time{}
		for _, o := range d.Pending {
			now[o.ID] = o.Due
		}
		if len(d.Read) == 0 && len(d.Fired) == 0 {
			for id := range pending {
				if _, still := now[id]; !still {
					add("journey %s: obligation %s vanished in decision %d, which read and fired nothing", name, id, d.Number)
				}
			}
		}
		for _, f := range d.Fired {
			if f.Obligation.Due > f.At {
				add("obligation %s fired %s before it was due", f.Obligation.ID, f.Obligation.Due.Sub(f.At))
			}
		}
		pending = now
	}
	for _, id := range slices.Sorted(maps.Keys(pending)) {
		if pending[id] < due {
			add("obligation %s was due at %s and never fired", id, pending[id])
		}
	}
}

// count tells how often an effect is seen in facts, -1 if it leaves none of its own id.
func (l *Ledger) count(effect string) int {
	switch journey.Verb(l.Effects[effect].Verb) {
	case journey.CreateTask:
		return len(l.Tasks[effect])
	case journey.Remind:
		return len(l.Reminders[effect])
	}
	return -1
}

// checkUncaused looks for tasks and reminders that nothing asked for.
func (l *Ledger) checkUncaused(add func(string, ...any)) {
	for _, id := range slices.Sorted(maps.Keys(l.Tasks)) {
		_, effect := l.Effects[id]
		_, planned := l.Planned[id]
		if !effect && !planned && !byPerson(l.Tasks[id][0]) {
			add("task %s was asked for by no fired obligation, no follow-up and no person (rule %s, why %s)", id, l.Tasks[id][0].Rule, l.Tasks[id][0].Why)
		}
		if n := len(l.Tasks[id]); n > 1 {
			add("task %s was created %d times", id, n)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Recorded)) {
		if n := len(l.Tasks[id]); n != 1 {
			add("lead %s was recorded and has %d first-contact tasks", l.Recorded[id], n)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Reminders)) {
		if _, effect := l.Effects[id]; !effect {
			add("reminder %s was asked for by no fired obligation", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.FollowUps)) {
		if f := l.FollowUps[id]; f.Counts && len(l.Tasks[id]) != 1 {
			add("follow-up %s on %s/%s plans a next touch and has %d tasks for it", id, f.Subject.Kind, f.Subject.ID, len(l.Tasks[id]))
		}
	}
}

// byPerson tells whether a person gave the task, of their own accord.
func byPerson(t catalogue.Task) bool { return strings.HasPrefix(t.Why, "person:") }

// endless are the kinds of journeys in which something is always pending: rhythms.
var endless = []string{"review", "intervention", "maintenance"}

// DueSoon gives the earliest instant at which anything is pending that comes to an
// end, zero if nothing is.
func (l *Ledger) DueSoon() (due instant.Time, id string) {
	for _, decisions := range l.Decisions {
		if slices.Contains(endless, decisions[len(decisions)-1].Process) {
			continue
		}
		for _, o := range decisions[len(decisions)-1].Pending {
			if due == 0 || o.Due < due {
				due, id = o.Due, o.ID
			}
		}
	}
	return due, id
}

// Count summarises what fired, by rule.
func (l *Ledger) Count() string {
	rules, late := map[string]int{}, 0
	for _, all := range l.Fired {
		rules[all[0].Obligation.Rule]++
		if all[0].Late {
			late++
		}
	}
	var parts []string
	for _, r := range slices.Sorted(maps.Keys(rules)) {
		parts = append(parts, fmt.Sprintf("%s %d", r, rules[r]))
	}
	decisions := 0
	for _, d := range l.Decisions {
		decisions += len(d)
	}
	return fmt.Sprintf("%d facts, %d journeys, %d decisions, %d obligations fired (%d late), %d effects, %d tasks, %d reminders, %d follow-ups\n%s",
		l.Facts, len(l.Decisions), decisions, len(l.Fired), late, len(l.Effects), len(l.Tasks), len(l.Reminders), len(l.FollowUps), strings.Join(parts, ", "))
}
