package recount

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"liuke.dev/shared/instant"
)

// NewLedger makes an empty ledger, for facts that come bit by bit.
func NewLedger() *Ledger {
	l, _ := ReadLedger(nil) // nothing to be read wrongly
	return l
}

// Undone names what was acknowledged, or due by an instant, and is not done yet.
// Unlike Broken it says nothing of what came due later, so that it can be asked
// while promises keep coming due: it empties when the program has caught up.
func (l *Ledger) Undone(j *Journal, by instant.Time) []string {
	out := j.undecided(l)
	for _, name := range slices.Sorted(maps.Keys(l.Decisions)) {
		decisions := l.Decisions[name]
		for _, o := range decisions[len(decisions)-1].Pending {
			if o.Due < by {
				out = append(out, fmt.Sprintf("obligation %s, due at %s, has not fired", o.ID, o.Due))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Effects)) {
		if l.Fired[l.CausedBy[id]][0].Obligation.Due < by && l.count(id) == 0 {
			out = append(out, fmt.Sprintf("effect %s (%s) has not happened", id, l.Effects[id].Verb))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Recorded)) {
		if len(l.Tasks[id]) == 0 {
			out = append(out, "no first-contact task for lead "+l.Recorded[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.FollowUps)) {
		if l.FollowUps[id].Counts && len(l.Tasks[id]) == 0 {
			out = append(out, "no task for the next touch of follow-up "+id)
		}
	}
	return out
}

// undecided names acknowledged writes that the facts do not tell of, or that no
// journey knows.
func (j *Journal) undecided(l *Ledger) (out []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for id := range j.Leads {
		if len(l.Decisions["lead/"+id]) == 0 {
			out = append(out, "no decision on lead "+id)
		}
	}
	for id := range j.Deals {
		if len(l.Decisions["deal/"+id]) == 0 {
			out = append(out, "no decision on deal "+id)
		}
	}
	for id := range j.FollowUps {
		if _, ok := l.FollowUps[id]; !ok {
			out = append(out, "no fact of follow-up "+id)
		}
	}
	return out
}

// Doubled names what happened more often than it may, or out of turn. Nothing
// that comes later mends any of it.
func (l *Ledger) Doubled() (out []string) {
	for _, name := range slices.Sorted(maps.Keys(l.Decisions)) {
		for i, d := range l.Decisions[name] {
			if d.Number != int64(i+1) {
				out = append(out, fmt.Sprintf("journey %s: decision %d comes where %d belongs", name, d.Number, i+1))
				break
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Fired)) {
		if n := len(l.Fired[id]); n != 1 {
			out = append(out, fmt.Sprintf("obligation %s fired %d times", id, n))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Tasks)) {
		if n := len(l.Tasks[id]); n != 1 {
			out = append(out, fmt.Sprintf("task %s was created %d times", id, n))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Reminders)) {
		if n := len(l.Reminders[id]); n != 1 {
			out = append(out, fmt.Sprintf("reminder %s was issued %d times", id, n))
		}
	}
	return out
}

// Happened gives the tasks and reminders that facts say are there: what people's
// lists must hold from now on.
func (l *Ledger) Happened() map[string]bool {
	out := map[string]bool{}
	for id := range l.Tasks {
		out["task "+id] = true
	}
	for id := range l.Reminders {
		out["reminder "+id] = true
	}
	return out
}

// Between compares lists that were read while the program worked: everything that
// had happened before must be in them, once, and what they hold must be asked for
// by the facts that came until after.
func (s Seen) Between(before map[string]bool, after *Ledger) (wrong []string) {
	wrong = slices.Clone(s.Twice)
	for _, entry := range slices.Sorted(maps.Keys(before)) {
		if s.Entries[entry] != 1 {
			wrong = append(wrong, fmt.Sprintf("%s: %d times in people's lists", entry, s.Entries[entry]))
		}
	}
	tasks, reminders := after.wanted()
	for id := range after.Planned {
		tasks[id] = 1
	}
	asked := map[string]bool{}
	for id := range tasks {
		asked["task "+id] = true
	}
	for id := range reminders {
		asked["reminder "+id] = true
	}
	for _, entry := range slices.Sorted(maps.Keys(s.Entries)) {
		if !asked[entry] {
			wrong = append(wrong, entry+" is in people's lists, and nothing asked for it")
		}
	}
	return wrong
}

// Untouched gives the leads that facts tell of and nobody has followed up, also
// those whose recording was never acknowledged.
func (l *Ledger) Untouched() (ids []string) {
	touched := map[string]bool{}
	for _, f := range l.FollowUps {
		touched[f.Subject.Kind+"/"+f.Subject.ID] = true
	}
	for name := range l.Decisions {
		if kind, id, _ := strings.Cut(name, "/"); kind == "lead" && !touched[name] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Unknown gives the leads that facts tell of and no journey has decided anything about.
func (l *Ledger) Unknown() (ids []string) {
	for _, id := range l.Recorded {
		if len(l.Decisions["lead/"+id]) == 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// UnderWay gives the paths of leads and deals of which anything is promised still.
func (l *Ledger) UnderWay() (paths []string) {
	for name, decisions := range l.Decisions {
		last := decisions[len(decisions)-1]
		if (last.Process == "lead" || last.Process == "deal") && !last.Ended && len(last.Pending) > 0 {
			paths = append(paths, "/v1/"+strings.Replace(name, "/", "s/", 1))
		}
	}
	slices.Sort(paths)
	return paths
}

// Undelivered names mails and webhooks that reminders due before an instant ask for
// and that did not come: one webhook for each, one mail for each recipient with an address.
func (l *Ledger) Undelivered(by instant.Time, reachable map[string]bool, mails, posts map[string]int) (out []string) {
	for _, id := range slices.Sorted(maps.Keys(l.Reminders)) {
		if l.Reminders[id][0].Due >= by {
			continue
		}
		if posts != nil && posts[id+":configured:webhook"] == 0 {
			out = append(out, "no webhook of reminder "+id)
		}
		for _, person := range l.Reminders[id][0].To {
			if reachable[person] && mails[id+":"+person+":email"] == 0 {
				out = append(out, "no mail of reminder "+id+" to "+person)
			}
		}
	}
	return out
}

// Promises counts what fired so far, and how much of it late.
func (l *Ledger) Promises() (fired, late int) { return len(l.Fired), l.Late() }
