package main

import (
	"fmt"
	"slices"
	"time"
)

// times are measured durations.
type times []time.Duration

// at gives the duration below which a share of all lie.
func (t times) at(share float64) time.Duration {
	if len(t) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(t))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// String gives the median and the 99th percentile.
func (t times) String() string {
	return fmt.Sprintf("p50 %s, p99 %s", short(t.at(0.5)), short(t.at(0.99)))
}

func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

func rate(r float64) string { return fmt.Sprintf("%.0f/s", r) }
