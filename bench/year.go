package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"

	"liuke.dev/shared/programtest"
)

// yearLine is what the test of a year says.
var yearLine = regexp.MustCompile(`a year: (\d+) events, (\d+) bytes of history in (\d+) runs`)

// measureYear gives what a year of a customer's maintenance costs of Temporal's
// history, as the test counts it that lives the year on the real server, its clock
// skipping.
func measureYear(ctx context.Context, b *bench) error {
	root, err := programtest.Root()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "-run", "^TestAYearOfACustomer$", "./record-histories")
	cmd.Dir, cmd.Env = filepath.Join(root, "deploy"), append(os.Environ(), fmt.Sprint("GOMAXPROCS=", cores))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	found := yearLine.FindSubmatch(out)
	if found == nil {
		return fmt.Errorf("no figures in\n%s", out)
	}
	events, err := strconv.Atoi(string(found[1]))
	if err != nil {
		return err
	}
	b.report.judge(events < 2000, "< 2,000 events", "a year of a customer in maintenance by the shipped policy, assessed every week", fmt.Sprintf("%s events, %s bytes of history in %s runs", found[1], found[2], found[3]))
	return nil
}
