package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

const (
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

	journal := recount.NewJournal()
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
		struck := strike(o, chance)
		t.Logf("kill %d of %s, %s after %s: %d writes acknowledged", k+1, struck, during, after, journal.Size())
		if err := o.Begin(); err != nil {
			t.Fatal(err)
		}
	}
	ready(ctx, t, o)
	rest(ctx, t, 2*time.Second)
	stop()
	t.Logf("%d kills and %d acknowledged writes in %s; a rule refused %v", kills, journal.Size(), time.Since(begin).Round(time.Second), journal.Refused)

	l := settle(ctx, t, o, follow(t, o.Follow(ctx)), 2*time.Minute, calm(ctx, o, journal, chance))
	report(t, "answers that may not come", journal.Lost)
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
func load(ctx context.Context, o *programtest.Office, journal *recount.Journal, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	for i, id := range o.Sellers[:4] {
		s := &recount.Seller{Client: o.As(id), Name: fmt.Sprintf("客户%c", 'A'+i), Journal: journal, Rand: rand.New(rand.NewPCG(seed, uint64(i+1))), Day: day, Pause: 700 * time.Millisecond} //nolint:gosec // chances that can be repeated
		group.Go(func() { s.Run(ctx) })
	}
	return func() {
		cancel()
		group.Wait()
		hasty(ctx, o, journal, seed)
	}
}

// hasty records leads and leaves before the answers, or some of them: what was
// recorded so is kept like everything else, and nobody knows its id.
func hasty(ctx context.Context, o *programtest.Office, journal *recount.Journal, seed uint64) {
	ctx = context.WithoutCancel(ctx)
	s := &recount.Seller{Client: o.As(o.Sellers[4]), Name: "匆忙", Journal: journal, Day: day}
	chance := rand.New(rand.NewPCG(seed, 99)) //nolint:gosec // chances that can be repeated
	for range 20 {
		short, cancel := context.WithTimeout(ctx, time.Duration(chance.IntN(30*slower))*time.Millisecond)
		s.Record(short)
		cancel()
	}
}

// calm touches every lead that nobody has touched: untouched ones go from hand
// to hand for ever, as they should. It goes by the facts: a lead may have been
// recorded although its recorder left before the answer.
func calm(ctx context.Context, o *programtest.Office, journal *recount.Journal, chance *rand.Rand) func(*recount.Ledger) {
	boss := &recount.Seller{Client: o.As(o.Boss), Journal: journal, Rand: chance, Day: day}
	touched := map[string]bool{}
	return func(l *recount.Ledger) {
		for _, id := range l.Untouched() {
			if !touched[id] {
				touched[id] = true
				boss.FollowUp(ctx, "/v1/leads/"+id)
			}
		}
	}
}

func report(t *testing.T, what string, found []string) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("%d %s:\n%s", len(found), what, strings.Join(found[:min(20, len(found))], "\n"))
	}
}

// checkWrites finds every acknowledged write by the API and in the facts.
func checkWrites(ctx context.Context, t *testing.T, o *programtest.Office, j *recount.Journal, l *recount.Ledger) {
	t.Helper()
	report(t, "acknowledged writes that are lost", recount.Writes(ctx, o.As(o.Boss), j, l))
}

// checkLists counts tasks and reminders by the lists of people, not by facts.
func checkLists(ctx context.Context, t *testing.T, o *programtest.Office, l *recount.Ledger) {
	t.Helper()
	seen, err := recount.Lists(ctx, o, l)
	if err != nil {
		t.Fatal(err)
	}
	report(t, "doubled entries in people's lists", seen.Twice)
	report(t, "tasks and reminders that differ from what was promised", seen.Differ)
	t.Logf("people's lists hold %d tasks and %d reminders, as promised", seen.Tasks, seen.Reminders)
}

// checkInsights compares the ledger that the program keeps itself.
func checkInsights(ctx context.Context, t *testing.T, o *programtest.Office, l *recount.Ledger) {
	t.Helper()
	report(t, "differences between the program's own ledger and the facts", recount.Insights(ctx, o.As(o.Boss), l))
}

// checkCommands uses the program's own: no dead letters, and the audit chain of
// the stopped program is whole.
func checkCommands(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	letters, err := o.Run(ctx, binary, "dead-letters", "list")
	if err != nil || !strings.Contains(letters, "0 of 0") {
		t.Errorf("dead letters: %v\n%s", err, letters)
	}
	if err := o.Stop(20 * time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	whole, err := o.Run(ctx, binary, "verify")
	if err != nil || strings.Count(whole, "chain whole") < 5 {
		t.Errorf("verify: %v\n%s", err, whole)
	}
	t.Logf("liuke verify:\n%s", whole)
}
