package facts_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"liuke.dev/deploy/local/broker"
	"liuke.dev/shared/kafka"
)

// A compacted topic has holes, at its end too; a follower must not wait at one.
func TestAFollowerCatchesUpAcrossTheHolesOfCompaction(t *testing.T) {
	config := broker.Config{Dir: t.TempDir(), Address: free(t), Topics: []broker.Topic{{Name: "policy", Partitions: 1, Compacted: true}}}
	b, err := broker.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	c := kafka.New(kafka.Config{Brokers: []string{config.Address}})
	defer c.Close()
	want := map[string]string{}
	for i := range 60 {
		key, value := fmt.Sprint("k", i%3), fmt.Sprint(i)
		if err := c.Produce(t.Context(), []kafka.Message{{Topic: "policy", Key: key, Value: []byte(value)}}); err != nil {
			t.Fatal(err)
		}
		want[key] = value
	}
	if err := c.Produce(t.Context(), []kafka.Message{{Topic: "policy", Key: "k1"}}); err != nil { // deletes k1
		t.Fatal(err)
	}
	delete(want, "k1")
	b.Stop()
	if b, err = broker.Start(t.Context(), config); err != nil { // compacts
		t.Fatal(err)
	}
	defer b.Stop()

	got, read := map[string]string{}, 0
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	caughtUp := false
	_ = c.Follow(ctx, "policy", func(m kafka.Message) {
		read++
		if got[m.Key] = string(m.Value); m.Value == nil {
			delete(got, m.Key)
		}
	}, func() { caughtUp = true; cancel() })
	if !caughtUp || fmt.Sprint(got) != fmt.Sprint(want) || read >= 61 {
		t.Fatalf("caught up %v after %d messages: %v instead of %v", caughtUp, read, got, want)
	}
}
