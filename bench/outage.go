package main

import (
	"context"
	"fmt"
	"time"

	"liuke.dev/shared/programtest"
)

const (
	// outageSpeed makes an hour half a minute.
	outageSpeed = 120
	outageLeads = 400
)

// measureOutage has the program be away for an hour in which leads should have
// been called, and gives how soon after its start every reminder has been sent.
func measureOutage(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "outage", fmt.Sprint("LIUKE_SPEED=", outageSpeed))
	if err != nil {
		return err
	}
	defer o.Close()
	leads := b.scale(outageLeads)
	if _, err := create(ctx, o, "停", clients, leads, 0, false); err != nil {
		return err
	}
	if err := o.Stop(30 * time.Second); err != nil {
		return err
	}
	before := time.Now()
	if err := rest(ctx, time.Hour/outageSpeed); err != nil {
		return err
	}
	down := time.Since(before) * outageSpeed
	begin := time.Now()
	if err := o.Start(ctx); err != nil {
		return err
	}
	ready := time.Since(begin)
	late, err := allLate(ctx, o, leads)
	if err != nil {
		return err
	}
	took := time.Since(begin) - quietFor
	b.report.state(fmt.Sprintf("an outage of %s with %d leads to be called", down.Round(time.Minute), leads),
		fmt.Sprintf("ready again after %s; %.0f promises fired late, all of them and what follows done after %s", short(ready), late, short(took)))
	return nil
}

// catchesUp bounds how long it takes to catch up.
const catchesUp = 10 * time.Minute

// allLate waits until so many promises have fired late and nothing more follows:
// a suite that has just started may be quiet because its consumers are joining.
func allLate(ctx context.Context, o *programtest.Office, leads int) (float64, error) {
	for end := time.Now().Add(catchesUp); ; {
		if err := quiet(ctx, o); err != nil {
			return 0, err
		}
		var ledger struct {
			Late float64 `json:"late"`
		}
		if err := o.As(o.Boss).Get(ctx, "/v1/insights/ledger", &ledger); err != nil {
			return 0, err
		}
		if ledger.Late >= float64(leads) {
			return ledger.Late, nil
		}
		if time.Now().After(end) {
			return 0, fmt.Errorf("only %.0f promises fired late within %s, of %d leads that nobody called", ledger.Late, catchesUp, leads)
		}
	}
}
