package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"liuke.dev/shared/programtest"
)

// measureCost gives the processor time that a lead takes altogether: recording,
// publishing, its journey's first decisions with customer and task, read models.
// Unlike rates it hardly depends on what else the machine does. LIUKE_PPROF has
// the profile of it written beside the data.
func measureCost(ctx context.Context, b *bench) error {
	o, err := b.open(ctx, "cost")
	if err != nil {
		return err
	}
	defer o.Kill()
	if _, err := b.spend(ctx, o, "暖", b.scale(100)); err != nil {
		return err
	}
	profiled := profile(ctx, "cost", 10*time.Second)
	leads := b.scale(300)
	used, err := b.spend(ctx, o, "价", leads)
	if err != nil {
		return err
	}
	b.report.state("processor time of a lead, from the request to its task and all read models", short(used/time.Duration(leads)))
	return <-profiled
}

// spend records leads, waits until all that follows from them is done, and gives
// the processor time that the program took.
func (b *bench) spend(ctx context.Context, o *programtest.Office, run string, leads int) (time.Duration, error) {
	before, err := o.Metrics(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := create(ctx, o, run, 2, leads, 0, false); err != nil {
		return 0, err
	}
	if err := quiet(ctx, o); err != nil {
		return 0, err
	}
	after, err := o.Metrics(ctx)
	const metric = "process_cpu_seconds_total"
	return time.Duration((after.Sum(metric) - before.Sum(metric)) * float64(time.Second)), err
}

// quietFor is how long nothing is published when all is done.
const quietFor = 2 * time.Second

// quiet waits until nothing was published for a while.
func quiet(ctx context.Context, o *programtest.Office) error {
	return quietWithin(ctx, o, 20*time.Minute)
}

func quietWithin(ctx context.Context, o *programtest.Office, within time.Duration) error {
	last, since := -1.0, time.Now()
	for end := time.Now().Add(within); time.Now().Before(end); {
		m, err := o.Metrics(ctx)
		if err != nil {
			return err
		}
		if now := m.Sum("liuke_relay_published_total"); now != last {
			last, since = now, time.Now()
		} else if time.Since(since) > quietFor {
			return nil
		}
		if err := rest(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("still publishing, %.0f facts so far", last)
}

// profile has the program's processor time profiled for a while, if LIUKE_PPROF
// told it where to listen for that.
func profile(ctx context.Context, name string, during time.Duration) <-chan error {
	into := filepath.Join(os.TempDir(), "liuke-"+name+".pprof")
	done := make(chan error, 1)
	address := os.Getenv("LIUKE_PPROF")
	if address == "" {
		done <- nil
		return done
	}
	go func() {
		done <- func() error {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", address, during.Seconds()), nil)
			if err != nil {
				return err
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			defer answer.Body.Close() //nolint:errcheck // it is read
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, "  profile:", into)
			return os.WriteFile(into, text, 0o600)
		}()
	}()
	return done
}
