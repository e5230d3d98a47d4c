//go:build engines

package trial

import (
	"testing"
	"time"
)

// The rows of the table that tell most, on every service by itself, three Kafka
// nodes, a MongoDB wire server and Temporal on PostgreSQL: the brokers that
// lead and that coordinate, and each engine away for long, before all others. The
// whole table is go run ./deploy/faults --engines real.
func TestTheSuiteLosesNothingAndDoesNothingTwiceWhateverFails(t *testing.T) {
	short(t, "real", 4*time.Minute, coordinator, leader, toStore, toKafkas, toTemporal)
}
