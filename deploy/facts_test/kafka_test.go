// Package facts_test proves the way of a fact on the embedded broker.
package facts_test

import (
	"log/slog"
	"testing"

	"liuke.dev/deploy/local/broker"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
)

func cluster(t testing.TB) *kafka.Client {
	t.Helper()
	b, err := broker.Start(t.Context(), broker.Config{Dir: t.TempDir(), Address: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Stop() })
	c := kafka.New(kafka.Config{Brokers: []string{b.Address()}, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	t.Cleanup(func() { c.Close() })
	return c
}

func TestTheClientOnTheEmbeddedBroker(t *testing.T) { kafkatest.Suite(t, cluster(t), "suite") }
