package trial

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"liuke.dev/deploy/faults/link"
	"liuke.dev/deploy/faults/outside"
	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// Trial is a suite that runs and is tried.
type Trial struct {
	Office *programtest.Office
	Links  map[string]*link.Link
	Stream *programtest.Stream
	// Log tells what happens, while it happens; nil: nobody.
	Log func(format string, args ...any)

	liuke     string // the all-in-one program, whose commands look into any suite
	processes func(ctx context.Context, name string) (Process, error)
	links     *link.Links
	ends      []func() error // of what else was started
	order     string         // that a process was armed with last
	disarm    func()         // what starts from now on is not armed
	then      func() error   // what is done as soon as the fault is made
	mail      *outside.Mailbox
	hooks     *outside.Receiver
	reachable map[string]bool // people with an address

	pace    pace
	journal *recount.Journal
	ledger  *recount.Ledger
	taken   int // facts that the ledger has read
	chance  *rand.Rand
	loads   uint64
	before  []string // journeys that were under way when the last row ended
}

// Result is what became of a fault.
type Result struct {
	Fault
	Acknowledged   int // writes while it lasted and before
	Fired, Late    int // obligations from its beginning until everything had caught up
	Doubled, Lost  int
	Repeated       int // mails and webhooks that came again
	Lasted, Caught time.Duration
	Findings       []string // what is wrong; empty is well
}

// Well tells whether nothing was found.
func (r Result) Well() bool { return len(r.Findings) == 0 }

// Process finds a process by its name in the table.
func (t *Trial) Process(ctx context.Context, name string) (Process, error) {
	return t.processes(ctx, name)
}

func (t *Trial) say(format string, args ...any) {
	if t.Log != nil {
		t.Log(format, args...)
	}
}

func (t *Trial) arm(ctx context.Context, process, order string) error {
	p, err := t.Process(ctx, process)
	if err != nil {
		return err
	}
	t.order = order
	t.say("    armed: %s", order)
	return p.Restart("LIUKE_AT=" + order)
}

// Plan says how faults are tried.
type Plan struct {
	Seed  uint64    // decides all chances
	End   time.Time // after which no further fault is begun, once as many as Least were; zero: all are tried
	Least int       // the first if it is zero
	Log   func(format string, args ...any)
}

// Run tries the faults one after the other and ends with the count of everything.
// The error is of the trial itself; what is wrong with the suite is in results.
func (t *Trial) Run(ctx context.Context, faults []Fault, p Plan) ([]Result, Result, error) {
	t.Log, t.chance = p.Log, rand.New(rand.NewPCG(p.Seed, 0)) //nolint:gosec // chances that can be repeated
	var results []Result
	for _, f := range faults {
		if len(results) >= max(p.Least, 1) && !p.End.IsZero() && time.Now().After(p.End) {
			t.say("the time is over: %d of %d rows were tried", len(results), len(faults))
			break
		}
		r, err := t.try(ctx, f)
		if err != nil {
			err = fmt.Errorf("%s: %w", f.Name(), err)
			t.say("%v", err)
			r.Findings = append(r.Findings, "was not tried to its end: "+firstLine(err))
			if again := t.revive(ctx); again != nil {
				return append(results, r), Result{}, errors.Join(err, again)
			}
		}
		results = append(results, r)
	}
	whole, err := t.finish(ctx)
	return results, whole, err
}

// revive lets the suite run again after a row that was not tried to its end, so
// that the others can be.
func (t *Trial) revive(ctx context.Context) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, l := range t.Links {
		if err := l.Mend(); err != nil {
			return err
		}
	}
	t.Office.Kill()
	t.disarm() // or it does to itself again what a row before asked for, and nobody expects it
	return t.Office.Start(ctx)
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

const (
	// warm is how long people work before a fault, so that there is something under
	// way; and after it, so that it is seen that they can.
	warm = 2 * time.Second
	// stuckAfter is how long catching up may come no further: on a machine that is
	// busy with other things it takes long, but something is done every few seconds.
	// What Temporal had handed to a worker that died is handed out again after a minute.
	stuckAfter = 2 * time.Minute
	// look is how often it is looked whether everything has caught up.
	look = 250 * time.Millisecond
)

func (t *Trial) try(ctx context.Context, f Fault) (r Result, err error) {
	r = Result{Fault: f}
	spent := newClock()
	if f.prepare != nil {
		if err := f.prepare(ctx, t); err != nil {
			return r, fmt.Errorf("preparing: %w", err)
		}
	}
	written, repeated := t.journal.Size(), t.mail.Repeated()+t.hooks.Repeated()
	if err := t.read(); err != nil {
		return r, err
	}
	fired, late := t.ledger.Promises()
	if err := t.strike(ctx, f, spent, &r); err != nil {
		return r, err
	}
	t.recount(ctx, &r)
	spent.on("recount")
	firedNow, lateNow := t.ledger.Promises()
	r.Acknowledged, r.Fired, r.Late = t.journal.Size()-written, firedNow-fired, lateNow-late
	r.Repeated = t.mail.Repeated() + t.hooks.Repeated() - repeated
	t.say("%s: %d acknowledged, %d fired (%d late), %d lost, %d doubled, %d sent again, caught up in %s", f.Name(), r.Acknowledged, r.Fired, r.Late, r.Lost, r.Doubled,
		r.Repeated, r.Caught.Round(10*time.Millisecond))
	for _, one := range r.Findings {
		t.say("    WRONG: %s", one)
	}
	t.calm(ctx)
	spent.on("calming")
	t.say("    %s", spent)
	return r, nil
}

// strike makes the fault while people work, and waits until everything has caught
// up. They work for some time after its end, so that it is seen that they can.
func (t *Trial) strike(ctx context.Context, f Fault, spent *clock, r *Result) error {
	stop := func() {}
	if f.When != Idle {
		stop = t.load(ctx)
		if f.prepare == nil { // an armed program begins by itself
			if err := errors.Join(rest(ctx, warm), t.enough(ctx, f)); err != nil {
				stop()
				return err
			}
		}
	}
	spent.on("before")
	begin := time.Now()
	ended, err := f.do(ctx, t)
	if err != nil {
		stop()
		return err
	}
	r.Lasted = ended.Sub(begin)
	spent.on("fault")
	acknowledged := t.journal.Copy()
	if f.When != Idle {
		until := time.Now().Add(warm)
		longer := time.AfterFunc(warm, stop)
		defer func() { _ = rest(ctx, time.Until(until)); longer.Stop(); stop() }()
	}
	if r.Caught, err = t.catchUp(ctx, f, ended, acknowledged, r); err == nil {
		spent.on("catching up")
		t.receipt(ctx, f, ended, r)
		spent.on("receipt")
	}
	return err
}

// read takes the facts that have come since.
func (t *Trial) read() error {
	all := t.Stream.Facts()
	fresh := all[t.taken:]
	t.taken = len(all)
	return t.ledger.Take(fresh)
}

// catchUp waits until everything is done that was acknowledged or due when the
// fault ended, and gives how long after its end that was.
func (t *Trial) catchUp(ctx context.Context, f Fault, ended time.Time, acknowledged *recount.Journal, r *Result) (time.Duration, error) {
	by := instant.Of(ended)
	least, further := math.MaxInt, time.Now()
	for {
		if err := t.read(); err != nil {
			return 0, err
		}
		undone := t.ledger.Undone(acknowledged, by)
		if f.Delivers {
			undone = append(undone, t.undelivered(by)...)
		}
		took := time.Since(ended)
		if len(undone) == 0 {
			return took, nil
		}
		if len(undone) < least {
			least, further = len(undone), time.Now()
		}
		if time.Since(further) > stuckAfter {
			r.Lost += len(undone)
			r.Findings = append(r.Findings, some(fmt.Sprintf("comes no further for %s", stuckAfter), undone)...)
			return took, nil
		}
		if err := rest(ctx, look); err != nil {
			return took, errors.Join(err, fmt.Errorf("%d undone, such as %s", len(undone), undone[0]))
		}
	}
}

// undelivered names mails and webhooks that did not come, of reminders that were
// issued before an instant.
func (t *Trial) undelivered(by instant.Time) []string {
	return t.ledger.Undelivered(by, t.reachable, t.mail.Came(), t.hooks.Came())
}

// settled is how long lists and facts, which are read one after the other while
// promises keep coming due, may differ.
const settled = 20 * time.Second

// recount compares facts and people's lists, and answers that should not have come.
func (t *Trial) recount(ctx context.Context, r *Result) {
	doubled := t.ledger.Doubled()
	r.Doubled += len(doubled)
	r.Findings = append(r.Findings, some("doubled", doubled)...)
	r.Findings = append(r.Findings, some("answers that may not come", t.journal.TakeLost())...)
	if t.Office.Suite != nil {
		return // the stand-in looks through whole collections: lists are read once, at the end
	}
	var wrong []string
	for end := time.Now().Add(settled); ; {
		before := t.ledger.Happened()
		seen, err := recount.Lists(ctx, t.Office, t.ledger)
		for follows := time.Now().Add(time.Second); err == nil; { // facts follow what lists show already
			if err = t.read(); err == nil {
				wrong = seen.Between(before, t.ledger)
			}
			if len(wrong) == 0 || time.Now().After(follows) {
				break
			}
			err = errors.Join(err, rest(ctx, look))
		}
		if err != nil {
			r.Findings = append(r.Findings, err.Error())
			return
		}
		if len(wrong) == 0 || time.Now().After(end) {
			break
		}
	}
	r.Findings = append(r.Findings, some("lists and facts differ", wrong)...)
}
