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
	"slices"
	"strings"
	"time"

	"liuke.dev/shared/programtest"
)

// cores that everything runs on: the figures are stated for a small machine.
const cores = 2

func main() {
	quick := flag.Bool("quick", false, "a tenth of everything: to see that it works, not for figures")
	share := flag.Int("share", 1, "divides all numbers, where engines cannot hold as much")
	only := flag.String("only", "", "only these parts, comma separated: "+strings.Join(partNames(), ", "))
	keep := flag.String("data", "", "directory for data (default: a temporary one)")
	write := flag.Bool("write", true, "write docs/benchmarks.md; never with --quick or --only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &bench{dir: *keep, quick: *quick, share: *share}, *only, *write && !*quick && *only == ""); err != nil {
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
	{"history", measureHistory}, {"rules", measureRules}, {"day", measureDay}, {"outage", measureOutage}, {"due", measureDue},
	{"timeline", measureTimeline}, {"customers", measureCustomers}, {"panorama", measurePanorama}, {"fresh", measureFresh}, {"score", measureScore}, {"year", measureYear},
	{"fleet", measureFleet}, {"armada", measureArmada}, {"rate", measureRate},
}

// long are the parts that run only when they are asked for.
var long = []string{"armada", "rate"}

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
	share  int
	report report
	pasts  map[int]*programtest.Office // companies whose customers have a past, by how many, stopped

	// The suite of separate programs on the engines that the environment names, if it does.
	programs string
	engines  programtest.Engines

	store8   float64 // commits a second of the store with 8 writers
	inserts8 float64 // the same of new documents of many lists
}

// scale gives n's share, or a tenth of it for a quick run.
func (b *bench) scale(n int) int {
	n = max(n/b.share, 1)
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

// open starts the program on a data directory of its own, or the suite of
// programs, with a company in it.
func (b *bench) open(ctx context.Context, name string, env ...string) (*programtest.Office, error) {
	dir, env := filepath.Join(b.dir, name), append([]string{fmt.Sprint("GOMAXPROCS=", cores)}, env...)
	if b.programs != "" {
		return programtest.OpenSuite(ctx, programtest.SuiteConfig{Programs: b.programs, Engines: b.engines, Env: env}, dir)
	}
	return programtest.Open(ctx, b.binary, dir, env...)
}

// build builds what is measured.
func (b *bench) build(ctx context.Context) error {
	var named bool
	var err error
	if b.engines, named, err = programtest.NamedEngines(); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "building the program …")
	if named {
		b.programs, err = programtest.BuildSuite(ctx, filepath.Join(b.dir, "programs"))
		b.report.note("every service a process of its own, two of each behind one origin, on the engines that the environment named; all numbers divided by %d", b.share)
		return err
	}
	var took time.Duration
	b.binary, took, err = programtest.Build(ctx, b.dir)
	b.report.note("build of the program with whatever the build cache held: %s", took.Round(time.Second))
	return err
}

// ofOne are the parts that look into the all-in-one program.
var ofOne = []string{"store", "rate", "start", "history", "rules", "customers", "panorama", "fresh", "score", "year"}

func run(ctx context.Context, b *bench, only string, write bool) (err error) {
	runtime.GOMAXPROCS(cores)
	if b.dir == "" {
		if b.dir, err = os.MkdirTemp("", "liuke-bench-"); err != nil {
			return err
		}
		defer os.RemoveAll(b.dir) //nolint:errcheck // a temporary directory
	}
	b.report.begin(b.quick)
	if err := b.build(ctx); err != nil {
		return err
	}
	for _, p := range parts {
		if only == "" && slices.Contains(long, p.name) || only != "" && !slices.Contains(strings.Split(only, ","), p.name) || b.programs != "" && slices.Contains(ofOne, p.name) {
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
		section := embeddedSection
		if b.programs != "" {
			section = enginesSection
		}
		return b.report.write(section)
	}
	return nil
}
