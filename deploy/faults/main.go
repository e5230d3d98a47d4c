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
)

func main() {
	engines := flag.String("engines", "embedded", "embedded: the program with its engines; real: processes on Kafka, a MongoDB server and Temporal on PostgreSQL")
	only := flag.String("only", "", "only rows whose name contains one of these, comma separated")
	short := flag.Bool("short", false, "only the rows that CI tries")
	list := flag.Bool("list", false, "print the rows and do nothing")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "decides all chances") //nolint:gosec // any number will do
	write := flag.Bool("write", true, "write docs/reliability.md; never with --only")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *engines, choose(*only, *short), *list, *seed, *write && *only == ""); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

// choose gives the test by which rows are taken.
func choose(only string, short bool) func(trial.Fault) bool {
	return func(f trial.Fault) bool {
		if short && !f.Short {
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

func run(ctx context.Context, engines string, chosen func(trial.Fault) bool, list bool, seed uint64, write bool) (err error) {
	set, ok := trial.Sets()[engines]
	if !ok {
		return fmt.Errorf("there are no engines %q", engines)
	}
	groups := set.Choose(chosen)
	if list {
		for _, g := range groups {
			for _, f := range g.Faults {
				fmt.Println(g.Name+":", f.Name())
			}
		}
		return nil
	}
	dir, err := os.MkdirTemp("", "liuke-faults-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	r := report{engines: engines, begun: time.Now(), seed: seed, before: load()}
	for _, g := range groups {
		results, whole, err := trial.Try(ctx, g, dir, seed, func(format string, args ...any) {
			fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(r.begun).Seconds(), fmt.Sprintf(format, args...))
		})
		r.groups = append(r.groups, tried{g.Name, results, whole})
		if err != nil {
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
