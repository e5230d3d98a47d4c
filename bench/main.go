// Command bench measures what docs/benchmarks.md states, on the real all-in-one
// program run as a child process: rates and times, and the ratios between them,
// all of one run on one machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"liuke.dev/shared/programtest"
)

// cores that everything runs on: the figures are stated for a small machine.
const cores = 2

func main() {
	quick := flag.Bool("quick", false, "a tenth of everything: to see that it works, not for figures")
	only := flag.String("only", "", "only these parts, comma separated: "+strings.Join(partNames(), ", "))
	keep := flag.String("data", "", "directory for data (default: a temporary one)")
	write := flag.Bool("write", true, "write docs/benchmarks.md; never with --quick or --only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *quick, *only, *keep, *write && !*quick && *only == ""); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// part of the benchmark; parts run in this order and share a bench.
type part struct {
	name string
	run  func(context.Context, *bench) error
}

var parts = []part{
	{"store", measureStore}, {"start", measureStart}, {"held", measureHeld}, {"cost", measureCost}, {"running", measureRunning}, {"latency", measureLatency},
	{"history", measureHistory}, {"rules", measureRules},
}

func partNames() []string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.name
	}
	return names
}

// bench is what the parts share.
type bench struct {
	binary string
	dir    string
	quick  bool
	report report
	store8 float64 // commits a second of the store with 8 writers
}

// scale gives n, or a tenth of it for a quick run.
func (b *bench) scale(n int) int {
	if b.quick {
		return max(n/10, 1)
	}
	return n
}

// during gives how long to measure.
func (b *bench) during(d time.Duration) time.Duration {
	if b.quick {
		return max(d/5, time.Second)
	}
	return d
}

// open starts the program on a data directory of its own, with a company in it.
func (b *bench) open(ctx context.Context, name string, env ...string) (*programtest.Office, error) {
	return programtest.Open(ctx, b.binary, filepath.Join(b.dir, name), append([]string{fmt.Sprint("GOMAXPROCS=", cores)}, env...)...)
}

func run(ctx context.Context, quick bool, only, dir string, write bool) (err error) {
	runtime.GOMAXPROCS(cores)
	if dir == "" {
		if dir, err = os.MkdirTemp("", "liuke-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	}
	b := &bench{dir: dir, quick: quick}
	b.report.begin(quick)
	fmt.Fprintln(os.Stderr, "building the program …")
	var took time.Duration
	if b.binary, took, err = programtest.Build(ctx, dir); err != nil {
		return err
	}
	b.report.note("build of the program with whatever the build cache held: %s", took.Round(time.Second))
	for _, p := range parts {
		if only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
			continue
		}
		begin := time.Now()
		if err := p.run(ctx, b); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", p.name, err), ctx.Err())
		}
		fmt.Fprintf(os.Stderr, "%s took %s\n", p.name, time.Since(begin).Round(time.Second))
	}
	b.report.print(os.Stdout)
	if write {
		return b.report.write()
	}
	return nil
}
