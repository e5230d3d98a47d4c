package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"time"

	"liuke.dev/shared/programtest"
	"liuke.dev/shared/store/engines"
	"liuke.dev/shared/store/storetest"
)

// measureRate is the shortest run that compares leads over HTTP with the store
// beneath them: the store before and after the program, so that a machine whose
// speed changes meanwhile shows, and what a lead takes of the processors in the
// program and in its clients. It is for comparing two revisions in one minute.
func measureRate(ctx context.Context, b *bench) error {
	before, err := b.commitRate(ctx, "before")
	if err != nil {
		return err
	}
	o, err := b.open(ctx, "rate", "LIUKE_JOURNEYS=held")
	if err != nil {
		return err
	}
	defer o.Kill()
	if _, err := create(ctx, o, "少", clients, few, 0, false); err != nil {
		return err
	}
	if _, err := settle(ctx, o, time.Minute); err != nil { // what starts and warms up is over
		return err
	}
	profiled := profile(ctx, "rate", b.during(10*time.Second))
	program, client, err := b.cpu(ctx, o)
	if err != nil {
		return err
	}
	c, err := create(ctx, o, "计", clients, 0, b.during(10*time.Second), false)
	if err = errors.Join(err, <-profiled); err != nil {
		return err
	}
	programAfter, clientAfter, err := b.cpu(ctx, o)
	if err != nil {
		return err
	}
	o.Kill()
	after, err := b.commitRate(ctx, "after")
	if err != nil {
		return err
	}
	b.store8 = (before + after) / 2
	b.report.state("store: commits with 8 writers, before and after", rate(before)+", "+rate(after))
	b.judgeRate(heldShare, c, "leads recorded over HTTP, 8 clients, journeys held back")
	leads := time.Duration(max(len(c.ids), 1))
	b.report.state("processor time of a lead: program, client", fmt.Sprintf("%s, %s", (programAfter-program)/leads, (clientAfter-client)/leads))
	return nil
}

func (b *bench) commitRate(ctx context.Context, name string) (float64, error) {
	e, err := engines.Open(ctx, "sqlite:"+filepath.Join(b.dir, "store-"+name), "rate")
	if err != nil {
		return 0, err
	}
	r, err := storetest.CommitRate(e, clients, b.during(4*time.Second))
	return r, errors.Join(err, e.Close())
}

// cpu gives the processor time that the program and this one have taken.
func (b *bench) cpu(ctx context.Context, o *programtest.Office) (program, own time.Duration, err error) {
	m, err := o.Metrics(ctx)
	if err != nil {
		return 0, 0, err
	}
	var u syscall.Rusage
	err = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(m.Sum("process_cpu_seconds_total") * float64(time.Second)), time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}
