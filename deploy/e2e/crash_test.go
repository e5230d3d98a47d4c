package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

const (
	kills = 20
	// fast lets a day of the policy pass in a second.
	fast = 86_400
	day  = 24 * time.Hour / fast
)

// seed gives what decides all chances of a run; LIUKE_SEED repeats one.
func seed(t *testing.T) uint64 {
	t.Helper()
	n := uint64(time.Now().UnixNano())
	if s := os.Getenv("LIUKE_SEED"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("LIUKE_SEED: %v", err)
		}
	}
	t.Logf("LIUKE_SEED=%d repeats the chances of this run", n)
	return n
}

// Under load, with promises coming due all the time, the program is killed (-9)
// at random instants. Afterwards every acknowledged write is there, and every
// promise was kept exactly once, counted from facts and from tasks and reminders
//
func TestKilledAgainAndAgainItLosesNothingAndKeepsEveryPromiseOnce(t *testing.T) {
	t.Parallel() // it mostly waits, like the outages
	n := seed(t)
	chance := rand.New(rand.NewPCG(n, 0)) //nolint:gosec // chances that can be repeated
	ctx := bounded(t, 9*time.Minute)
	o := open(ctx, t, fmt.Sprint("LIUKE_SPEED=", fast))
	begin := time.Now()

	journal := NewJournal()
	stop := load(ctx, o, journal, n)
	for k := range kills {
		during := "while it works"
		if chance.IntN(4) == 0 && k > 0 {
			during = "while it starts"
		} else {
			ready(ctx, t, o)
		}
		after := time.Duration(100+chance.IntN(3400)) * time.Millisecond
		if during == "while it starts" {
			after = time.Duration(chance.IntN(1500)) * time.Millisecond
		}
		rest(ctx, t, after)
		o.Kill()
		t.Logf("kill %d %s after %s: %d writes acknowledged", k+1, during, after, journal.Size())
		if err := o.Begin(); err != nil {
			t.Fatal(err)
		}
	}
	ready(ctx, t, o)
	rest(ctx, t, 2*time.Second)
	stop()
	calm(ctx, t, o, journal, chance)
	t.Logf("%d kills and %d acknowledged writes in %s; a rule refused %v", kills, journal.Size(), time.Since(begin).Round(time.Second), journal.Refused)

	l := settle(ctx, t, o, follow(ctx, t, o.Kafka), 2*time.Minute)
	t.Log(l.Count())
	report(t, "broken promises", l.Broken(instant.Now(), 0))
	checkWrites(ctx, t, o, journal, l)
	checkLists(ctx, t, o, l)
	checkInsights(ctx, t, o, l)
	checkCommands(ctx, t, o)
	t.Logf("whole run: %s", time.Since(begin).Round(time.Second))
}

func ready(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := o.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

// load lets half of the sellers work until stop is called.
func load(ctx context.Context, o *programtest.Office, journal *Journal, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	for i, id := range o.Sellers[:4] {
		s := &Seller{Client: o.As(id), Name: fmt.Sprintf("客户%c", 'A'+i), Journal: journal, Rand: rand.New(rand.NewPCG(seed, uint64(i+1))), Day: day, Pause: 700 * time.Millisecond} //nolint:gosec // chances that can be repeated
		group.Go(func() { s.Run(ctx) })
	}
	return func() { cancel(); group.Wait() }
}

// calm touches every lead that nobody has touched: untouched ones go from hand
// to hand for ever, as they should.
func calm(ctx context.Context, t *testing.T, o *programtest.Office, journal *Journal, chance *rand.Rand) {
	t.Helper()
	boss := &Seller{Client: o.As(o.Boss), Journal: journal, Rand: chance, Day: day}
	for _, id := range journal.Untouched() {
		boss.FollowUp(ctx, "/v1/leads/"+id)
	}
	report(t, "answers that may not come", journal.Lost)
}

func report(t *testing.T, what string, found []string) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("%d %s:\n%s", len(found), what, strings.Join(found[:min(20, len(found))], "\n"))
	}
}

// checkWrites finds every acknowledged write by the API and in the facts.
func checkWrites(ctx context.Context, t *testing.T, o *programtest.Office, j *Journal, l *Ledger) {
	t.Helper()
	boss := o.As(o.Boss)
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
	report(t, "acknowledged writes that are lost", lost)
}

// checkLists counts tasks and reminders by the lists of people, not by facts:
// the second, independent count.
func checkLists(ctx context.Context, t *testing.T, o *programtest.Office, l *Ledger) {
	t.Helper()
	tasks := map[string]int{}
	for _, status := range []string{catalogue.TaskOpen, catalogue.TaskDone, catalogue.TaskCancelled} {
		all, err := programtest.All[catalogue.Task](ctx, o.As(o.Boss), "/v1/tasks?scope=all&status="+status)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range all {
			tasks[one.ID]++
		}
	}
	reminders, twice := map[string]int{}, []string{}
	for _, person := range o.People() {
		all, err := programtest.All[catalogue.Reminder](ctx, o.As(person), "/v1/reminders")
		if err != nil {
			t.Fatal(err)
		}
		mine := map[string]int{}
		for _, one := range all {
			reminders[one.ID] = 1
			if mine[one.ID]++; mine[one.ID] == 2 {
				twice = append(twice, person+" has reminder "+one.ID+" twice")
			}
		}
	}
	report(t, "doubled entries in people's lists", twice)
	wantTasks, wantReminders := map[string]int{}, map[string]int{}
	for id, e := range l.Effects {
		switch e.Verb {
		case "create_task":
			wantTasks[id] = 1
		case "remind":
			wantReminders[id] = 1
		}
	}
	for id := range l.Recorded {
		wantTasks[id] = 1
	}
	for id, f := range l.FollowUps {
		if f.Counts {
			wantTasks[id] = 1
		}
	}
	report(t, "tasks that differ from what was promised", differences(wantTasks, tasks))
	report(t, "reminders that differ from what was promised", differences(wantReminders, reminders))
	t.Logf("people's lists hold %d tasks and %d reminders, as promised", len(tasks), len(reminders))
}

func differences(want, have map[string]int) []string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if have[id] != want[id] {
			out = append(out, fmt.Sprintf("%s: %d times instead of %d", id, have[id], want[id]))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have)) {
		if want[id] == 0 {
			out = append(out, id+": nothing asked for it")
		}
	}
	return out
}

// checkInsights compares the ledger that the program keeps itself, and asks for
// the cause of a reminder.
func checkInsights(ctx context.Context, t *testing.T, o *programtest.Office, l *Ledger) {
	t.Helper()
	var have struct{ Fired, Late, Doubled int }
	if err := o.As(o.Boss).Get(ctx, "/v1/insights/ledger", &have); err != nil {
		t.Fatal(err)
	}
	late := 0
	for _, all := range l.Fired {
		if all[0].Late {
			late++
		}
	}
	if have.Fired != len(l.Fired) || have.Late != late || have.Doubled != 0 {
		t.Errorf("insights counts %+v where the facts tell of %d fired, %d late, none twice", have, len(l.Fired), late)
	}
	for id := range l.Reminders {
		var why struct{ Chain []any }
		if err := o.As(o.Boss).Get(ctx, "/v1/insights/why?reminder="+url.QueryEscape(id), &why); err != nil {
			t.Errorf("why reminder %s: %v", id, err)
		}
		break // one stands for all
	}
}

// checkCommands uses the program's own: no dead letters, and the audit chain of
// the stopped program is whole.
func checkCommands(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	letters, err := programtest.Run(ctx, binary, "dead-letters", "list", "--kafka", o.Kafka)
	if err != nil || !strings.Contains(letters, "0 of 0") {
		t.Errorf("dead letters: %v\n%s", err, letters)
	}
	if err := o.Stop(20 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	whole, err := programtest.Run(ctx, binary, "verify", "--data", o.Data)
	if err != nil || strings.Count(whole, "chain whole") < 5 {
		t.Errorf("verify: %v\n%s", err, whole)
	}
	t.Logf("liuke verify:\n%s", whole)
}
