//go:build engines

package facts_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	engine "liuke.dev/deploy/engines/kafka"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
)

// The way of a fact over a real Apache Kafka of this test's own, which is killed
// with -9 and started again. On a cluster of the user's, which LIUKE_TEST_KAFKA
// names, only the client is tried, on topics of this run.
func TestTheWayOfAFactOnApacheKafka(t *testing.T) {
	if address := os.Getenv("LIUKE_TEST_KAFKA"); address != "" {
		c := kafka.New(kafka.Config{Brokers: strings.Split(address, ",")})
		defer c.Close()
		kafkatest.Suite(t, c, fmt.Sprint("liuke-test-", time.Now().UnixMilli()))
		return
	}
	fresh := func(t *testing.T) *house {
		cluster, err := engine.Start(t.Context(), t.TempDir(), engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cluster.Kill() })
		h := furnish(t, cluster.Address())
		h.stop = func() {
			if err := cluster.Kill(); err != nil {
				t.Error(err)
			}
		}
		h.start = func() {
			if err := cluster.Restart(t.Context()); err != nil {
				t.Error(err)
			}
		}
		return h
	}
	t.Run("client", func(t *testing.T) { kafkatest.Suite(t, fresh(t).cluster, "suite") })
	t.Run("soon", func(t *testing.T) { soon(t, fresh(t)) })
	t.Run("outage", func(t *testing.T) { outage(t, fresh(t)) })
	t.Run("dead letters", func(t *testing.T) { replayed(t, fresh(t)) })
	t.Run("too large", func(t *testing.T) {
		h := fresh(t)
		tooLarge(t, h)
		keyless := kafka.Message{Topic: catalogue.TopicPolicy, Value: []byte("{}")}
		if err := h.cluster.Produce(t.Context(), []kafka.Message{keyless}); !errors.Is(err, kafka.ErrRefused) {
			t.Errorf("a message without key on a compacted topic: %v", err)
		}
	})
}
