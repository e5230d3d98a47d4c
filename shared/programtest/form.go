package programtest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An office works alike with the all-in-one program and with the suite of
// separate programs; what differs is here.

// Begin starts the program again, of a suite the processes that do not run, and
// waits for nothing.
func (o *Office) Begin() (err error) {
	if o.Suite != nil {
		return o.Suite.Begin()
	}
	o.Program, err = Start(o.Launch)
	return err
}

// Ready waits until the program, or every process of the suite, is ready.
func (o *Office) Ready(ctx context.Context) error {
	if o.Suite != nil {
		return o.Suite.Ready(ctx)
	}
	return o.Program.Ready(ctx)
}

// Kill ends every process as a power cut would.
func (o *Office) Kill() {
	if o.Suite != nil {
		o.Suite.Kill()
		return
	}
	o.Program.Kill()
}

// Close ends every process and the origin; the office is of no use afterwards.
func (o *Office) Close() {
	o.Kill()
	if o.Suite != nil {
		o.Suite.Origin.Close()
	}
}

// Stop asks every process to end and waits. One that does not end in time is
// killed, which is an error.
func (o *Office) Stop(within time.Duration) error {
	if o.Suite != nil {
		return o.Suite.Stop(within)
	}
	return o.Program.Stop(within)
}

// URL gives the origin of the API.
func (o *Office) URL() string { return o.Launch.URL() }

// Printed gives what was printed last, some n bytes in all.
func (o *Office) Printed(n int) string {
	if o.Suite != nil {
		return o.Suite.tail(n)
	}
	return o.Out.Tail(n)
}

// Output gives all that is kept of what every process printed.
func (o *Office) Output() string {
	if o.Suite == nil {
		return o.Out.String()
	}
	var all strings.Builder
	for _, i := range o.Suite.Instances {
		if p := i.Program(); p != nil {
			all.WriteString(p.Out.String())
		}
	}
	return all.String()
}

// Broker gives the address of the first broker.
func (o *Office) Broker() string {
	if o.Suite == nil {
		return o.Kafka
	}
	first, _, _ := strings.Cut(o.Suite.share.Kafka, ",")
	return first
}

// find waits until the program, or a process of a service, prints something like form.
func (o *Office) find(ctx context.Context, service string, form *regexp.Regexp) ([]string, error) {
	if o.Suite != nil {
		return o.Suite.Of(service)[0].Program().Out.Find(ctx, form)
	}
	return o.Out.Find(ctx, form)
}

// Metrics reads the metrics of every process that runs; a suite's say of which in
// the label instance.
func (o *Office) Metrics(ctx context.Context) (Samples, error) {
	if o.Suite == nil {
		return Metrics(ctx, o.URL())
	}
	all := Samples{}
	for _, i := range o.Suite.Instances {
		if !i.Running() {
			continue
		}
		one, err := Metrics(ctx, i.URL())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", i, err)
		}
		maps.Copy(all, one.of(i.String()))
	}
	return all, nil
}

// Follow collects the facts from the beginning of every topic.
func (o *Office) Follow(ctx context.Context) *Stream {
	if o.Suite != nil {
		return follow(ctx, strings.Split(o.Suite.share.Kafka, ","), o.Suite.share.topics)
	}
	return Follow(ctx, o.Kafka)
}

// KeyFile is where the key lies that signs tokens.
func (o *Office) KeyFile() string { return filepath.Join(o.Data, "keys", "service.pem") }

// Run runs a command of the all-in-one program (verify, dead-letters, import …)
// on the office's data, wherever they are, and gives what it printed on standard
// output.
func (o *Office) Run(ctx context.Context, liuke string, args ...string) (string, error) {
	env := []string{"LIUKE_DATA=" + o.Data, "LIUKE_ORIGIN=" + o.URL(), "LIUKE_SERVICE_KEY=" + o.KeyFile()}
	if o.Suite != nil {
		env = append(env, o.Suite.share.env()...)
	} else {
		env = append(env, "LIUKE_KAFKA="+o.Kafka, "LIUKE_TEMPORAL="+o.Temporal)
	}
	cmd := exec.CommandContext(ctx, liuke, args...)
	cmd.Env = environment(slices.Concat(o.Env, env))
	out, err := cmd.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return string(out), fmt.Errorf("liuke %v: %w: %s", args, err, failed.Stderr)
	}
	return string(out), err
}
