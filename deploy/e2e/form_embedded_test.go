//go:build !engines

package e2e

import (
	"context"
	"math/rand/v2"

	"liuke.dev/shared/programtest"
)

// The form of these tests without the tag engines: the all-in-one program on its
// embedded engines.

// slower is how many times longer this form may take for anything.
const slower = 1

// temporalApart tells whether Temporal goes on while the programs are held up.
const temporalApart = false

// kills of the crash test.
const kills = 20

// importRows bounds the import of the real data; 0: all of it.
const importRows = 0

// heldLeads and heldDeals are what somebody holds who leaves.
const (
	heldLeads = 150
	heldDeals = 50
)

// strike kills everything: it is one process.
func strike(o *programtest.Office, _ *rand.Rand) string {
	o.Kill()
	return "the program"
}

// printed is how much of what a program printed is shown when a test fails.
const printed = 6000

func prepare(context.Context, string) (end func(), err error) { return func() {}, nil }

// drop has nothing to do: what a test leaves behind is in its own directory.
func drop(context.Context, *programtest.Office) error { return nil }

func opened(ctx context.Context, dir string, env ...string) (*programtest.Office, error) {
	return programtest.Open(ctx, binary, dir, env...)
}
