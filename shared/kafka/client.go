package kafka

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// Config says where the cluster is. The zero values of the rest are the ones to use.
type Config struct {
	Brokers  []string
	ClientID string
	// Prefix of all names of topics and groups, for clusters that others use too.
	Prefix string
	// TLS secures the connections; nil: plain TCP.
	TLS *tls.Config
	// User and Password sign in where User is set, by Mechanism: SCRAM-SHA-512 (the default), SCRAM-SHA-256 or PLAIN.
	User, Password, Mechanism string
	// SessionTimeout is how long a group waits for a member that vanished, 10 s.
	SessionTimeout time.Duration
	// MaxWait bounds how long the broker holds a fetch that has nothing to give, 500 ms.
	MaxWait time.Duration
	// MaxMessageBytes is the largest message that is sent, just below 2 MiB.
	MaxMessageBytes int
	Log             *slog.Logger
}

// DefaultMaxMessageBytes leaves room for a message's headers and its batch
// within the 2 MiB that topics are made for.
const DefaultMaxMessageBytes = topicMessageBytes - 16<<10

// topicMessageBytes is the max.message.bytes of the topics that EnsureTopics makes.
const topicMessageBytes = 2 << 20

// Client is the Cluster on kafka-go. It connects when first used.
type Client struct {
	cfg       Config
	transport *kafkago.Transport
	api       *kafkago.Client
	dialer    *kafkago.Dialer // of group members
	bad       error           // what is wrong with the configuration; every call says so
	mu        sync.Mutex
	lanes     map[string]*lane // by topic
	closed    bool
}

var _ Cluster = (*Client)(nil)

// ErrConfiguration says that the client can never work as it was configured.
var ErrConfiguration = errors.New("kafka: configuration")

// New makes a client.
func New(cfg Config) *Client {
	cfg.ClientID = cmp.Or(cfg.ClientID, "liuke")
	cfg.SessionTimeout = cmp.Or(cfg.SessionTimeout, 10*time.Second)
	cfg.MaxWait = cmp.Or(cfg.MaxWait, 500*time.Millisecond)
	cfg.MaxMessageBytes = cmp.Or(cfg.MaxMessageBytes, DefaultMaxMessageBytes)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	login, err := cfg.login()
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrConfiguration, err)
	}
	t := &kafkago.Transport{DialTimeout: time.Second, MetadataTTL: time.Second, ClientID: cfg.ClientID, TLS: cfg.TLS, SASL: login}
	return &Client{cfg: cfg, transport: t, lanes: map[string]*lane{}, bad: err,
		dialer: &kafkago.Dialer{ClientID: cfg.ClientID, Timeout: 3 * time.Second, DualStack: true, TLS: cfg.TLS, SASLMechanism: login},
		api:    &kafkago.Client{Addr: kafkago.TCP(cfg.Brokers...), Timeout: 10 * time.Second, Transport: t}}
}

// Ping answers whether the cluster does.
func (c *Client) Ping(ctx context.Context) error {
	if c.bad != nil {
		return c.bad
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if _, err := c.api.ApiVersions(ctx, &kafkago.ApiVersionsRequest{}); err != nil {
		return fmt.Errorf("kafka %v: %w", c.cfg.Brokers, err)
	}
	meta, err := c.api.Metadata(ctx, &kafkago.MetadataRequest{})
	if err != nil {
		return fmt.Errorf("kafka %v: metadata: %w", c.cfg.Brokers, err)
	}
	return c.led(meta.Topics)
}

// led tells whether every partition of Liuke's topics has a leader, without
// which it can neither be read nor written.
func (c *Client) led(topics []kafkago.Topic) error {
	for _, t := range topics {
		if !strings.HasPrefix(t.Name, c.cfg.Prefix+"liuke.") {
			continue
		}
		if t.Error != nil {
			return fmt.Errorf("kafka: topic %s: %w", t.Name, t.Error)
		}
		for _, p := range t.Partitions {
			if errors.Is(p.Error, kafkago.LeaderNotAvailable) || p.Leader.Host == "" {
				return fmt.Errorf("kafka: %s/%d has no leader", t.Name, p.ID)
			}
		}
	}
	return nil
}

// Close sends what is under way and closes the connections.
func (c *Client) Close() error {
	c.mu.Lock()
	lanes := c.lanes
	c.lanes, c.closed = nil, true
	c.mu.Unlock()
	var errs []error
	for _, l := range lanes {
		errs = append(errs, l.writer.Close())
	}
	c.transport.CloseIdleConnections()
	return errors.Join(errs...)
}

// Lag counts per topic the messages that a group has not committed.
func (c *Client) Lag(ctx context.Context, group string, topics []string) (map[string]int64, error) {
	bounds := map[string]map[int]bound{}
	ask := map[string][]int{}
	for _, t := range topics {
		b, err := c.bounds(ctx, t)
		if err != nil {
			return nil, err
		}
		bounds[t] = b
		for p := range b {
			ask[t] = append(ask[t], p)
		}
	}
	committed, err := c.committed(ctx, group, ask)
	if err != nil {
		return nil, err
	}
	lag := map[string]int64{}
	for _, t := range topics {
		lag[t] = 0
		for p, b := range bounds[t] {
			lag[t] += max(b.end-max(committed[t][p], b.start), 0) // a commit may be newer than the end that was asked for before it
		}
	}
	return lag, nil
}

// committed gives the offset from which a group goes on in each partition,
// nothing for those where it never committed.
func (c *Client) committed(ctx context.Context, group string, partitions map[string][]int) (map[string]map[int]int64, error) {
	got, err := c.api.OffsetFetch(ctx, &kafkago.OffsetFetchRequest{GroupID: group, Topics: partitions})
	if err == nil {
		err = got.Error
	}
	if errors.Is(err, kafkago.GroupIdNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("kafka: offsets of %s: %w", group, err)
	}
	out := map[string]map[int]int64{}
	for t, ps := range got.Topics {
		out[t] = map[int]int64{}
		for _, p := range ps {
			out[t][p.Partition] = p.CommittedOffset
		}
	}
	return out, nil
}

// bound is where a partition begins and where its next message will stand.
type bound struct{ start, end int64 }

func (c *Client) bounds(ctx context.Context, topic string) (map[int]bound, error) {
	meta, err := c.topic(ctx, topic)
	if err != nil {
		return nil, err
	}
	var ask []kafkago.OffsetRequest
	for _, p := range meta.Partitions {
		ask = append(ask, kafkago.FirstOffsetOf(p.ID), kafkago.LastOffsetOf(p.ID))
	}
	answer, err := c.api.ListOffsets(ctx, &kafkago.ListOffsetsRequest{Topics: map[string][]kafkago.OffsetRequest{topic: ask}})
	if err != nil {
		return nil, fmt.Errorf("kafka: offsets of %s: %w", topic, err)
	}
	out := map[int]bound{}
	for _, p := range answer.Topics[topic] {
		if p.Error != nil {
			return nil, fmt.Errorf("kafka: offsets of %s/%d: %w", topic, p.Partition, p.Error)
		}
		out[p.Partition] = bound{start: p.FirstOffset, end: p.LastOffset}
	}
	return out, nil
}

func (c *Client) topic(ctx context.Context, name string) (kafkago.Topic, error) {
	if c.bad != nil {
		return kafkago.Topic{}, c.bad
	}
	meta, err := c.api.Metadata(ctx, &kafkago.MetadataRequest{Topics: []string{name}})
	if err != nil {
		return kafkago.Topic{}, fmt.Errorf("kafka: topic %s: %w", name, err)
	}
	for _, t := range meta.Topics {
		if t.Name == name && t.Error == nil && len(t.Partitions) > 0 {
			return t, nil
		} else if t.Name == name && t.Error != nil {
			return t, fmt.Errorf("kafka: topic %s: %w", name, t.Error)
		}
	}
	return kafkago.Topic{}, fmt.Errorf("kafka: topic %s: %w", name, kafkago.UnknownTopicOrPartition)
}
