package main

import (
	"context"
	"fmt"
	"time"

	"liuke.dev/shared/programtest"
)

// measureStart gives how long the program takes to be ready, and what it takes
// when nobody uses it.
func measureStart(ctx context.Context, b *bench) error {
	begin := time.Now()
	o, err := b.open(ctx, "start")
	if err != nil {
		return err
	}
	defer o.Kill()
	b.report.state("start on an empty directory, to ready with a company set up", short(time.Since(begin)))
	var starts times
	for range b.scale(5) {
		if err := o.Stop(20 * time.Second); err != nil {
			return err
		}
		begin = time.Now()
		if err := o.Start(ctx); err != nil {
			return err
		}
		starts = append(starts, time.Since(begin))
	}
	b.report.state("start again, to ready", short(starts.at(0.5)))
	return b.measureIdle(ctx, o, "idle")
}

func (b *bench) measureIdle(ctx context.Context, o *programtest.Office, what string) error {
	if err := rest(ctx, b.during(5*time.Second)); err != nil { // what starting left to do
		return err
	}
	before, err := o.Metrics(ctx)
	if err != nil {
		return err
	}
	wait := b.during(10 * time.Second)
	begin := time.Now()
	if err := rest(ctx, wait); err != nil {
		return err
	}
	after, err := o.Metrics(ctx)
	if err != nil {
		return err
	}
	used := after.Sum("process_cpu_seconds_total") - before.Sum("process_cpu_seconds_total")
	b.report.state(what, fmt.Sprintf("%.0f MB, %.1f %% of one core", after.Sum("process_resident_memory_bytes")/(1<<20), 100*used/time.Since(begin).Seconds()))
	return nil
}
