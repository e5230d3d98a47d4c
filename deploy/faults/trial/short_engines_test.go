//go:build engines

package trial

import (
	"testing"
	"time"
)

// The rows of the table that tell most, on every service by itself, three Kafka
// nodes, a MongoDB wire server and Temporal on PostgreSQL. The whole table
// is go run ./deploy/faults --engines real.
func TestTheSuiteLosesNothingAndDoesNothingTwiceWhateverFails(t *testing.T) {
	short(t, "real", 5*time.Minute)
}
