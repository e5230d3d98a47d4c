package kafkatest

import "testing"

func TestMemoryIsACluster(t *testing.T) { Suite(t, New(), "memory") }
