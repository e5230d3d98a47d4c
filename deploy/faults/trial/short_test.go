//go:build !engines

package trial

import (
	"testing"
	"time"
)

// The rows of the table that tell most, on the embedded engines. The
// whole table is go run ./deploy/faults.
func TestTheProgramLosesNothingAndDoesNothingTwiceWhateverFails(t *testing.T) {
	short(t, "embedded", 4*time.Minute)
}
