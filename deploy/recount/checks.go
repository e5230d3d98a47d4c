package recount

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/programtest"
)

// readers is how many calls are made side by side to find writes again.
const readers = 8

// Writes finds every acknowledged write by the API and in the facts, and names
// those that are lost.
func Writes(ctx context.Context, boss *programtest.Client, j *Journal, l *Ledger) []string {
	var lost []string
	for id := range j.Leads {
		if len(l.Decisions["lead/"+id]) == 0 {
			lost = append(lost, fmt.Sprintf("the journey of lead %s: no decision", id))
		}
	}
	for id := range j.Deals {
		if len(l.Decisions["deal/"+id]) == 0 {
			lost = append(lost, fmt.Sprintf("the journey of deal %s: no decision", id))
		}
	}
	bySubject := map[string][]string{}
	for id, subject := range j.FollowUps {
		bySubject[subject] = append(bySubject[subject], id)
		if _, ok := l.FollowUps[id]; !ok {
			lost = append(lost, "the fact of follow-up "+id)
		}
	}
	found := finder{lost: lost}
	found.SetLimit(readers)
	for id, company := range j.Leads {
		found.find(func() string { return lead(ctx, boss, id, company, j.Closed["/v1/leads/"+id]) })
	}
	for id, title := range j.Deals {
		found.find(func() string { return deal(ctx, boss, id, title, j.Closed["/v1/deals/"+id]) })
	}
	for subject, ids := range bySubject {
		found.find(func() string { return followUps(ctx, boss, subject, ids) })
	}
	_ = found.Wait() // what is lost is no error of the search
	slices.Sort(found.lost)
	return found.lost
}

// finder looks for several things side by side and keeps what it did not find.
type finder struct {
	errgroup.Group
	mu   sync.Mutex
	lost []string
}

// find looks for one thing; look says what is lost, or nothing.
func (f *finder) find(look func() string) {
	f.Go(func() error {
		if lost := look(); lost != "" {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.lost = append(f.lost, lost)
		}
		return nil
	})
}

func lead(ctx context.Context, boss *programtest.Client, id, company string, closed bool) string {
	var have catalogue.Lead
	if err := boss.Get(ctx, "/v1/leads/"+id, &have); err != nil || have.Company != company {
		return fmt.Sprintf("lead %s of %s: %v", id, company, err)
	}
	if closed && have.Status != catalogue.LeadClosed {
		return fmt.Sprintf("the closing of lead %s: it is %s", id, have.Status)
	}
	return ""
}

func deal(ctx context.Context, boss *programtest.Client, id, title string, closed bool) string {
	var have catalogue.Deal
	if err := boss.Get(ctx, "/v1/deals/"+id, &have); err != nil || title != "" && have.Title != title {
		return fmt.Sprintf("deal %s %s: %v", id, title, err)
	}
	if closed && have.Outcome != catalogue.DealLost {
		return fmt.Sprintf("the loss of deal %s: it is %s", id, have.Outcome)
	}
	return ""
}

func followUps(ctx context.Context, boss *programtest.Client, subject string, ids []string) string {
	there, err := programtest.All[catalogue.FollowUp](ctx, boss, subject+"/follow-ups")
	missing := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.ContainsFunc(there, func(f catalogue.FollowUp) bool { return f.ID == id })
	})
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("follow-ups %s of %s: %v", strings.Join(missing, ", "), subject, err)
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
	for id, created := range l.Tasks {
		if byPerson(created[0]) {
			tasks[id] = 1
		}
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
