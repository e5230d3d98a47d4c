package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"liuke.dev/shared/programtest"
)

const (
	few  = 1_000
	many = 100_000

	clients = 8

	// heldShare of the store's own rate is what people should get of it while journeys
	// are held back; half of it was the first goal.
	heldShare = 0.6
)

// measureHeld gives what people feel: how many leads can be recorded, and how
// fast they are read when there are few and when there are many, with journeys
// held back.
func measureHeld(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "held", "LIUKE_JOURNEYS=held")
	if err != nil {
		return err
	}
	defer o.Kill()
	first, err := create(ctx, o, "少", clients, few, 0, false)
	if err != nil {
		return err
	}
	small, err := b.measureReads(ctx, o, first.ids)
	if err != nil {
		return err
	}
	profiled := profile(ctx, "held", b.during(10*time.Second))
	counted, err := create(ctx, o, "计", clients, 0, b.during(10*time.Second), false)
	if err = errors.Join(err, <-profiled); err != nil {
		return err
	}
	b.judgeRate(heldShare, counted, "leads recorded over HTTP, 8 clients, journeys held back")
	keyed, err := create(ctx, o, "键", clients, 0, b.during(5*time.Second), true)
	if err != nil {
		return err
	}
	b.report.state("the same with an Idempotency-Key on each", fmt.Sprintf("%s, %s", rate(keyed.rate), keyed.times))
	all := append(append(first.ids, counted.ids...), keyed.ids...)
	rest, err := create(ctx, o, "多", clients, max(b.scale(many)-len(all), 1), 0, false)
	if err != nil {
		return err
	}
	all = append(all, rest.ids...)
	took, err := settle(ctx, o, 6*time.Minute)
	if err != nil {
		return err
	}
	b.report.state(fmt.Sprintf("all facts of %d leads published and read after", len(all)), short(took))
	large, err := b.measureReads(ctx, o, all)
	if err != nil {
		return err
	}
	b.judgeReads(len(all), small, large)
	return nil
}

func (b *bench) judgeRate(share float64, c creation, what string) {
	value := fmt.Sprintf("%s, %s", rate(c.rate), c.times)
	if b.store8 == 0 {
		b.report.state(what, value) // without the store's rate there is no ratio
		return
	}
	ratio := fmt.Sprintf("%s = %.2f", value, c.rate/b.store8)
	if b.inserts8 > 0 {
		ratio += fmt.Sprintf("; %.2f of its rate of the same documents", c.rate/b.inserts8)
	}
	b.report.judge(c.rate >= share*b.store8, fmt.Sprintf("≥ %.2f of the store's rate with 8 writers", share), what, ratio)
}

// reads are the times of the two ways to read.
type reads struct{ get, list, owned times }

func (b *bench) measureReads(ctx context.Context, o *programtest.Office, ids []string) (reads, error) {
	if _, err := settle(ctx, o, 6*time.Minute); err != nil {
		return reads{}, err
	}
	var r reads
	boss := o.As(o.Boss)
	r1 := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // which are read does not matter
	for i := range b.scale(3_000) + 200 {
		for _, one := range []struct {
			into *times
			path string
		}{
			{&r.get, "/v1/leads/" + ids[r1.IntN(len(ids))]}, {&r.list, "/v1/leads?limit=20"},
			{&r.owned, "/v1/leads?limit=20&status=new&owner=" + o.Sellers[i%len(o.Sellers)]},
		} {
			sent := time.Now()
			if err := boss.Get(ctx, one.path, nil); err != nil {
				return r, err
			}
			if i >= 200 { // the first warm up
				*one.into = append(*one.into, time.Since(sent))
			}
		}
	}
	return r, nil
}

func (b *bench) judgeReads(leads int, small, large reads) {
	const bound = 5 * time.Millisecond
	b.report.judge(large.get.at(0.99) <= bound, "p99 ≤ 5 ms", fmt.Sprintf("get by id over HTTP at %d leads", leads), fmt.Sprintf("%s (at %d: %s)", large.get, few, small.get))
	for _, l := range []struct {
		what         string
		small, large times
	}{{"list of 20 newest", small.list, large.list}, {"list of 20 of an owner and status", small.owned, large.owned}} {
		ratio := float64(l.large.at(0.5)) / float64(l.small.at(0.5))
		b.report.judge(l.large.at(0.99) <= bound && ratio <= 1.5, fmt.Sprintf("p99 ≤ 5 ms, ≤ 1.5 × the time at %d", few),
			fmt.Sprintf("%s over HTTP at %d leads", l.what, leads), fmt.Sprintf("%s, median %.2f × (at %d: %s)", l.large, ratio, few, l.small))
	}
}
