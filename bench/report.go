package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"liuke.dev/shared/programtest"
)

// report collects figures.
type report struct {
	begun  time.Time
	built  string // revision of the programs: others may be committed meanwhile
	quick  bool
	before float64 // load of the machine at the beginning
	rows   []row
	notes  []string
}

// row is one figure; goal is empty where none is stated.
type row struct {
	what, value, goal string
	met               bool
}

func (r *report) begin(quick bool) {
	r.begun, r.built, r.quick, r.before = time.Now(), programtest.Revision(), quick, load()
}

// state adds a figure and shows it at once.
func (r *report) state(what, value string) { r.add(row{what: what, value: value}) }

// judge adds a figure that has a goal.
func (r *report) judge(met bool, goal, what, value string) {
	r.add(row{what: what, value: value, goal: goal, met: met})
}

func (r *report) add(f row) {
	r.rows = append(r.rows, f)
	fmt.Fprintf(os.Stderr, "  %s: %s %s\n", f.what, f.value, f.verdict())
}

func (r *report) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

func (f row) verdict() string {
	switch {
	case f.goal == "":
		return ""
	case f.met:
		return "(" + f.goal + ": met)"
	}
	return "(" + f.goal + ": MISSED)"
}

func (r *report) print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, f := range r.rows {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.what, f.value, f.verdict())
	}
	_ = t.Flush() // to a terminal
	for _, n := range r.notes {
		fmt.Fprintln(w, "-", n)
	}
}

// The sections of docs/benchmarks.md that are written, each between two markers.
const (
	embeddedSection = "bench"
	enginesSection  = "bench-engines"
)

// write puts the figures into a section of docs/benchmarks.md.
func (r *report) write(section string) error {
	return programtest.WriteSection("benchmarks.md", section, "go run ./bench", r.markdown())
}

func (r *report) markdown() string {
	var s strings.Builder
	fmt.Fprintf(&s, "`go run ./bench%s`, %s, %s.\n\n%s; everything (program, clients, measuring) on %d cores; load of the machine before the run %.1f.\n\n",
		strings.Join(append([]string{""}, os.Args[1:]...), " "), r.begun.Format("2006-01-02"), r.built, machine(), cores, r.before)
	s.WriteString("| what | measured | goal | |\n|---|---|---|---|\n")
	for _, f := range r.rows {
		verdict := ""
		if f.goal != "" {
			verdict = map[bool]string{true: "met", false: "**missed**"}[f.met]
		}
		fmt.Fprintf(&s, "| %s | %s | %s | %s |\n", f.what, f.value, f.goal, verdict)
	}
	s.WriteString("\n")
	for _, n := range r.notes {
		s.WriteString("- " + n + "\n")
	}
	return s.String()
}

// machine says what this ran on.
func machine() string {
	cpu := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores present, %s/%s, %s", cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
}

func load() float64 {
	var l float64
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		_, _ = fmt.Sscan(string(text), &l) // stays 0 where it cannot be read
	}
	return l
}
