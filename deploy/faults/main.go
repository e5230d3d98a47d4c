// Command faults tries the whole fault table on a suite that it starts itself,
// prints what became of every fault, and writes it to docs/reliability.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"liuke.dev/deploy/faults/trial"
	"liuke.dev/shared/programtest"
)

func main() {
	engines := flag.String("engines", "embedded", "embedded: the program with its engines; real: processes on Kafka, a MongoDB server and Temporal on PostgreSQL")
	only := flag.String("only", "", "only rows whose name contains one of these, comma separated")
	from := flag.String("from", "", "begin with the first row whose group and name contain this, as --list prints them: a run that was broken off goes on")
	short := flag.Bool("short", false, "only the rows that CI tries")
	list := flag.Bool("list", false, "print the rows and do nothing")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "decides all chances") //nolint:gosec // any number will do
	within := flag.Duration("for", 0, "after so long no further row is begun, and everything is counted (0: all rows)")
	write := flag.Bool("write", true, "write docs/reliability.md; never with --only or --from")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *engines, choose(*only, *from, *short), *list, *write && *only == "" && *from == "", trial.Plan{Seed: *seed, End: after(*within)}); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// after gives the instant some time from now, none for no time.
func after(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Now().Add(d)
}

// choose gives the test by which rows are taken.
func choose(only, from string, short bool) func(trial.Group, trial.Fault) bool {
	begun := false
	return func(g trial.Group, f trial.Fault) bool {
		begun = begun || strings.Contains(row(g, f), from)
		if !begun || short && !f.Short {
			return false
		}
		for part := range strings.SplitSeq(only, ",") {
			if strings.Contains(f.Name(), part) {
				return true
			}
		}
		return false
	}
}

// row is how --list names it.
func row(g trial.Group, f trial.Fault) string { return g.Name + ": " + f.Name() }

func run(ctx context.Context, engines string, chosen func(trial.Group, trial.Fault) bool, list, write bool, plan trial.Plan) (err error) {
	set, ok := trial.Sets()[engines]
	if !ok {
		return fmt.Errorf("there are no engines %q", engines)
	}
	groups := set.Choose(chosen)
	if list {
		for _, g := range groups {
			for _, f := range g.Faults {
				fmt.Println(row(g, f))
			}
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "liuke-faults-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	r := report{engines: engines, begun: time.Now(), built: programtest.Revision(), seed: plan.Seed, before: load()}
	plan.Log = func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(r.begun).Seconds(), fmt.Sprintf(format, args...))
	}
	for _, g := range groups {
		if !plan.End.IsZero() && time.Now().After(plan.End) {
			break
		}
		results, whole, err := trial.Try(ctx, g, dir, plan)
		r.groups = append(r.groups, tried{g.Name, len(g.Faults), results, whole})
		if err != nil {
			r.took = time.Since(r.begun)
			fmt.Println(r.markdown()) // the rows that were tried
			return errors.Join(fmt.Errorf("%s: %w", g.Name, err), ctx.Err())
		}
	}
	r.took = time.Since(r.begun)
	fmt.Println(r.markdown())
	if write {
		if err := r.write(); err != nil {
			return err
		}
	}
	return r.verdict()
}
