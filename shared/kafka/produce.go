package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Bounds of what is sent at once. A chunk fits into one batch, which a partition
// takes or refuses as a whole, on brokers that were left at their 1 MiB too.
const (
	chunkBytes    = 900 << 10
	chunkMessages = 1000
)

// lane sends to one topic, one chunk after the other, so that no two sends of
// one key are ever under way and a failed one cannot be overtaken.
type lane struct {
	writer *kafkago.Writer
	turn   chan struct{}
}

// Produce sends the messages; see Producer.
func (c *Client) Produce(ctx context.Context, messages []Message) error {
	byTopic := map[string][]int{}
	for i, m := range messages {
		byTopic[m.Topic] = append(byTopic[m.Topic], i)
	}
	errs := make(Partial, len(messages))
	var wait sync.WaitGroup
	for topic, which := range byTopic {
		wait.Go(func() { c.produceTopic(ctx, topic, messages, which, errs) })
	}
	wait.Wait()
	if errors.Join(errs...) == nil {
		return nil
	}
	return errs
}

// produceTopic sends the chosen messages of one topic and fills in their outcomes.
func (c *Client) produceTopic(ctx context.Context, topic string, all []Message, which []int, errs Partial) {
	l, err := c.lane(topic)
	if err != nil {
		fail(errs, which, err)
		return
	}
	select {
	case <-l.turn:
	case <-ctx.Done():
		fail(errs, which, ctx.Err())
		return
	}
	done := make(chan struct{})
	outcomes := make([]error, len(which))
	go func() {
		// A batch that was handed over cannot be called back, so the lane stays
		// taken until it ended, whether or not the caller still waits.
		defer func() { l.turn <- struct{}{}; close(done) }()
		c.sendChunks(context.WithoutCancel(ctx), l, all, which, outcomes)
	}()
	select {
	case <-done:
		for i, at := range which {
			errs[at] = outcomes[i]
		}
	case <-ctx.Done():
		fail(errs, which, ctx.Err())
	}
}

// sendChunks stops at the first chunk with an error that a repetition may mend:
// nothing may overtake what must be sent again.
func (c *Client) sendChunks(ctx context.Context, l *lane, all []Message, which []int, outcomes []error) {
	for from := 0; from < len(which); {
		to, size := from, 0
		for ; to < len(which) && to-from < chunkMessages; to++ {
			n := sizeOf(all[which[to]])
			if to > from && size+n > chunkBytes {
				break
			}
			size += n
		}
		if size > c.cfg.MaxMessageBytes {
			outcomes[from] = fmt.Errorf("%w: %d bytes, the limit is %d", ErrRefused, size, c.cfg.MaxMessageBytes)
			from = to
			continue
		}
		if err := l.send(ctx, all, which[from:to], outcomes[from:to]); err != nil && !errors.Is(err, ErrRefused) {
			for i := to; i < len(which); i++ {
				outcomes[i] = fmt.Errorf("kafka: not sent, because what goes before it failed: %w", err)
			}
			return
		}
		from = to
	}
}

// send sends one chunk, fills in the outcomes, and gives the gravest error: one that a repetition may mend.
func (l *lane) send(ctx context.Context, all []Message, which []int, outcomes []error) error {
	out := make([]kafkago.Message, len(which))
	for i, at := range which {
		out[i] = toKafka(all[at])
	}
	err := l.writer.WriteMessages(ctx, out...)
	if err == nil {
		return nil
	}
	var each kafkago.WriteErrors
	if !errors.As(err, &each) || len(each) != len(which) {
		fail(outcomes, indexes(len(which)), translate(err))
		return translate(err)
	}
	var gravest error
	for i, e := range each {
		outcomes[i] = translate(e)
		if gravest == nil || errors.Is(gravest, ErrRefused) && outcomes[i] != nil {
			gravest = outcomes[i]
		}
	}
	return gravest
}

func (c *Client) lane(topic string) (*lane, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bad != nil {
		return nil, c.bad
	}
	if c.closed {
		return nil, io.ErrClosedPipe
	}
	if l := c.lanes[topic]; l != nil {
		return l, nil
	}
	l := &lane{turn: make(chan struct{}, 1), writer: &kafkago.Writer{
		Addr: kafkago.TCP(c.cfg.Brokers...), Topic: topic, Transport: c.transport,
		Balancer:     kafkago.Murmur2Balancer{}, // the partitions that Java clients choose
		RequiredAcks: kafkago.RequireAll,
		BatchTimeout: 5 * time.Millisecond, BatchSize: chunkMessages, BatchBytes: topicMessageBytes,
		MaxAttempts: 10, WriteBackoffMin: 20 * time.Millisecond, WriteBackoffMax: 250 * time.Millisecond,
		ReadTimeout: 3 * time.Second, WriteTimeout: 3 * time.Second,
		ErrorLogger: logTo{c.cfg.Log},
	}}
	l.turn <- struct{}{}
	c.lanes[topic] = l
	return l, nil
}

// translate marks the errors that no repetition mends.
func translate(err error) error {
	var tooLarge kafkago.MessageTooLargeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLarge), errors.Is(err, kafkago.MessageSizeTooLarge), errors.Is(err, kafkago.RecordListTooLarge),
		errors.Is(err, kafkago.InvalidRecord), errors.Is(err, kafkago.PolicyViolation), errors.Is(err, kafkago.UnsupportedForMessageFormat):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

func toKafka(m Message) kafkago.Message {
	out := kafkago.Message{Value: m.Value, Headers: make([]kafkago.Header, len(m.Headers))}
	if m.Key != "" {
		out.Key = []byte(m.Key)
	}
	for i, h := range m.Headers {
		out.Headers[i] = kafkago.Header{Key: h.Key, Value: []byte(h.Value)}
	}
	return out
}

// sizeOf gives at least what a message takes in a batch.
func sizeOf(m Message) int {
	n := len(m.Key) + len(m.Value) + 64
	for _, h := range m.Headers {
		n += len(h.Key) + len(h.Value) + 8
	}
	return n
}

func fail(errs []error, which []int, err error) {
	for _, i := range which {
		errs[i] = err
	}
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
