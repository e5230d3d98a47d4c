package recount

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// Receipt is what the API says of an outage.
type Receipt struct {
	ID            string                  `json:"id"`
	From          instant.Time            `json:"from"`
	Until         instant.Time            `json:"until"`
	Interruptions []catalogue.Interrupted `json:"interruptions"`
	Due           int64                   `json:"due"`
	Fired         int64                   `json:"fired"`
	Late          int64                   `json:"late"`
	Settled       int64                   `json:"settled"`
	Open          int64                   `json:"open"`
	Doubled       int64                   `json:"doubled"`
	LateOnes      []struct {
		ID string `json:"id"`
	} `json:"late_ones"`
}

// Outage is what a receipt must tell of.
type Outage struct {
	Cause, Dependency string       // why, and with catalogue.CauseAway what was away
	Begun, Ended      instant.Time // when it was; it is over
}

// ReadReceipt asks for the receipt of the outage that an instant lies in.
func ReadReceipt(ctx context.Context, boss *programtest.Client, at instant.Time) (r Receipt, err error) {
	return r, boss.Get(ctx, "/v1/insights/outages/"+at.String(), &r)
}

// allowed is how many late promises a receipt names.
const allowed = 200

// Differs tells where a receipt is not what happened: another cause, other times,
// or other counts than those of the facts, which are taken independently.
func (l *Ledger) Differs(r Receipt, o Outage) error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !slices.ContainsFunc(r.Interruptions, func(i catalogue.Interrupted) bool { return i.Cause == o.Cause && i.Dependency == o.Dependency }) {
		wrong("it knows no cause %q %s: %+v", o.Cause, o.Dependency, r.Interruptions)
	}
	if r.From > o.Begun || r.Until < o.Ended {
		wrong("it says %s to %s, and it was %s to %s", r.From, r.Until, o.Begun, o.Ended)
	}
	fired, late := l.FiredOf(r.From, r.Until)
	if due := l.cameDue(r.From, r.Until); r.Due != due || r.Fired != fired || r.Late != late || r.Settled != due-fired || r.Open != 0 || r.Doubled != 0 || int64(len(r.LateOnes)) != min(late, allowed) {
		wrong("it says %d due, %d fired, %d late, %d settled, %d open, %d doubled and names %d; counted from outside: %d due, %d fired, %d late", r.Due, r.Fired, r.Late, r.Settled, r.Open, r.Doubled,
			len(r.LateOnes), due, fired, late)
	}
	return errors.Join(errs...)
}

// AwaitReceipt reads facts, by read, and the receipt of an outage until the two
// agree; the error tells where they differ to the end.
func (l *Ledger) AwaitReceipt(ctx context.Context, boss *programtest.Client, o Outage, within time.Duration, read func() error) (Receipt, error) {
	for end := time.Now().Add(within); ; {
		r, err := ReadReceipt(ctx, boss, o.Begun)
		if err == nil {
			if err := read(); err != nil {
				return r, err
			}
			if err = l.Differs(r, o); err == nil {
				return r, nil
			}
		}
		if time.Now().After(end) || ctx.Err() != nil {
			return r, fmt.Errorf("the receipt of %s: %w", o.Begun, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// FiredOf counts the obligations that were due in a span of time and fired, and
// how many of them late.
func (l *Ledger) FiredOf(from, until instant.Time) (fired, late int64) {
	for _, all := range l.Fired {
		if f := all[0]; f.Obligation.Due >= from && f.Obligation.Due < until {
			fired++
			if f.Late {
				late++
			}
		}
	}
	return fired, late
}

// Pending counts the obligations that are pending and due in a span of time.
func (l *Ledger) Pending(from, until instant.Time) (n int) {
	for _, decisions := range l.Decisions {
		for _, o := range decisions[len(decisions)-1].Pending {
			if o.Due >= from && o.Due < until {
				n++
			}
		}
	}
	return n
}

// cameDue counts the obligations that came due in a span of time: that fired, or
// were pending when their time came, whatever became of them then.
func (l *Ledger) cameDue(from, until instant.Time) int64 {
	due := map[string]bool{}
	within := func(o catalogue.Obligation) bool { return o.Due >= from && o.Due < until }
	for _, decisions := range l.Decisions {
		for i, d := range decisions {
			for _, f := range d.Fired {
				if within(f.Obligation) {
					due[f.Obligation.ID] = true
				}
			}
			for _, o := range d.Pending {
				if within(o) && (i+1 == len(decisions) || decisions[i+1].At >= o.Due) {
					due[o.ID] = true
				}
			}
		}
	}
	return int64(len(due))
}
