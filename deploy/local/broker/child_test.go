package broker

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"

	"liuke.dev/shared/freeport"
	"liuke.dev/shared/programtest/child"
)

// TestMain lets the test binary be the broker that a test kills.
func TestMain(m *testing.M) {
	os.Exit(child.Main(m, func(cfg Config, up func(...any)) error {
		begin := time.Now()
		b, err := Start(context.Background(), cfg)
		if err != nil {
			return err
		}
		up(b.Address(), time.Since(begin))
		select {}
	}))
}

// killable is a broker in a process of its own.
type killable struct {
	*child.Process
	address string
}

func startChild(t *testing.T, cfg Config) killable {
	t.Helper()
	p := child.Start(t, cfg)
	t.Logf("broker ready after %s", p.Said[1])
	return killable{p, p.Said[0]}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	at, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	return at[0]
}

func writer(address, topic string) *kafka.Writer {
	return &kafka.Writer{
		Addr: kafka.TCP(address), Topic: topic, Balancer: &kafka.Hash{}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: 5 * time.Millisecond, WriteBackoffMin: 20 * time.Millisecond, WriteBackoffMax: 250 * time.Millisecond,
		ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		Transport: &kafka.Transport{DialTimeout: time.Second, MetadataTTL: time.Second},
	}
}

func reader(address, topic, group string) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{address}, Topic: topic, GroupID: group, StartOffset: kafka.FirstOffset,
		MaxWait: 500 * time.Millisecond, ReadBackoffMin: 20 * time.Millisecond, ReadBackoffMax: 250 * time.Millisecond,
		HeartbeatInterval: 500 * time.Millisecond, JoinGroupBackoff: 250 * time.Millisecond,
		SessionTimeout: 2 * time.Second, RebalanceTimeout: 2 * time.Second, MaxBytes: 10 << 20,
	})
}

func write(t *testing.T, w *kafka.Writer, from, to int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var batch []kafka.Message
	for i := from; i < to; i++ {
		batch = append(batch, kafka.Message{Key: fmt.Appendf(nil, "key-%d", i%7), Value: fmt.Appendf(nil, "%d", i)})
	}
	if err := w.WriteMessages(ctx, batch...); err != nil {
		t.Fatal(err)
	}
}

// read fetches n messages, committing each when the reader has a group.
func read(t *testing.T, r *kafka.Reader, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var got []string
	for len(got) < n {
		m, err := r.FetchMessage(ctx)
		if err != nil {
			if ctx.Err() != nil {
				t.Fatalf("%d of %d messages came: %v", len(got), n, err)
			}
			continue // an outage
		}
		got = append(got, string(m.Value))
		if r.Config().GroupID != "" {
			if err := r.CommitMessages(ctx, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	return got
}

// none proves that a group has nothing left to read.
func none(t *testing.T, r *kafka.Reader) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for {
		m, err := r.FetchMessage(ctx)
		if err == nil {
			t.Fatalf("%s came although nothing is left", m.Value)
		}
		if ctx.Err() != nil {
			return
		}
	}
}
