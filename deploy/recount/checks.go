package recount

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/programtest"
)

// Writes finds every acknowledged write by the API and in the facts, and names
// those that are lost.
func Writes(ctx context.Context, boss *programtest.Client, j *Journal, l *Ledger) []string {
	var lost []string
	for id, company := range j.Leads {
		var lead catalogue.Lead
		if err := boss.Get(ctx, "/v1/leads/"+id, &lead); err != nil || lead.Company != company {
			lost = append(lost, fmt.Sprintf("lead %s of %s: %v", id, company, err))
		}
		if len(l.Decisions["lead/"+id]) == 0 {
			lost = append(lost, fmt.Sprintf("the journey of lead %s: no decision", id))
		}
	}
	for id, title := range j.Deals {
		var deal catalogue.Deal
		if err := boss.Get(ctx, "/v1/deals/"+id, &deal); err != nil || title != "" && deal.Title != title {
			lost = append(lost, fmt.Sprintf("deal %s %s: %v", id, title, err))
		}
		if len(l.Decisions["deal/"+id]) == 0 {
			lost = append(lost, fmt.Sprintf("the journey of deal %s: no decision", id))
		}
	}
	return append(lost, followUps(ctx, boss, j, l)...)
}

func followUps(ctx context.Context, boss *programtest.Client, j *Journal, l *Ledger) (lost []string) {
	bySubject := map[string][]string{}
	for id, subject := range j.FollowUps {
		bySubject[subject] = append(bySubject[subject], id)
		if _, ok := l.FollowUps[id]; !ok {
			lost = append(lost, "the fact of follow-up "+id)
		}
	}
	for subject, ids := range bySubject {
		there, err := programtest.All[catalogue.FollowUp](ctx, boss, subject+"/follow-ups")
		for _, id := range ids {
			if !slices.ContainsFunc(there, func(f catalogue.FollowUp) bool { return f.ID == id }) {
				lost = append(lost, fmt.Sprintf("follow-up %s of %s: %v", id, subject, err))
			}
		}
	}
	return lost
}

// Seen is what people's lists hold.
type Seen struct {
	Tasks, Reminders int
	Entries          map[string]int // "task ID" or "reminder ID", how often
	Twice            []string       // entries that somebody has twice
	Differ           []string       // where the lists differ from what was promised
}

// Lists counts tasks and reminders by the lists of people, not by facts: the
// second, independent count.
func Lists(ctx context.Context, o *programtest.Office, l *Ledger) (Seen, error) {
	var s Seen
	tasks, reminders := map[string]int{}, map[string]int{}
	for _, status := range []string{catalogue.TaskOpen, catalogue.TaskDone, catalogue.TaskCancelled} {
		all, err := programtest.All[catalogue.Task](ctx, o.As(o.Boss), "/v1/tasks?scope=all&status="+status)
		if err != nil {
			return s, err
		}
		// A task that ended while the lists were read is in two of them; only one that a list holds twice is doubled.
		times := map[string]int{}
		for _, one := range all {
			times[one.ID]++
		}
		for id, n := range times {
			tasks[id] = max(tasks[id], n)
		}
	}
	for _, person := range o.People() {
		all, err := programtest.All[catalogue.Reminder](ctx, o.As(person), "/v1/reminders")
		if err != nil {
			return s, err
		}
		mine := map[string]int{}
		for _, one := range all {
			reminders[one.ID] = 1
			if mine[one.ID]++; mine[one.ID] == 2 {
				s.Twice = append(s.Twice, person+" has reminder "+one.ID+" twice")
			}
		}
	}
	wantTasks, wantReminders := l.wanted()
	s.Tasks, s.Reminders, s.Entries = len(tasks), len(reminders), map[string]int{}
	for id, n := range tasks {
		s.Entries["task "+id] = n
	}
	for id := range reminders {
		s.Entries["reminder "+id] = 1
	}
	s.Differ = append(differences("task", wantTasks, tasks), differences("reminder", wantReminders, reminders)...)
	return s, nil
}

// wanted gives the tasks and reminders that facts promise.
func (l *Ledger) wanted() (tasks, reminders map[string]int) {
	tasks, reminders = map[string]int{}, map[string]int{}
	for id, e := range l.Effects {
		switch e.Verb {
		case "create_task":
			tasks[id] = 1
		case "remind":
			reminders[id] = 1
		}
	}
	for id := range l.Recorded {
		tasks[id] = 1
	}
	for id, f := range l.FollowUps {
		if f.Counts {
			tasks[id] = 1
		}
	}
	return tasks, reminders
}

func differences(what string, want, have map[string]int) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if have[id] != want[id] {
			out = append(out, fmt.Sprintf("%s %s: %d times instead of %d", what, id, have[id], want[id]))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		if want[id] == 0 {
			out = append(out, what+" "+id+": nothing asked for it")
		}
	}
	return out
}

// Insights compares the ledger that the program keeps itself, and asks for the
// cause of a reminder.
func Insights(ctx context.Context, boss *programtest.Client, l *Ledger) []string {
	var have struct{ Fired, Late, Doubled int }
	if err := boss.Get(ctx, "/v1/insights/ledger", &have); err != nil {
		return []string{err.Error()}
	}
	var wrong []string
	if late := l.Late(); have.Fired != len(l.Fired) || have.Late != late || have.Doubled != 0 {
		wrong = append(wrong, fmt.Sprintf("insights counts %+v where the facts tell of %d fired, %d late, none twice", have, len(l.Fired), late))
	}
	for id := range l.Reminders {
		var why struct{ Chain []any }
		if err := boss.Get(ctx, "/v1/insights/why?reminder="+url.QueryEscape(id), &why); err != nil {
			wrong = append(wrong, fmt.Sprintf("why reminder %s: %v", id, err))
		}
		break // one stands for all
	}
	return wrong
}

// Late counts the obligations that fired late.
func (l *Ledger) Late() int {
	late := 0
	for _, all := range l.Fired {
		if all[0].Late {
			late++
		}
	}
	return late
}
