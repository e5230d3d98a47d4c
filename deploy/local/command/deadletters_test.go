package command

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/deploy/local/broker"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/kafka"
)

// A fact that nobody can read is listed, shown whole with why, and handed again to
// the consumer that gave up.
func TestDeadLettersByHand(t *testing.T) {
	at, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := broker.Start(t.Context(), broker.Config{Dir: t.TempDir(), Address: at[0]})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Stop() })
	cluster := kafka.New(kafka.Config{Brokers: at, SessionTimeout: 2 * time.Second})
	t.Cleanup(func() { _ = cluster.Close() })
	if err := cluster.EnsureTopics(t.Context(), facts.Topics(1, 0)); err != nil {
		t.Fatal(err)
	}
	var handled atomic.Int32
	consuming, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- facts.Consume(consuming, facts.ConsumerConfig{Cluster: cluster, Group: "liuke.test", Topics: []string{catalogue.TopicLeads}, MaxAttempts: 2,
			Log: slog.New(slog.DiscardHandler), Handle: func(context.Context, facts.Event) error { handled.Add(1); return nil }})
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	letters := func(args ...string) string {
		t.Helper()
		answer, beside, err := run(t, append([]string{"dead-letters", "--kafka", at[0]}, args...)...)
		if err != nil {
			t.Fatalf("dead-letters %v: %v", args, err)
		}
		return answer + beside
	}
	if said := letters("list"); !strings.Contains(said, "0 of 0") {
		t.Errorf("before anything went wrong: %s", said)
	}
	if err := cluster.Produce(t.Context(), []kafka.Message{{Topic: catalogue.TopicLeads, Key: "x", Value: []byte("poison")}}); err != nil {
		t.Fatal(err)
	}
	var id string
	for until := time.Now().Add(30 * time.Second); id == ""; time.Sleep(50 * time.Millisecond) {
		if said := letters("list"); strings.Contains(said, "1 of 1") {
			id, _, _ = strings.Cut(strings.Split(said, "\n")[1], " ")
		} else if time.Now().After(until) {
			t.Fatalf("no dead letter: %s", said)
		}
	}
	if said := letters("show", id); !strings.Contains(said, id+" pending") || !strings.Contains(said, "liuke.test") || !strings.Contains(said, "poison") {
		t.Errorf("show: %s", said)
	}
	if said := letters("replay", id); !strings.Contains(said, id) || !strings.Contains(said, "handed again to liuke.test") {
		t.Errorf("replay: %s", said)
	}
	if said := letters("list", "--state", ""); !strings.Contains(said, id) {
		t.Errorf("it is forgotten: %s", said)
	}
	if said := letters("list", "--group", "liuke.other"); !strings.Contains(said, "0 of 0") {
		t.Errorf("of another consumer: %s", said)
	}
	if _, _, err := run(t, "dead-letters", "--kafka", at[0], "show", "nobody"); err == nil {
		t.Error("a letter that is not there was shown")
	}
	if handled.Load() != 0 {
		t.Error("what cannot be read was handled")
	}
}
