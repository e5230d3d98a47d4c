package kafka

import (
	"context"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// linger is how long a fetch waits for more once it has a message, so that a
// burst is handed over at once.
const linger = 2 * time.Millisecond

// fetchBytes is how much a fetch of one partition takes at most, if not a single
// larger batch. Some thirty groups of twelve partitions each, when all of them lag
// behind, hold so much at once, in the embedded broker and here; and the broker, which
// answers one after the other, must come to each within grace, or what it read was read
// for nothing.
const fetchBytes = 128 << 10

// fetchedAhead is how many messages wait between a fetch and who asks for them,
// beside those in the member's own queue.
const fetchedAhead = 100

// grace is how long an answer to a fetch may be on its way. kafka-go asks the broker to
// answer that long before it gives up, if it waits for longer than that; else only a
// quarter of the wait before. A broker on a busy machine that is an eighth of a second
// late would lose every fetch, and the connection with it, and connecting again makes
// it busier still.
const grace = time.Second

// commitEvery is how long offsets wait until they are committed, all of them in one
// request. Each request is a write and a sync of the disk of whoever coordinates the
// group, and thirty groups read the facts of every lead. What a member that dies
// has not committed comes again, and whoever reads is used to that.
const commitEvery = 500 * time.Millisecond

type member struct {
	client *Client
	group  string
	mu     sync.Mutex
	done   map[string]map[int]int64 // by topic and partition: where the group goes on, as far as this member knows
	reader *kafkago.Reader
	log    logTo
	in     chan Message
	stop   context.CancelFunc
	ended  chan struct{}
}

// Join makes a member of a consumer group; see Cluster.
func (c *Client) Join(ctx context.Context, group string, topics []string) (Member, error) {
	for _, t := range topics {
		if _, err := c.topic(ctx, t); err != nil {
			return nil, err // kafka-go would sit there without partitions and say nothing
		}
	}
	log := logTo{c.cfg.Log.With("group", group)}
	reader := kafkago.NewReader(kafkago.ReaderConfig{
		Brokers: c.cfg.Brokers, GroupID: group, GroupTopics: topics, StartOffset: kafkago.FirstOffset,
		Dialer:        c.dialer,
		QueueCapacity: fetchedAhead, MinBytes: 1, MaxBytes: fetchBytes, MaxWait: c.cfg.MaxWait + grace,
		ReadBackoffMin: 20 * time.Millisecond, ReadBackoffMax: 250 * time.Millisecond,
		HeartbeatInterval: 500 * time.Millisecond, JoinGroupBackoff: 250 * time.Millisecond,
		SessionTimeout: c.cfg.SessionTimeout, RebalanceTimeout: c.cfg.SessionTimeout,
		CommitInterval: commitEvery, WatchPartitionChanges: true, ErrorLogger: log,
	})
	pumping, stop := context.WithCancel(context.Background())
	m := &member{client: c, group: group, done: map[string]map[int]int64{}, reader: reader, log: log, in: make(chan Message, 256), stop: stop, ended: make(chan struct{})}
	go m.pump(pumping)
	return m, nil
}

// pump moves messages on, through outages, which kafka-go reports as errors of a
// fetch: io.EOF is one of them (a proxy that takes a connection and ends it), so
// that only Close ends the pump.
func (m *member) pump(ctx context.Context) {
	defer close(m.ended)
	for {
		got, err := m.reader.FetchMessage(ctx)
		switch {
		case err == nil:
			select {
			case m.in <- fromKafka(got):
			case <-ctx.Done():
				return
			}
		case ctx.Err() != nil:
			return
		default:
			m.log.Printf("fetch: %v", err)
			select {
			case <-time.After(100 * time.Millisecond):
			case <-ctx.Done():
				return
			}
		}
	}
}

// Fetch waits for messages; see Member.
func (m *member) Fetch(ctx context.Context, limit int) ([]Message, error) {
	var out []Message
	select {
	case first := <-m.in:
		out = append(out, first)
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-m.ended:
		return nil, io.EOF
	}
	timer := time.NewTimer(linger)
	defer timer.Stop()
	for len(out) < limit {
		select {
		case next := <-m.in:
			out = append(out, next)
		case <-timer.C:
			return out, nil
		}
	}
	return out, nil
}

// Commit commits offsets; see Member.
func (m *member) Commit(ctx context.Context, messages []Message) error {
	marks := make([]kafkago.Message, len(messages))
	for i, msg := range messages {
		marks[i] = kafkago.Message{Topic: msg.Topic, Partition: msg.Partition, Offset: msg.Offset}
		m.note(msg.Topic, msg.Partition, msg.Offset+1)
	}
	return m.reader.CommitMessages(ctx, marks...)
}

func (m *member) note(topic string, partition int, next int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done[topic] == nil {
		m.done[topic] = map[int]int64{}
	}
	m.done[topic][partition] = max(next, m.done[topic][partition])
}

// Reaffirm commits again what the group has forgotten: a member that lost a
// partition with messages in hand sets the group back when it commits those,
// and the group would seem to lag until the next message comes.
func (m *member) Reaffirm(ctx context.Context) error {
	ask := map[string][]int{}
	m.mu.Lock()
	for topic, partitions := range m.done {
		ask[topic] = slices.Collect(maps.Keys(partitions))
	}
	m.mu.Unlock()
	if len(ask) == 0 {
		return nil
	}
	committed, err := m.client.committed(ctx, m.group, ask)
	if err != nil {
		return err
	}
	var again []kafkago.Message
	m.mu.Lock()
	for topic, partitions := range m.done {
		for p, next := range partitions {
			if is, known := committed[topic][p]; known && is < next {
				again = append(again, kafkago.Message{Topic: topic, Partition: p, Offset: next - 1})
			}
		}
	}
	m.mu.Unlock()
	if len(again) == 0 {
		return nil
	}
	return m.reader.CommitMessages(ctx, again...)
}

// Close leaves the group.
func (m *member) Close() error {
	m.stop()
	err := m.reader.Close()
	<-m.ended
	return err
}

func fromKafka(m kafkago.Message) Message {
	out := Message{Topic: m.Topic, Key: string(m.Key), Value: m.Value, Partition: m.Partition, Offset: m.Offset, Time: m.Time,
		Headers: make([]Header, len(m.Headers))}
	for i, h := range m.Headers {
		out.Headers[i] = Header{Key: h.Key, Value: string(h.Value)}
	}
	return out
}
