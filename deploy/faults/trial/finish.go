package trial

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
)

// finish lets everything come to its end and counts it all: every acknowledged
// write by the API and in the facts, every promise, every list, every delivery.
func (t *Trial) finish(ctx context.Context) (r Result, err error) {
	r.Fault = Fault{Target: "everything", Kind: "-", When: "at the end"}
	begin := time.Now()
	waiting := ""
	for end := begin.Add(settleWithin); ; {
		if err := t.read(); err != nil {
			return r, err
		}
		t.calm(ctx) // until nothing is left, whether or not its recording was ever acknowledged
		if waiting = t.unsettled(); waiting == "" {
			same, err := t.anew(ctx)
			if err != nil {
				return r, err
			}
			if same {
				break
			}
			waiting = "facts had come that were not read yet"
		}
		if time.Now().After(end) {
			r.Findings = append(r.Findings, fmt.Sprintf("not settled within %s: %s", settleWithin, waiting))
			break
		}
		if err := rest(ctx, time.Second); err != nil {
			return r, errors.Join(err, errors.New(waiting))
		}
	}
	r.Caught = time.Since(begin)
	t.countAll(ctx, &r)
	t.say("everything: %d acknowledged, %d fired (%d late), %d lost, %d doubled, %d sent again; %s\n%s", r.Acknowledged, r.Fired, r.Late, r.Lost, r.Doubled, r.Repeated,
		r.Caught.Round(time.Second), t.ledger.Count())
	for _, one := range r.Findings {
		t.say("    WRONG: %s", one)
	}
	return r, nil
}

// anew reads all facts again from the beginning to the end that the topics have
// now, and tells whether they are those that had been read: a reader that the
// machine starves of time sees nothing come, though the suite is at work.
func (t *Trial) anew(ctx context.Context) (same bool, err error) {
	before := t.taken
	fresh := t.Office.Follow(context.WithoutCancel(ctx))
	reading, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	if err := fresh.CaughtUp(reading); err != nil {
		return false, errors.Join(err, fresh.Close())
	}
	old := t.Stream
	t.Stream, t.ledger, t.taken = fresh, recount.NewLedger(), 0
	err = errors.Join(old.Close(), t.read())
	return err == nil && t.taken == before, err
}

// settleWithin bounds how long the last promises take, those of customers.
const settleWithin = 5 * time.Minute

// quiet is how long nothing may have happened.
const quiet = 3 * time.Second

func (t *Trial) unsettled() string {
	due, id := t.ledger.DueSoon()
	undone := t.ledger.Undone(t.journal, instant.Now())
	undelivered := t.undelivered(instant.Now())
	switch {
	case len(undone) > 0:
		return fmt.Sprintf("%d undone, such as %s", len(undone), undone[0])
	case due != 0:
		return fmt.Sprintf("%s is pending, due at %s", id, due)
	case len(undelivered) > 0:
		return fmt.Sprintf("%d undelivered, such as %s", len(undelivered), undelivered[0])
	case t.Stream.Quiet() < quiet:
		return fmt.Sprintf("the last fact came %s ago", t.Stream.Quiet())
	}
	return ""
}

func (t *Trial) countAll(ctx context.Context, r *Result) {
	r.Acknowledged = t.journal.Size()
	r.Fired, r.Late = t.ledger.Promises()
	lost := append(recount.Writes(ctx, t.Office.As(t.Office.Boss), t.journal, t.ledger), t.undelivered(instant.Now())...)
	doubled := t.ledger.Doubled()
	r.Lost, r.Doubled, r.Repeated = len(lost), len(doubled), t.mail.Repeated()+t.hooks.Repeated()
	r.Findings = append(r.Findings, some("lost", lost)...)
	r.Findings = append(r.Findings, some("doubled", doubled)...)
	r.Findings = append(r.Findings, some("broken promises", t.ledger.Broken(instant.Now(), 0))...)
	seen, err := recount.Lists(ctx, t.Office, t.ledger)
	if err != nil {
		r.Findings = append(r.Findings, err.Error())
		return
	}
	r.Findings = append(r.Findings, some("lists and promises differ", append(seen.Twice, seen.Differ...))...)
	var differs []string
	for end := time.Now().Add(settled); ; { // insights reads the facts by itself
		if differs = recount.Insights(ctx, t.Office.As(t.Office.Boss), t.ledger); len(differs) == 0 || time.Now().After(end) || rest(ctx, time.Second) != nil {
			break
		}
	}
	r.Findings = append(r.Findings, some("the suite's own ledger differs", differs)...)
	r.Findings = append(r.Findings, some("answers that may not come", t.journal.TakeLost())...)
	r.Findings = append(r.Findings, some("facts that no consumer can read", t.Stream.Unreadable())...)
	r.Findings = append(r.Findings, t.commands(ctx)...)
}

// commands asks the program's own: no dead letters, and, once everything was
// stopped in order, an audit chain that is whole.
func (t *Trial) commands(ctx context.Context) (wrong []string) {
	letters, err := t.Office.Run(ctx, t.liuke, "dead-letters", "list")
	if err != nil || !strings.Contains(letters, "0 of 0") {
		wrong = append(wrong, fmt.Sprintf("dead letters: %v %s", err, letters))
	}
	if err := t.Office.Stop(stopWithin); err != nil {
		wrong = append(wrong, fmt.Sprintf("does not stop in order: %v", err))
	}
	whole, err := t.Office.Run(ctx, t.liuke, "verify")
	if err != nil || strings.Count(whole, "chain whole") < len(service.Services)-1 {
		wrong = append(wrong, fmt.Sprintf("audit chain: %v %s", err, whole))
	}
	return wrong
}

// some gives the first few of what was found, and how many there are.
func some(what string, found []string) (out []string) {
	const shown = 5
	for i, one := range found {
		if i == shown {
			return append(out, fmt.Sprintf("%s: %d in all", what, len(found)))
		}
		out = append(out, what+": "+one)
	}
	return out
}
