// Package kafkatest holds a cluster in memory for tests, and the suite that it
// and the real client both pass.
package kafkatest

import (
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"sync"
	"time"

	"liuke.dev/shared/kafka"
)

// Memory is a kafka.Cluster in memory. A group has one reader at a time for
// each partition: members share the partitions by turns.
type Memory struct {
	mu        sync.Mutex
	topics    map[string]*topic
	committed map[string]map[place]int64 // group → next offset
	changed   chan struct{}
	// refuse, if set, is asked for every message; its error is the outcome.
	refuse func(kafka.Message) error
}

type topic struct {
	partitions [][]kafka.Message
}

type place struct {
	topic     string
	partition int
}

var _ kafka.Cluster = (*Memory)(nil)

// New makes a cluster without topics.
func New() *Memory {
	return &Memory{topics: map[string]*topic{}, committed: map[string]map[place]int64{}, changed: make(chan struct{})}
}

// Refuse sets what is asked for every message that is sent; its error is the
// outcome of the message. nil takes everything.
func (m *Memory) Refuse(decide func(kafka.Message) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = decide
}

// Messages gives what a topic holds, partition by partition.
func (m *Memory) Messages(name string) []kafka.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []kafka.Message
	if t := m.topics[name]; t != nil {
		for _, p := range t.partitions {
			out = append(out, p...)
		}
	}
	return out
}

// EnsureTopics implements kafka.Cluster.
func (m *Memory) EnsureTopics(_ context.Context, topics []kafka.Topic) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range topics {
		if m.topics[t.Name] == nil {
			m.topics[t.Name] = &topic{partitions: make([][]kafka.Message, max(t.Partitions, 1))}
		}
	}
	return nil
}

// Produce implements kafka.Cluster.
func (m *Memory) Produce(ctx context.Context, messages []kafka.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	errs, failed := make(kafka.Partial, len(messages)), false
	for i, msg := range messages {
		if errs[i] = m.append(msg); errs[i] != nil {
			failed = true
		}
	}
	close(m.changed)
	m.changed = make(chan struct{})
	if failed {
		return errs
	}
	return nil
}

func (m *Memory) append(msg kafka.Message) error {
	t := m.topics[msg.Topic]
	if t == nil {
		return fmt.Errorf("kafkatest: no topic %s", msg.Topic)
	}
	if m.refuse != nil {
		if err := m.refuse(msg); err != nil {
			return err
		}
	}
	h := fnv.New32a()
	h.Write([]byte(msg.Key))
	msg.Partition = int(h.Sum32() % uint32(len(t.partitions)))
	msg.Offset, msg.Time = int64(len(t.partitions[msg.Partition])), time.Now()
	msg.Value, msg.Headers = slices.Clone(msg.Value), slices.Clone(msg.Headers)
	t.partitions[msg.Partition] = append(t.partitions[msg.Partition], msg)
	return nil
}

// Follow implements kafka.Cluster.
func (m *Memory) Follow(ctx context.Context, name string, handle func(kafka.Message), caughtUp func()) error {
	next := map[place]int64{}
	for first := true; ; first = false {
		got, changed, err := m.from([]string{name}, next, 1<<30)
		if err != nil {
			return err
		}
		for _, msg := range got {
			handle(msg)
			next[place{msg.Topic, msg.Partition}] = msg.Offset + 1
		}
		if first {
			caughtUp()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// from gives the messages from the given offsets on, and what closes with the next change.
func (m *Memory) from(topics []string, next map[place]int64, limit int) ([]kafka.Message, <-chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []kafka.Message
	for _, name := range topics {
		t := m.topics[name]
		if t == nil {
			return nil, nil, fmt.Errorf("kafkatest: no topic %s", name)
		}
		for i, p := range t.partitions {
			p = p[next[place{name, i}]:]
			out = append(out, p[:min(len(p), limit-len(out))]...)
		}
	}
	return out, m.changed, nil
}

// Lag implements kafka.Cluster.
func (m *Memory) Lag(_ context.Context, group string, topics []string) (map[string]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	lag := map[string]int64{}
	for _, name := range topics {
		lag[name] = 0
		if t := m.topics[name]; t != nil {
			for i, p := range t.partitions {
				lag[name] += int64(len(p)) - m.committed[group][place{name, i}]
			}
		}
	}
	return lag, nil
}

// Ping implements kafka.Cluster.
func (m *Memory) Ping(context.Context) error { return nil }

// Close implements kafka.Cluster.
func (m *Memory) Close() error { return nil }

// Join implements kafka.Cluster. A member begins at what the group committed;
// two members of one group at once both get everything.
func (m *Memory) Join(_ context.Context, group string, topics []string) (kafka.Member, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.committed[group] == nil {
		m.committed[group] = map[place]int64{}
	}
	next := map[place]int64{}
	for p, offset := range m.committed[group] {
		next[p] = offset
	}
	return &member{memory: m, group: group, topics: topics, next: next, closed: make(chan struct{})}, nil
}

type member struct {
	memory *Memory
	group  string
	topics []string
	next   map[place]int64
	once   sync.Once
	closed chan struct{}
}

// Fetch implements kafka.Member.
func (m *member) Fetch(ctx context.Context, limit int) ([]kafka.Message, error) {
	for {
		got, changed, err := m.memory.from(m.topics, m.next, limit)
		if err != nil {
			return nil, err
		}
		for _, msg := range got {
			m.next[place{msg.Topic, msg.Partition}] = msg.Offset + 1
		}
		if len(got) > 0 {
			return got, nil
		}
		select {
		case <-changed:
		case <-m.closed:
			return nil, io.EOF
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Commit implements kafka.Member.
func (m *member) Commit(_ context.Context, messages []kafka.Message) error {
	m.memory.mu.Lock()
	defer m.memory.mu.Unlock()
	for _, msg := range messages {
		p := place{msg.Topic, msg.Partition}
		m.memory.committed[m.group][p] = max(m.memory.committed[m.group][p], msg.Offset+1)
	}
	return nil
}

// Close implements kafka.Member.
func (m *member) Close() error { m.once.Do(func() { close(m.closed) }); return nil }
