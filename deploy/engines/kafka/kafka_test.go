//go:build engines

package kafka_test

import (
	"os"
	"testing"

	"liuke.dev/deploy/engines/contract"
	"liuke.dev/deploy/engines/kafka"
)

// A real Apache Kafka: the one that LIUKE_TEST_KAFKA names, or one of this
// test's own, which is killed and started again.
func TestApacheKafkaKeepsTheContract(t *testing.T) {
	if address := os.Getenv("LIUKE_TEST_KAFKA"); address != "" {
		contract.Run(t, contract.Broker{Address: address})
		return
	}
	c := start(t, kafka.Options{})
	contract.Run(t, contract.Broker{Address: c.Address(), KillAndRestart: func(t *testing.T) {
		if err := c.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
	}})
}

func start(t *testing.T, o kafka.Options) *kafka.Cluster {
	t.Helper()
	c, err := kafka.Start(t.Context(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Kill() })
	return c
}
