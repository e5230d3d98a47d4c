package kafka

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Follow reads a whole topic; see Cluster.
func (c *Client) Follow(ctx context.Context, topic string, handle func(Message), caughtUp func()) error {
	bounds, err := c.awaitBounds(ctx, topic)
	if err != nil {
		return err
	}
	var one sync.Mutex // handle gets one message at a time
	var behind, readers sync.WaitGroup
	for partition, b := range bounds {
		behind.Add(1)
		f := &follower{client: c, topic: topic, partition: partition, offset: b.start, goal: b.end, caughtUp: behind.Done,
			handle: func(m Message) { one.Lock(); defer one.Unlock(); handle(m) }}
		readers.Go(func() { f.run(ctx) })
	}
	arrived := make(chan struct{})
	go func() { behind.Wait(); close(arrived) }()
	select {
	case <-arrived:
		if ctx.Err() == nil {
			one.Lock()
			caughtUp()
			one.Unlock()
		}
	case <-ctx.Done():
	}
	readers.Wait()
	return ctx.Err()
}

// awaitBounds asks until the cluster answers: a program may start before it.
func (c *Client) awaitBounds(ctx context.Context, topic string) (map[int]bound, error) {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		b, err := c.bounds(ctx, topic)
		if err == nil {
			return b, nil
		}
		logTo{c.cfg.Log}.Printf("follow %s: %v", topic, err)
		if !sleep(ctx, wait) {
			return nil, ctx.Err()
		}
	}
}

// follower reads one partition from its beginning.
type follower struct {
	client       *Client
	topic        string
	partition    int
	offset, goal int64
	caughtUp     func()
	there        bool
	handle       func(Message)
}

func (f *follower) run(ctx context.Context) {
	wait := 20 * time.Millisecond
	for {
		if !f.there && f.offset >= f.goal {
			f.there = true
			f.caughtUp()
		}
		err := f.fetch(ctx)
		if ctx.Err() != nil {
			if !f.there {
				f.caughtUp() // releases who waits; Follow gives ctx's error
			}
			return
		}
		if err == nil {
			wait = 20 * time.Millisecond
			continue
		}
		logTo{f.client.cfg.Log}.Printf("follow %s/%d at %d: %v", f.topic, f.partition, f.offset, err)
		sleep(ctx, wait)
		wait = min(2*wait, 250*time.Millisecond)
	}
}

func (f *follower) fetch(ctx context.Context) error {
	got, err := f.client.api.Fetch(ctx, &kafkago.FetchRequest{Topic: f.topic, Partition: f.partition, Offset: f.offset,
		MinBytes: 1, MaxBytes: fetchBytes, MaxWait: f.client.cfg.MaxWait})
	if err != nil {
		return err
	}
	if errors.Is(got.Error, kafkago.OffsetOutOfRange) {
		return f.reset(ctx)
	}
	if got.Error != nil {
		return got.Error
	}
	before := f.offset
	if err := f.take(got.Records); err != nil {
		return err
	}
	if f.offset == before && f.offset < got.HighWatermark {
		f.offset++ // compaction took the message that stood here
	}
	return nil
}

// take handles the records of a fetch, which may begin before what was asked for.
func (f *follower) take(records kafkago.RecordReader) error {
	for {
		r, err := records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if r.Offset < f.offset {
			continue
		}
		m := Message{Topic: f.topic, Partition: f.partition, Offset: r.Offset, Time: r.Time}
		key, err := kafkago.ReadAll(r.Key)
		if err != nil {
			return err
		}
		if m.Value, err = kafkago.ReadAll(r.Value); err != nil {
			return err
		}
		m.Key = string(key)
		for _, h := range r.Headers {
			m.Headers = append(m.Headers, Header{Key: h.Key, Value: string(h.Value)})
		}
		f.handle(m)
		f.offset = r.Offset + 1
	}
}

// reset begins anew where the partition begins now, after its old end was cut off.
func (f *follower) reset(ctx context.Context) error {
	b, err := f.client.bounds(ctx, f.topic)
	if err != nil {
		return err
	}
	if start := b[f.partition].start; start > f.offset {
		f.offset = start
		return nil
	}
	return kafkago.OffsetOutOfRange
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
