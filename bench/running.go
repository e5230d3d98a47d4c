package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"liuke.dev/shared/programtest"
)

// measureRunning gives how many leads can be recorded while journeys run, and
// how journeys catch up with what they lag behind.
func measureRunning(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "running")
	if err != nil {
		return err
	}
	defer o.Kill()
	profiled := profile(ctx, "running", b.during(6*time.Second))
	c, err := create(ctx, o, "跑", clients, 0, b.during(6*time.Second), false)
	if err = errors.Join(err, <-profiled); err != nil {
		return err
	}
	b.judgeRate(0.25, c, "leads recorded over HTTP, 8 clients, journeys running")
	begin := time.Now()
	before, err := decided(ctx, o)
	if err != nil {
		return err
	}
	if err := rest(ctx, b.during(20*time.Second)); err != nil {
		return err
	}
	after, err := decided(ctx, o)
	if err != nil {
		return err
	}
	b.report.state("journeys lag behind when the burst ends, and catch up",
		fmt.Sprintf("%d of %d leads undecided, %s decisions", max(len(c.ids)-int(before), 0), len(c.ids), rate((after-before)/time.Since(begin).Seconds())))
	return nil
}

// decided counts the decisions that were published.
func decided(ctx context.Context, o *programtest.Office) (float64, error) {
	m, err := o.Metrics(ctx)
	n := 0.0
	for name, v := range m.Above("liuke_relay_published_total", 0) {
		if strings.Contains(name, `service="journeys"`) {
			n += v
		}
	}
	return n, err
}
