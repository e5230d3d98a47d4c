package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"time"

	"liuke.dev/shared/programtest"
)

// benchLine is a line of go test -bench -benchmem.
var benchLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op.*?\s(\d+) B/op\s+(\d+) allocs/op`)

// measureRules gives the time of one decision, as the Go benchmarks beside the
// rules measure it.
func measureRules(ctx context.Context, b *bench) error {
	root, err := programtest.Root()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", b.during(2*time.Second).String(), "./workflows/journey/...")
	cmd.Dir, cmd.Env = root, append(os.Environ(), fmt.Sprint("GOMAXPROCS=", cores))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	found := benchLine.FindAllSubmatch(out, -1)
	if len(found) == 0 {
		return fmt.Errorf("no benchmark in\n%s", out)
	}
	for _, m := range found {
		ns, err := strconv.ParseFloat(string(m[2]), 64)
		if err != nil {
			return err
		}
		what, value := "decision of the rules: "+string(m[1]), fmt.Sprintf("%.2f µs, %s allocations, %s B", ns/1000, m[4], m[3])
		if isStep(string(m[1])) {
			b.report.judge(ns <= 5000, "≤ 5 µs", what, value)
			continue
		}
		b.report.state(what, value)
	}
	return nil
}

// isStep tells whether a benchmark measures one decision and nothing around it.
func isStep(name string) bool {
	return regexp.MustCompile(`(?i)step|decision`).MatchString(name)
}
