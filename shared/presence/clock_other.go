//go:build !linux

package presence

import (
	"time"

	"liuke.dev/shared/instant"
)

var begun = time.Now()

// machine takes the wall clock for one that counts sleep: elsewhere a clock that
// is set forward looks as if the machine had slept.
func machine() reading {
	now := time.Now()
	return reading{wall: instant.Of(now), machine: time.Duration(now.UnixNano()), awake: now.Sub(begun)}
}
