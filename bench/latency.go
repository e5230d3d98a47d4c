package main

import (
	"context"
	"fmt"
	"time"

	"liuke.dev/shared/programtest"
)

// How many leads a second are recorded: as many as the program takes in its stride,
// and as a suite of twelve processes does that shares two cores with its engines.
const (
	leadsPerSecond        = 30
	leadsPerSecondOfSuite = 5
)

// measureLatency gives how long after a lead is recorded its first-contact task
// is in the list of tasks.
func measureLatency(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "latency")
	if err != nil {
		return err
	}
	defer o.Kill()
	pace := leadsPerSecond
	if o.Suite != nil {
		pace = leadsPerSecondOfSuite
	}
	if _, err := programtest.TaskLatency(ctx, o, pace, 3*time.Second); err != nil { // warms up
		return err
	}
	took, err := programtest.TaskLatency(ctx, o, pace, b.during(20*time.Second))
	if err != nil {
		return err
	}
	t := times(took)
	b.report.judge(t.at(0.5) <= 300*time.Millisecond && t.at(0.99) <= 2*time.Second, "p50 ≤ 300 ms, p99 ≤ 2 s",
		fmt.Sprintf("lead recorded to task visible in GET /v1/tasks, %d leads a second", pace), t.String())
	return nil
}
