package broker

import (
	"testing"

	"liuke.dev/deploy/engines/contract"
)

// The embedded broker keeps the contract that a real Apache Kafka keeps.
func TestTheEmbeddedBrokerKeepsTheContract(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Address: freeAddress(t)}
	c := startChild(t, cfg)
	contract.Run(t, contract.Broker{Address: c.address, KillAndRestart: func(t *testing.T) {
		c.Kill()
		c = startChild(t, cfg)
	}})
}
