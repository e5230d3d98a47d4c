package main

import (
	"context"
	"time"

	"liuke.dev/shared/programtest"
)

const leadsPerSecond = 30

// measureLatency gives how long after a lead is recorded its first-contact task
// is in the list of tasks.
func measureLatency(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "latency")
	if err != nil {
		return err
	}
	defer o.Kill()
	if _, err := programtest.TaskLatency(ctx, o, leadsPerSecond, 3*time.Second); err != nil { // warms up
		return err
	}
	took, err := programtest.TaskLatency(ctx, o, leadsPerSecond, b.during(20*time.Second))
	if err != nil {
		return err
	}
	t := times(took)
	b.report.judge(t.at(0.5) <= 300*time.Millisecond && t.at(0.99) <= 2*time.Second, "p50 ≤ 300 ms, p99 ≤ 2 s",
		"lead recorded to task visible in GET /v1/tasks, 30 leads a second", t.String())
	return nil
}
