// Package workflows is the worker of journeys as a library: router, decisions,
// host and the API that shows where a journey stands.
package workflows

import (
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/kinds"
)

// Kinds are the kinds of journeys that the worker runs.
func Kinds() []journey.Process { return kinds.All() }
