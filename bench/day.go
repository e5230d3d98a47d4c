package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"liuke.dev/shared/programtest"
)

// A day of a firm of fifty who sell: so many of each, evenly over eight hours
// that are squeezed into a minute.
const (
	dayLeads     = 500
	dayFollowUps = 1_500
	dayReads     = 6_000
	daySqueezed  = time.Minute
)

// measureDay plays the day and gives how long each kind of request takes, and
// how soon after the last one all that follows is done.
func measureDay(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "day")
	if err != nil {
		return err
	}
	defer o.Close()
	if _, err := create(ctx, o, "晨", clients, b.scale(dayLeads), 0, false); err != nil {
		return err
	}
	if err := quiet(ctx, o); err != nil {
		return err
	}
	leads, err := programtest.All[owned](ctx, o.As(o.Boss), "/v1/leads")
	if err != nil {
		return err
	}
	day := newDay(o, leads, b.during(daySqueezed))
	if err := day.play(ctx, b.scale); err != nil {
		return err
	}
	end := time.Now()
	if err := quiet(ctx, o); err != nil {
		return err
	}
	b.report.state(fmt.Sprintf("a day of %d leads, %d follow-ups, %d reads in %s", b.scale(dayLeads), b.scale(dayFollowUps), b.scale(dayReads), short(day.length)),
		fmt.Sprintf("lead %s; follow-up %s; read %s; everything that follows done %s after the last", day.times["lead"], day.times["follow-up"], day.times["read"],
			short(max(0, time.Since(end)-quietFor))))
	return nil
}

// owned is a lead and whose it is.
type owned struct {
	ID    string `json:"id"`
	Owner string `json:"owner"`
}

// day is what is done in a day, and how long it took.
type day struct {
	office *programtest.Office
	length time.Duration

	mu     sync.Mutex
	leads  []owned
	times  map[string]times
	errs   []error
	chance *rand.Rand
}

func newDay(o *programtest.Office, leads []owned, length time.Duration) *day {
	return &day{office: o, length: length, leads: leads, times: map[string]times{}, chance: rand.New(rand.NewPCG(7, 7))} //nolint:gosec // which are taken does not matter
}

// play sends every request at its time, whether or not those before were answered.
func (d *day) play(ctx context.Context, scale func(int) int) error {
	var all sync.WaitGroup
	run := fmt.Sprintf("%x", time.Now().UnixNano())
	for _, one := range []struct {
		kind string
		n    int
		do   func(ctx context.Context, c *programtest.Client, lead string, n int) error
	}{
		{"lead", dayLeads, func(ctx context.Context, c *programtest.Client, _ string, n int) error {
			return c.Post(ctx, "/v1/leads", lead("日"+run, int64(n)), nil)
		}},
		{"follow-up", dayFollowUps, func(ctx context.Context, c *programtest.Client, id string, _ int) error {
			return followUp(ctx, c, id, inThreeDays())
		}},
		{"read", dayReads, func(ctx context.Context, c *programtest.Client, id string, n int) error {
			return c.Get(ctx, []string{"/v1/leads/" + id, "/v1/leads?limit=20", "/v1/tasks?limit=20", "/v1/queue?limit=20"}[n%4], nil)
		}},
	} {
		count := scale(one.n)
		all.Go(func() {
			tick := time.NewTicker(d.length / time.Duration(count))
			defer tick.Stop()
			for n := range count {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				all.Go(func() {
					c, id := d.pick()
					begin := time.Now()
					err := one.do(ctx, c, id, n)
					d.took(one.kind, time.Since(begin), err)
				})
			}
		})
	}
	all.Wait()
	return errors.Join(append(d.errs, ctx.Err())...)
}

// pick gives a lead and the seller whose it is.
func (d *day) pick() (*programtest.Client, string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.leads[d.chance.IntN(len(d.leads))]
	return d.office.As(l.Owner), l.ID
}

func (d *day) took(kind string, took time.Duration, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.errs = append(d.errs, fmt.Errorf("%s: %w", kind, err))
		return
	}
	d.times[kind] = append(d.times[kind], took)
}
