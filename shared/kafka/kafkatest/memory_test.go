package kafkatest

import (
	"testing"

	"liuke.dev/shared/kafka"
)

// Two installations share a cluster and see nothing of one another.
func TestAPrefixedClusterIsACluster(t *testing.T) {
	shared := New()
	Suite(t, kafka.Prefixed(shared, "one."), "memory")
	Suite(t, kafka.Prefixed(shared, "two."), "memory")
}

func TestMemoryIsACluster(t *testing.T) { Suite(t, New(), "memory") }
