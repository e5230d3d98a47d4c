package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// fired is an obligation of the ledger.
type fired struct {
	Rule       string `json:"rule"`
	Obligation struct {
		Due instant.Time `json:"due"`
	} `json:"obligation"`
	At instant.Time `json:"at"`
}

// nextTouch is the rule that reminds of a planned follow-up.
const nextTouch = "next_touch.0"

// measureDue has leads promise their next contact for the same instant, and
// gives how late each promise fired.
func measureDue(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "due")
	if err != nil {
		return err
	}
	defer o.Close()
	if err := calm(ctx, o); err != nil {
		return err
	}
	n := b.scale(dueAtOnce)
	if _, err := create(ctx, o, "约", clients, n, 0, false); err != nil {
		return err
	}
	if err := allDecided(ctx, o, n); err != nil {
		return err
	}
	leads, err := programtest.All[owned](ctx, o.As(o.Boss), "/v1/leads")
	if err != nil {
		return err
	}
	due := instant.Of(time.Now().Add(time.Duration(len(leads))*25*time.Millisecond + 45*time.Second).Truncate(time.Second)) // later than it takes to promise
	if err := promise(ctx, o, leads, due); err != nil {
		return err
	}
	if err := quiet(ctx, o); err != nil {
		return err
	}
	if !time.Now().Before(due.Std()) {
		return fmt.Errorf("the promises took until after they were due")
	}
	if err := rest(ctx, time.Until(due.Std())-time.Second); err != nil {
		return err
	}
	profiled := profile(ctx, "due", 10*time.Second)
	spent, err := spentFiring(ctx, o, due, len(leads))
	if err != nil {
		return err
	}
	b.report.state(fmt.Sprintf("%d promises due at once, by the program's own count", len(leads)), spent.String())
	late, err := lateness(ctx, o, due, len(leads))
	if err != nil {
		return err
	}
	if err := quiet(ctx, o); err != nil {
		return err
	}
	if err := spent.state(ctx, b, o, len(leads)); err != nil {
		return err
	}
	b.report.judge(late.at(0.99) <= 5*time.Second, "p99 ≤ 5 s", fmt.Sprintf("%d promises due at once: all fired, each so late", len(leads)),
		fmt.Sprintf("%s, the last after %s; all reminders recorded and published after %s", late, short(late.at(1)), short(time.Since(due.Std())-quietFor)))
	return <-profiled
}

// spent is what promises that come due take.
type spent struct {
	before, fired float64       // seconds of processor when they came due and when the last had fired
	half, within  time.Duration // as many, and the last, had fired, by the program's own count
	reminded      time.Duration // its reminder was recorded
}

// String gives when promises had fired, by the clock of whoever looks.
func (s spent) String() string {
	return fmt.Sprintf("half of them fired after %s, all after %s, all reminders recorded after %s", short(s.half), short(s.within), short(s.reminded))
}

// spentFiring waits until all promises have fired and all reminders are recorded,
// by the program's own counts, which are looked at seldom: looking costs, too.
func spentFiring(ctx context.Context, o *programtest.Office, due instant.Time, n int) (s spent, err error) {
	const processor = "process_cpu_seconds_total"
	const fired, reminded = `liuke_rule_fired_total{kind="lead",rule="` + nextTouch + `"`, `liuke_effect_attempts_total{effect="Remind",outcome="done"`
	begin, err := o.Metrics(ctx)
	if err != nil {
		return s, err
	}
	s.before = begin.Sum(processor)
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); {
		if err := rest(ctx, 250*time.Millisecond); err != nil {
			return s, err
		}
		m, err := o.Metrics(ctx)
		if err != nil {
			return s, err
		}
		done := beginning(m, fired) - beginning(begin, fired)
		if s.half == 0 && 2*done >= float64(n) {
			s.half = time.Since(due.Std())
		}
		if s.within == 0 && done >= float64(n) {
			s.within, s.fired = time.Since(due.Std()), m.Sum(processor)
		}
		if s.within > 0 && beginning(m, reminded)-beginning(begin, reminded) >= float64(n) {
			s.reminded = time.Since(due.Std())
			return s, nil
		}
	}
	return s, fmt.Errorf("not all of %d promises have fired and reminded five minutes after they were due", n)
}

// beginning adds the samples whose names with labels begin so: in a suite of
// programs each has the process's name as its last label.
func beginning(m programtest.Samples, name string) (total float64) {
	for sample, v := range m {
		if strings.HasPrefix(sample, name) {
			total += v
		}
	}
	return total
}

// state adds what was spent to the report, once all that follows is done.
func (s spent) state(ctx context.Context, b *bench, o *programtest.Office, n int) error {
	m, err := o.Metrics(ctx)
	if err != nil {
		return err
	}
	each := func(seconds float64) string { return short(time.Duration(seconds / float64(n) * float64(time.Second))) }
	b.report.state(fmt.Sprintf("processor time of each of %d promises due at once", n), fmt.Sprintf("%s until the last had fired, %s with its reminder and read models",
		each(s.fired-s.before), each(m.Sum("process_cpu_seconds_total")-s.before)))
	return nil
}

// promise records a follow-up on each lead that names the same next contact.
func promise(ctx context.Context, o *programtest.Office, leads []owned, at instant.Time) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan owned)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for l := range next {
				if err := followUp(ctx, o.As(l.Owner), l.ID, at); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, l := range leads {
		if ctx.Err() != nil {
			break
		}
		next <- l
	}
	close(next)
	all.Wait()
	return context.Cause(ctx)
}

// lateness waits until so many promises of the instant have fired and gives how
// late each was.
func lateness(ctx context.Context, o *programtest.Office, due instant.Time, n int) (times, error) {
	boss := o.As(o.Boss)
	for end := time.Now().Add(5 * time.Minute); ; {
		if err := quiet(ctx, o); err != nil {
			return nil, err
		}
		var late times
		for after := ""; ; {
			var page programtest.Page[fired]
			if err := boss.Get(ctx, "/v1/insights/obligations?limit=200&after="+after, &page); err != nil {
				return nil, err
			}
			older := false
			for _, f := range page.Items {
				if f.Rule == nextTouch && f.Obligation.Due == due {
					late = append(late, f.At.Sub(due))
				}
				older = older || f.At < due
			}
			if after = page.Next; after == "" || older {
				break
			}
		}
		if len(late) >= n {
			return late, nil
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("%d of %d promises have fired five minutes after they were due", len(late), n)
		}
	}
}
