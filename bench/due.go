package main

import (
	"context"
	"fmt"
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
	due := instant.Of(time.Now().Add(time.Duration(len(leads))*25*time.Millisecond + 20*time.Second).Truncate(time.Second)) // later than it takes to promise
	if err := promise(ctx, o, leads, due); err != nil {
		return err
	}
	if err := quiet(ctx, o); err != nil {
		return err
	}
	if !time.Now().Before(due.Std()) {
		return fmt.Errorf("the promises took until after they were due")
	}
	if err := rest(ctx, time.Until(due.Std())); err != nil {
		return err
	}
	late, err := lateness(ctx, o, due, len(leads))
	if err != nil {
		return err
	}
	if err := quiet(ctx, o); err != nil {
		return err
	}
	b.report.judge(late.at(0.99) <= 5*time.Second, "p99 ≤ 5 s", fmt.Sprintf("%d promises due at once: all fired, each so late", len(leads)),
		fmt.Sprintf("%s, the last after %s; all reminders recorded and published after %s", late, short(late.at(1)), short(time.Since(due.Std())-quietFor)))
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
				if f.Rule == "next_touch" && f.Obligation.Due == due {
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
