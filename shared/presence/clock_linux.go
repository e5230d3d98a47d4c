package presence

import (
	"time"

	"golang.org/x/sys/unix"

	"liuke.dev/shared/instant"
)

func machine() reading {
	return reading{wall: instant.Now(), machine: read(unix.CLOCK_BOOTTIME), awake: read(unix.CLOCK_MONOTONIC)}
}

func read(clock int32) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		panic(err) // both clocks are there since Linux 2.6.39
	}
	return time.Duration(t.Nano())
}
