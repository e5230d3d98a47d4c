package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"liuke.dev/deploy/faults/trial"
	"liuke.dev/shared/programtest"
)

// report is what docs/reliability.md says of one run.
type report struct {
	engines string
	begun   time.Time
	built   string // revision of the programs: others may be committed meanwhile
	took    time.Duration
	seed    uint64
	before  string // load of the machine at the beginning
	groups  []tried
}

// tried is a group with what became of it.
type tried struct {
	name    string
	rows    int // to be tried
	results []trial.Result
	whole   trial.Result
}

func (r *report) markdown() string {
	var s strings.Builder
	fmt.Fprintf(&s, "`go run ./deploy/faults%s`, %s, %s; seed %d, %s, %d cores, load of the machine before the run %s, %s in all.\n", strings.Join(append([]string{""}, os.Args[1:]...), " "),
		r.begun.Format("2006-01-02"), r.built, r.seed, runtime.Version(), runtime.NumCPU(), r.before, r.took.Round(time.Second))
	for _, g := range r.groups {
		fmt.Fprintf(&s, "\n**%s**, %d of %d rows\n\n| process or link | kind | moment | lasted | acknowledged | fired (late) | lost | doubled | sent again | caught up after |\n|---|---|---|---|---|---|---|---|---|---|\n", g.name, len(g.results), g.rows)
		for _, one := range append(slices.Clone(g.results), g.whole) {
			fmt.Fprintf(&s, "| %s | %s | %s | %s | %d | %d (%d) | %d | %d | %d | %s |%s\n", one.Target, one.Kind, one.When, seconds(one.Lasted), one.Acknowledged, one.Fired, one.Late,
				one.Lost, one.Doubled, one.Repeated, seconds(one.Caught), wrong(one))
		}
	}
	return s.String()
}

func wrong(r trial.Result) string {
	if r.Well() {
		return ""
	}
	return " **" + strings.ReplaceAll(strings.Join(r.Findings, "; "), "|", "/") + "**"
}

func seconds(d time.Duration) string {
	if d <= 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// verdict is an error if anything is wrong.
func (r *report) verdict() error {
	var errs []error
	for _, g := range r.groups {
		for _, one := range append(slices.Clone(g.results), g.whole) {
			if !one.Well() {
				errs = append(errs, fmt.Errorf("%s: %s: %s", g.name, one.Name(), strings.Join(one.Findings, "; ")))
			}
		}
	}
	return errors.Join(errs...)
}

// write puts the section of these engines into docs/reliability.md.
func (r *report) write() error {
	return programtest.WriteSection("reliability.md", "faults "+r.engines, "go run ./deploy/faults", r.markdown())
}

// load gives the machine's load, where it tells.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
