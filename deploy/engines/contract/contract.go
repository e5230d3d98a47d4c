// Package contract owns what Liuke relies on from a broker, as tests that run
// on the embedded broker and on a real Apache Kafka alike.
package contract

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
)

// Broker is what is put to the test.
type Broker struct {
	Address string
	// KillAndRestart ends the broker as kill -9 does and starts it again on the
	// same address; nil for a broker that belongs to somebody else.
	KillAndRestart func(t *testing.T)
}

// Run runs every test.
func Run(t *testing.T, b Broker) {
	t.Run("order is kept per key", b.order)
	t.Run("a group goes on where it stopped", b.group)
	t.Run("two members share the partitions", b.members)
	t.Run("a compacted topic can be made and filled", b.compacted)
	t.Run("a topic is not made by asking for it", b.unknown)
	t.Run("a message too large is refused", b.large)
	if b.KillAndRestart != nil {
		t.Run("kill loses nothing acknowledged", b.kill)
	}
}

// Create makes a topic with a name of its own through the Kafka protocol.
func (b Broker) Create(t *testing.T, partitions int, configs ...kafka.ConfigEntry) string {
	t.Helper()
	name := "contract-" + strconv.FormatInt(time.Now().UnixNano(), 36)
	c := &kafka.Client{Addr: kafka.TCP(b.Address), Timeout: 10 * time.Second}
	r, err := c.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{
		{Topic: name, NumPartitions: partitions, ReplicationFactor: 1, ConfigEntries: configs},
	}})
	if err != nil {
		t.Fatalf("the broker at %s does not answer: %v", b.Address, err)
	}
	if err := r.Errors[name]; err != nil {
		t.Fatal(err)
	}
	return name
}

// Writer is set as every producer of Liuke is.
func (b Broker) Writer(t *testing.T, topic string) *kafka.Writer {
	w := &kafka.Writer{
		Addr: kafka.TCP(b.Address), Topic: topic, Balancer: &kafka.Hash{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: 5 * time.Millisecond, WriteBackoffMin: 20 * time.Millisecond, WriteBackoffMax: 250 * time.Millisecond,
		ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		Transport: &kafka.Transport{DialTimeout: time.Second, MetadataTTL: time.Second},
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// Reader is set as every consumer of Liuke is, with sessions as short as tests want them.
func (b Broker) Reader(topic, group string) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{b.Address}, Topic: topic, GroupID: group, StartOffset: kafka.FirstOffset,
		MaxWait: 500 * time.Millisecond, ReadBackoffMin: 20 * time.Millisecond, ReadBackoffMax: 250 * time.Millisecond,
		HeartbeatInterval: 500 * time.Millisecond, JoinGroupBackoff: 250 * time.Millisecond,
		SessionTimeout: 2 * time.Second, RebalanceTimeout: 2 * time.Second, MaxBytes: 10 << 20,
	})
}

const keys = 7

func write(t *testing.T, w *kafka.Writer, from, to int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var batch []kafka.Message
	for i := from; i < to; i++ {
		batch = append(batch, kafka.Message{Key: fmt.Appendf(nil, "key-%d", i%keys), Value: fmt.Appendf(nil, "%d", i)})
	}
	if err := w.WriteMessages(ctx, batch...); err != nil {
		t.Fatal(err)
	}
}

// read takes n messages and commits them.
func read(t *testing.T, r *kafka.Reader, n int) []int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	var got []int
	for len(got) < n {
		m, err := r.FetchMessage(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%d of %d messages came: %v", len(got), n, err)
		}
		if err != nil {
			continue // an outage; the reader goes on
		}
		i, err := strconv.Atoi(string(m.Value))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, i)
		if err := r.CommitMessages(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

func (b Broker) order(t *testing.T) {
	topic := b.Create(t, 3)
	w := b.Writer(t, topic)
	for i := range 10 {
		write(t, w, i*70, (i+1)*70)
	}
	r := b.Reader(topic, topic)
	defer r.Close()
	last := map[int]int{}
	for _, i := range read(t, r, 700) {
		if before, seen := last[i%keys]; seen && i != before+keys {
			t.Fatalf("key %d: %d came after %d", i%keys, i, before)
		}
		last[i%keys] = i
	}
}

func (b Broker) group(t *testing.T) {
	topic := b.Create(t, 12)
	w := b.Writer(t, topic)
	write(t, w, 0, 100)
	r := b.Reader(topic, topic)
	got := read(t, r, 60)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, w, 100, 120)
	r = b.Reader(topic, topic)
	defer r.Close()
	wantEach(t, append(got, read(t, r, 60)...), 120)
}

func wantEach(t *testing.T, got []int, n int) {
	t.Helper()
	slices.Sort(got)
	for i := range n {
		if i >= len(got) || got[i] != i {
			t.Fatalf("not each of %d messages came once: %v", n, got)
		}
	}
}

func (b Broker) members(t *testing.T) {
	topic := b.Create(t, 4)
	var mu sync.Mutex
	got := map[string]int{}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var members sync.WaitGroup
	for range 2 {
		members.Go(func() {
			r := b.Reader(topic, topic)
			defer r.Close()
			for ctx.Err() == nil {
				m, err := r.FetchMessage(ctx)
				if err != nil {
					continue
				}
				mu.Lock()
				got[string(m.Value)]++
				all := len(got) == 200
				mu.Unlock()
				_ = r.CommitMessages(ctx, m)
				if all {
					cancel()
				}
			}
		})
	}
	w := b.Writer(t, topic)
	for i := range 20 {
		write(t, w, i*10, (i+1)*10)
		time.Sleep(20 * time.Millisecond) // so that the second member joins while messages flow
	}
	members.Wait()
	if len(got) != 200 {
		t.Errorf("%d of 200 messages came", len(got))
	}
}

func (b Broker) compacted(t *testing.T) {
	topic := b.Create(t, 1, kafka.ConfigEntry{ConfigName: "cleanup.policy", ConfigValue: "compact"})
	write(t, b.Writer(t, topic), 0, keys)
	r := b.Reader(topic, topic)
	defer r.Close()
	wantEach(t, read(t, r, keys), keys)
}

func (b Broker) unknown(t *testing.T) {
	w := b.Writer(t, "misspelt")
	w.MaxAttempts = 2
	if err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte("x")}); !errors.Is(err, kafka.UnknownTopicOrPartition) {
		t.Errorf("got %v", err)
	}
}

func (b Broker) large(t *testing.T) {
	w := b.Writer(t, b.Create(t, 1, kafka.ConfigEntry{ConfigName: "max.message.bytes", ConfigValue: "10000"}))
	w.MaxAttempts = 1
	err := w.WriteMessages(t.Context(), kafka.Message{Value: []byte(strings.Repeat("x", 20_000))})
	var each kafka.WriteErrors
	if !errors.As(err, &each) || !errors.Is(each[0], kafka.MessageSizeTooLarge) {
		t.Errorf("got %v", err)
	}
}

// kill: what was acknowledged and what was committed is there afterwards.
func (b Broker) kill(t *testing.T) {
	topic := b.Create(t, 6)
	w := b.Writer(t, topic)
	write(t, w, 0, 50)
	r := b.Reader(topic, topic)
	got := read(t, r, 30)
	r.Close()
	for round := range 2 {
		b.KillAndRestart(t)
		w = b.Writer(t, topic)
		write(t, w, 50+round*10, 60+round*10)
	}
	r = b.Reader(topic, topic)
	defer r.Close()
	wantEach(t, append(got, read(t, r, 40)...), 70)
}
