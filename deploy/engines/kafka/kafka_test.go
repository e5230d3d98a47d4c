//go:build engines

// Package kafka runs a real Apache Kafka for tests: see kafka.sh.
package kafka

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"liuke.dev/deploy/engines/contract"
)

// A real Apache Kafka: the one that LIUKE_TEST_KAFKA names, or one of this
// test's own, which is killed and started again.
func TestApacheKafkaKeepsTheContract(t *testing.T) {
	if address := os.Getenv("LIUKE_TEST_KAFKA"); address != "" {
		contract.Run(t, contract.Broker{Address: address})
		return
	}
	t.Setenv("KAFKA_PORT", "29192")
	t.Cleanup(func() { script(t, "clean") })
	address := script(t, "start")
	contract.Run(t, contract.Broker{Address: address, KillAndRestart: func(t *testing.T) {
		script(t, "kill")
		script(t, "start")
	}})
}

func script(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.Command("./kafka.sh", command).Output()
	if err != nil {
		t.Fatalf("kafka.sh %s: %v", command, err)
	}
	return strings.TrimSpace(string(out))
}
