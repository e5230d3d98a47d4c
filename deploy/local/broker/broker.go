// Package broker owns the broker of the all-in-one program: one node that
// speaks the Kafka protocol on a port of its own and keeps its logs in the data
// directory, each write synced before it is acknowledged. kcat and every Kafka
// client connect to it.
//
// It is franz-go's kfake, which was made for tests, with the holes closed that
// matter to someone who keeps facts in it:
//   - torn tails of its state logs are cut off before it opens them (repair.go);
//   - its compaction deletes a log before it writes the new one, so that runs
//     only at start, before anyone connects, with the old log kept (compact.go);
//   - committed offsets do not expire, for a laptop may sleep for a month;
//   - old messages go by size only, and never before every consumer group has
//     read them (trim.go): by time, an idle log would become empty and begin
//     again at offset 0 after a crash;
//   - bytes that are no Kafka request close their connection; kfake would end
//     the process (guard.go).
//
// What it does not do: have several nodes, tell a client that a sync failed, or
// refuse a message without a key on a compacted topic.
package broker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// DefaultAddress is where the broker listens unless told otherwise.
const DefaultAddress = "127.0.0.1:9092"

// Flag is the command line flag that chooses the address; errors name it.
const Flag = "--kafka"

// DefaultRetentionBytes is how much of a topic's partition is kept at least.
// Older messages go: facts are kept for ever in their owners' stores, not here.
const DefaultRetentionBytes = 64 << 20

// Topic is a topic that must exist once the broker is up.
type Topic struct {
	Name string
	// Partitions is fixed when the topic is first made.
	Partitions int
	// Compacted topics keep the newest message of each key and are never cut by size.
	Compacted bool
	// RetentionBytes per partition; 0 is DefaultRetentionBytes, negative keeps everything.
	RetentionBytes int64
}

// Config says where the broker keeps its logs and where it listens.
type Config struct {
	Dir     string
	Address string
	// Advertised is the host:port that clients are told to connect to, needed
	// only when Address is a wildcard such as 0.0.0.0:9092.
	Advertised string
	Topics     []Topic
	// MaxMessageBytes bounds one batch of messages; 0 is 2 MiB.
	MaxMessageBytes int
	Log             *slog.Logger
}

// Broker is a running broker.
type Broker struct {
	cluster  *kfake.Cluster
	log      *logger
	listener *gate
	done     chan struct{}
	trimming sync.WaitGroup
	stop     sync.Once
}

// Start opens the logs and serves once every topic exists.
func Start(ctx context.Context, cfg Config) (*Broker, error) {
	cfg = cfg.withDefaults()
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	listener, err := listen(cfg.Address, cfg.Advertised)
	if err != nil {
		return nil, err
	}
	if err := repair(cfg.Dir, cfg.Log); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	log := &logger{to: cfg.Log}
	cluster, err := kfake.NewCluster(cfg.options(listener, log)...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("broker: cannot open its logs in %s: %w", cfg.Dir, err), listener.Close())
	}
	b := &Broker{cluster: cluster, log: log, listener: listener, done: make(chan struct{})}
	if err := b.prepare(ctx, cfg); err != nil {
		return nil, errors.Join(err, b.Stop())
	}
	debug.FreeOSMemory() // reading the logs touched all of them once
	listener.open()
	b.trimming.Go(func() { b.trimNowAndThen(cfg.Topics) })
	return b, nil
}

func (c Config) withDefaults() Config {
	if c.Address == "" {
		c.Address = DefaultAddress
	}
	if c.MaxMessageBytes == 0 {
		c.MaxMessageBytes = 2 << 20
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) options(listener *gate, log *logger) []kfake.Opt {
	const never = "315360000000" // ten years of milliseconds
	return []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.ClusterID("liuke"),
		kfake.DataDir(c.Dir),
		kfake.SyncWrites(),
		kfake.ListenFn(func(string, string) (net.Listener, error) { return listener, nil }),
		kfake.WithLogger(log),
		kfake.DefaultNumPartitions(1),
		kfake.GroupMinSessionTimeout(time.Second),
		kfake.BrokerConfigs(map[string]string{
			"log.cleaner.backoff.ms":       never, // compaction only in prepare
			"offsets.retention.minutes":    "5256000",
			"message.max.bytes":            strconv.Itoa(c.MaxMessageBytes),
			"log.segment.bytes":            strconv.Itoa(16 << 20),
			"log.retention.ms":             "-1",
			"group.min.session.timeout.ms": "1000",
		}),
	}
}

// prepare runs while nobody can connect yet.
func (b *Broker) prepare(ctx context.Context, cfg Config) error {
	var compacted []string
	for _, t := range cfg.Topics {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.ensure(t); err != nil {
			return err
		}
		if t.Compacted {
			compacted = append(compacted, t.Name)
		}
	}
	if err := compact(cfg.Dir, compacted, b.compactAll); err != nil {
		return err
	}
	// A topic's existence is a rename; only a synced directory survives power loss.
	return errors.Join(syncDir(cfg.Dir), syncDir(filepath.Dir(cfg.Dir)))
}

// compactAll fails when kfake complained: it has no other way to say that a log
// could not be written anew, on a full disk for one.
func (b *Broker) compactAll() error {
	before := b.log.warnings.Load()
	b.cluster.Compact()
	if n := b.log.warnings.Load() - before; n > 0 {
		return fmt.Errorf("%d warnings, see the log", n)
	}
	return nil
}

func (b *Broker) ensure(t Topic) error {
	info := b.cluster.TopicInfo(t.Name)
	if info == nil {
		if err := b.cluster.CreateTopic(t.Name, int32(t.Partitions), t.configs()); err != nil {
			return fmt.Errorf("broker: topic %s: %w", t.Name, err)
		}
		return nil
	}
	if have := int(b.partitions(t.Name)); have != t.Partitions {
		return fmt.Errorf("broker: topic %s has %d partitions and the program wants %d: a number of partitions is fixed when a topic is made, since keys would change their partition",
			t.Name, have, t.Partitions)
	}
	return nil
}

func (b *Broker) partitions(topic string) int { return len(b.cluster.PartitionInfos(topic)) }

func (t Topic) configs() map[string]string {
	policy := "delete"
	if t.Compacted {
		policy = "compact"
	}
	return map[string]string{"cleanup.policy": policy, "retention.ms": "-1", "retention.bytes": "-1"} // trim.go does it
}

// Address is the host:port that clients connect to.
func (b *Broker) Address() string { return b.listener.Addr().String() }

// Stop writes what a fast start needs and closes the logs. A broker that is
// killed instead loses nothing and reads its logs at the next start.
func (b *Broker) Stop() error {
	b.stop.Do(func() {
		close(b.done)
		b.trimming.Wait()
		b.cluster.Close()
	})
	return nil
}
