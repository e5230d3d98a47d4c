package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"liuke.dev/shared/programtest"
)

// measureScore scores all customers of two years of orders from scratch by the
// command that people use, in the running program: once when nothing of them is
// known, and once again.
func measureScore(ctx context.Context, b *bench) error {
	all := b.scale(many)
	o, err := b.withPast(ctx, all)
	if err != nil {
		return err
	}
	defer o.Kill()
	for _, of := range []string{"none scored before", "all scored before"} {
		profiled := profile(ctx, "score", b.during(30*time.Second))
		before, _, err := b.cpu(ctx, o)
		if err != nil {
			return err
		}
		begin := time.Now()
		said, err := programtest.Run(ctx, b.binary, "score", "--http", o.HTTP, "--data", o.Data)
		if err != nil {
			return err
		}
		took := time.Since(begin)
		after, _, err := b.cpu(ctx, o)
		if err != nil {
			return err
		}
		most, err := peak(o.PID())
		if err != nil {
			return err
		}
		b.report.state(fmt.Sprintf("liuke score: %d customers with two years of orders from scratch, %s", all, of),
			fmt.Sprintf("%s = %s; %s of processor time meanwhile; the program at most %d MB; %s", short(took), rate(float64(all)/took.Seconds()), short(after-before), most>>20, strings.TrimSpace(said)))
		if err := <-profiled; err != nil {
			return err
		}
		b.stateTold(ctx, o)
	}
	return nil
}

// toldWithin bounds the wait for what follows from a scoring.
const toldWithin = 2 * time.Minute

// stateTold states when all facts of a scoring were published and read; that this
// takes longer than is waited for is a figure, too.
func (b *bench) stateTold(ctx context.Context, o *programtest.Office) {
	const what = "all facts of that scoring published and read by everybody after"
	if took, err := settle(ctx, o, b.during(toldWithin)); err != nil {
		b.report.state(what, "more than "+short(b.during(toldWithin)))
	} else {
		b.report.state(what, short(took))
	}
}

// peak gives the most memory that a process has had in use, in bytes.
func peak(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(text) {
		if value, found := bytes.CutPrefix(line, []byte("VmHWM:")); found {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(string(value)), " kB"), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("no VmHWM of process %d", pid)
}
