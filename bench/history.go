package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// history is how long a journey's history is.
type history struct{ events, bytes int64 }

// measureHistory counts what a recorded follow-up adds to a journey's history:
// alone, and many at once.
func measureHistory(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "history")
	if err != nil {
		return err
	}
	defer o.Kill()
	t, err := client.Dial(client.Options{HostPort: o.Temporal, Namespace: "liuke", Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		return err
	}
	defer t.Close()
	seller := o.As(o.Sellers[0])
	var m made
	if err := seller.Post(ctx, "/v1/leads", lead("史", 1), &m); err != nil {
		return err
	}
	if err := followUp(ctx, seller, m.ID, inThreeDays()); err != nil { // the first one ends the first touch as well
		return err
	}
	before, err := steady(ctx, t, m.ID, history{})
	if err != nil {
		return err
	}
	const alone, burst = 8, 60
	last := before
	for range alone {
		if err := followUp(ctx, seller, m.ID, inThreeDays()); err != nil {
			return err
		}
		if last, err = steady(ctx, t, m.ID, last); err != nil {
			return err
		}
	}
	per := func(from, to history, n int64) string {
		return fmt.Sprintf("%.1f events, %d bytes", float64(to.events-from.events)/float64(n), (to.bytes-from.bytes)/n)
	}
	b.report.judge(last.events-before.events <= 5*alone, "≤ 5 events", "Temporal history of a follow-up, recorded alone", per(before, last, alone))
	for range burst {
		if err := followUp(ctx, seller, m.ID, inThreeDays()); err != nil {
			return err
		}
	}
	after, err := steady(ctx, t, m.ID, last)
	if err != nil {
		return err
	}
	b.report.judge(after.events-last.events < 5*burst, "fewer than alone", fmt.Sprintf("Temporal history of a follow-up, %d in a burst", burst), per(last, after, burst))
	return nil
}

func inThreeDays() instant.Time { return instant.Now().Add(72 * time.Hour) }

// followUp records a follow-up on a lead that promises the next one.
func followUp(ctx context.Context, c *programtest.Client, lead string, next instant.Time) error {
	now := instant.Now()
	return c.Post(ctx, "/v1/leads/"+lead+"/follow-ups", map[string]any{"occurred_at": now, "channel": "phone", "direction": "outbound", "key_points": "谈了需求，下周再约",
		"next_action": "再联系", "next_touch_at": next, "result": "interested", "customer_type": "new", "budget_band": "medium", "objections": []string{"price"}}, nil)
}

// steady waits until a journey's history has grown beyond what it was and has
// then stood still for a second.
func steady(ctx context.Context, t client.Client, lead string, than history) (history, error) {
	last, since := history{}, time.Now()
	for end := time.Now().Add(30 * time.Second); ; {
		d, err := t.DescribeWorkflowExecution(ctx, "lead/"+lead, "")
		if err != nil {
			if time.Now().After(end) {
				return last, err
			}
		} else if now := (history{d.WorkflowExecutionInfo.HistoryLength, d.WorkflowExecutionInfo.HistorySizeBytes}); now != last {
			last, since = now, time.Now()
		}
		if last.events > than.events && time.Since(since) > time.Second {
			return last, nil
		}
		if time.Now().After(end) {
			return last, fmt.Errorf("the history of lead/%s stands at %d events", lead, last.events)
		}
		select {
		case <-ctx.Done():
			return last, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
