package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

// EnsureTopics makes the topics that do not exist and waits until they can be
// used. A topic that exists stays as it is.
func (c *Client) EnsureTopics(ctx context.Context, topics []Topic) error {
	var missing []kafkago.TopicConfig
	for _, t := range topics {
		if _, err := c.topic(ctx, t.Name); errors.Is(err, kafkago.UnknownTopicOrPartition) {
			missing = append(missing, t.config())
		} else if err != nil && !errors.Is(err, kafkago.LeaderNotAvailable) {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	made, err := c.api.CreateTopics(ctx, &kafkago.CreateTopicsRequest{Topics: missing})
	if err != nil {
		return fmt.Errorf("kafka: make topics: %w", err)
	}
	for name, err := range made.Errors {
		if err != nil && !errors.Is(err, kafkago.TopicAlreadyExists) {
			return fmt.Errorf("kafka: make topic %s: %w", name, err)
		}
	}
	return c.awaitTopics(ctx, missing)
}

// awaitTopics waits for every partition to have a leader.
func (c *Client) awaitTopics(ctx context.Context, topics []kafkago.TopicConfig) error {
	for _, t := range topics {
		for {
			_, err := c.bounds(ctx, t.Topic)
			if err == nil {
				break
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return errors.Join(ctx.Err(), err)
			}
		}
	}
	return nil
}

// config gives what a topic is made with. Messages are kept for ever unless the
// operator says otherwise: projections begin at the beginning.
func (t Topic) config() kafkago.TopicConfig {
	entries := []kafkago.ConfigEntry{
		{ConfigName: "max.message.bytes", ConfigValue: strconv.Itoa(topicMessageBytes)},
		{ConfigName: "retention.ms", ConfigValue: "-1"},
	}
	if t.Whole {
		entries = append(entries, kafkago.ConfigEntry{ConfigName: "retention.bytes", ConfigValue: "-1"})
	}
	if t.Compacted {
		entries = append(entries, kafkago.ConfigEntry{ConfigName: "cleanup.policy", ConfigValue: "compact"})
	}
	replication := t.Replication
	if replication == 0 {
		replication = -1
	}
	if replication >= 3 {
		entries = append(entries, kafkago.ConfigEntry{ConfigName: "min.insync.replicas", ConfigValue: "2"})
	}
	return kafkago.TopicConfig{Topic: t.Name, NumPartitions: max(t.Partitions, 1), ReplicationFactor: replication, ConfigEntries: entries}
}
