package presence

import (
	"time"

	"liuke.dev/shared/instant"
)

// reading is what the machine's clocks show at one moment. They differ in what
// they count: the wall clock can be set, the machine's counts sleep and cannot be
// set, the process's counts no sleep.
type reading struct {
	wall    instant.Time
	machine time.Duration // since some beginning, sleep included
	awake   time.Duration // the same, without sleep
}

// clocks reads them.
type clocks func() reading
