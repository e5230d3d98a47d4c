package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// An outage makes promises late, never void: what came due while the program was
// stopped, or dead, fires once when it is back, in the order in which it was due,
// and says that it is late.
func TestWhatComesDueDuringAnOutageFiresOnceLateAndInOrder(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]downtime{
		"stopped": {catalogue.CauseStopped, func(o *programtest.Office) error { return o.Stop(20 * time.Second) }, start},
		"killed":  {catalogue.CauseCrashed, func(o *programtest.Office) error { o.Kill(); return nil }, start},
		"held up": {catalogue.CauseStalled, func(o *programtest.Office) error { return each(o, (*programtest.Program).Pause) },
			func(_ context.Context, o *programtest.Office) error { return each(o, (*programtest.Program).Continue) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outage(t, d)
		})
	}
}

// downtime is one way of being down, and of coming back.
type downtime struct {
	cause string // as the receipt must name it
	end   func(o *programtest.Office) error
	back  func(ctx context.Context, o *programtest.Office) error
}

func start(ctx context.Context, o *programtest.Office) error { return o.Start(ctx) }

// each does something to every process.
func each(o *programtest.Office, do func(*programtest.Program) error) error {
	if o.Suite == nil {
		return do(o.Program)
	}
	var errs []error
	for _, i := range o.Suite.Instances {
		errs = append(errs, do(i.Program()))
	}
	return errors.Join(errs...)
}

// outageLasts is longer than what counts as late at this speed, five seconds.
const outageLasts = 12 * time.Second

func outage(t *testing.T, d downtime) {
	ctx := bounded(t, 5*time.Minute)
	o := open(ctx, t, fmt.Sprint("LIUKE_SPEED=", fast))
	journal := recount.NewJournal()
	s := &recount.Seller{Client: o.As(o.Sellers[0]), Name: "停电", Journal: journal, Rand: rand.New(rand.NewPCG(1, 1)), Day: day} //nolint:gosec // any will do
	for range 10 {
		s.Record(ctx)
	}
	for _, lead := range s.Mine {
		s.FollowUp(ctx, lead)
	}
	report(t, "answers that may not come", journal.Lost)
	rest(ctx, t, time.Second) // journeys arm their timers
	stopping := instant.Now() // it takes a while on a busy machine, and promises come due meanwhile
	if err := d.end(o); err != nil {
		t.Fatal(err)
	}
	down := instant.Now()
	rest(ctx, t, outageLasts)
	back := instant.Now()
	if err := d.back(ctx, o); err != nil {
		t.Fatal(err)
	}
	started := instant.Now()
	l := settle(ctx, t, o, follow(t, o.Follow(ctx)), 2*time.Minute)
	t.Log(l.Count())
	report(t, "broken promises", l.Broken(instant.Now(), 0))
	checkLate(t, l, stopping, down, back, started, d.cause == catalogue.CauseStalled && temporalApart)
	checkLists(ctx, t, o, l)
	checkReceipt(ctx, t, o, l, d.cause, stopping, down, back)
}

func checkLate(t *testing.T, l *recount.Ledger, stopping, down, back, started instant.Time, handed bool) {
	t.Helper()
	during, latest := 0, instant.Time(0)
	for name, decisions := range l.Decisions {
		var last catalogue.Fired
		for _, d := range decisions {
			for _, f := range d.Fired {
				due, late := f.Obligation.Due, f.At-f.Obligation.Due
				if due > stopping && due < back {
					during++
					latest = max(latest, f.At)
					if due > down && f.At < back && !handed {
						t.Errorf("%s fired at %s, when the program was down", f.Obligation.ID, f.At)
					}
				}
				if late > 5000 != f.Late {
					t.Errorf("%s fired %d ms after it was due, late is %t", f.Obligation.ID, late, f.Late)
				}
				if pendingBefore(decisions, d.Number, f.Obligation.ID) && pendingBefore(decisions, d.Number, last.Obligation.ID) && due < last.Obligation.Due {
					t.Errorf("%s: %s, due %s, fired after %s, due %s", name, f.Obligation.ID, due, last.Obligation.ID, last.Obligation.Due)
				}
				last = f
			}
		}
	}
	if during < 30 {
		t.Errorf("only %d obligations came due during the outage: the test proves little", during)
	}
	t.Logf("%d obligations came due during the outage; the last fired %d ms after the program was ready", during, latest-started)
}

// pendingBefore tells whether an obligation was known to be pending in the
// decision before: what a decision itself arms may be due earlier than what it fired.
func pendingBefore(decisions []catalogue.Decided, number int64, id string) bool {
	if number < 2 {
		return false
	}
	return slices.ContainsFunc(decisions[number-2].Pending, func(o catalogue.Obligation) bool { return o.ID == id })
}
