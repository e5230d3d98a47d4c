// Package kafka is the port to Kafka: what Liuke needs of a broker, and its one
// implementation on kafka-go, which nothing else imports. Package kafkatest has
// one in memory for tests.
package kafka

import (
	"context"
	"errors"
	"time"
)

// Header of a message.
type Header struct {
	Key   string
	Value string
}

// Message is a message to send, or one that was read.
type Message struct {
	Topic   string
	Key     string // partitions; messages of one key keep their order
	Value   []byte // nil with a key: deletes the key from a compacted topic
	Headers []Header

	// Of a message that was read:
	Partition int
	Offset    int64
	Time      time.Time
}

// Header gives the value of a header, empty if there is none.
func (m Message) Header(key string) string {
	for _, h := range m.Headers {
		if h.Key == key {
			return h.Value
		}
	}
	return ""
}

// Topic is a topic as it should be made.
type Topic struct {
	Name        string
	Partitions  int
	Compacted   bool // keeps the newest message of each key for ever
	Whole       bool // projections read it from its beginning: never trimmed, by size neither
	Replication int  // 0: the broker's default
}

// Producer sends messages.
type Producer interface {
	// Produce sends the messages and returns once every in-sync replica has them.
	// Messages of one key arrive in the order given. The error is Partial where
	// some messages arrived and others did not. After any error, whether a
	// message arrived may be unknown: sending it again may double it.
	Produce(ctx context.Context, messages []Message) error
}

// Member is a member of a consumer group.
type Member interface {
	// Fetch waits for messages and gives those that are there, at most limit,
	// each partition's in order.
	Fetch(ctx context.Context, limit int) ([]Message, error)
	// Commit tells the group that these messages and those before them in their
	// partitions are done with. The group may learn it a moment later, at the latest
	// when the member closes; what it did not learn comes again.
	Commit(ctx context.Context, messages []Message) error
	Close() error
}

// Reaffirmer is a Member that can commit again what another member of the group
// has set back.
type Reaffirmer interface {
	Reaffirm(ctx context.Context) error
}

// Cluster is what Liuke needs of a Kafka cluster.
type Cluster interface {
	Producer
	// EnsureTopics makes the topics that do not exist; several may try at once.
	EnsureTopics(ctx context.Context, topics []Topic) error
	// Join makes a member of a consumer group that starts at the beginning.
	Join(ctx context.Context, group string, topics []string) (Member, error)
	// Follow reads a whole topic from its beginning, without a group, and goes on
	// until ctx ends. handle gets one message at a time, each partition's in
	// order; caughtUp is called once, when all that stood in the topic at the
	// start was handled.
	Follow(ctx context.Context, topic string, handle func(Message), caughtUp func()) error
	// Lag counts per topic the messages that a group has not committed.
	Lag(ctx context.Context, group string, topics []string) (map[string]int64, error)
	// Ping answers whether the cluster does.
	Ping(ctx context.Context) error
	Close() error
}

// ErrRefused says that the broker will never take a message: sending it again
// is useless. Test with errors.Is on each message's error.
var ErrRefused = errors.New("kafka: the broker refuses this message for good")

// Partial is the error of a Produce in which each message has its own outcome,
// nil where it was acknowledged.
type Partial []error

// Error gives the first error and how many there are.
func (p Partial) Error() string {
	return "kafka: not all messages arrived: " + errors.Join(p...).Error()
}

// Unwrap gives the errors.
func (p Partial) Unwrap() []error {
	var all []error
	for _, err := range p {
		if err != nil {
			all = append(all, err)
		}
	}
	return all
}

// Outcomes gives the outcome of each of n messages that Produce was given.
func Outcomes(err error, n int) []error {
	out := make([]error, n)
	var partial Partial
	if errors.As(err, &partial) && len(partial) == n {
		copy(out, partial)
		return out
	}
	for i := range out {
		out[i] = err
	}
	return out
}
