package facts

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/policy"
)

// Follow reads all facts of a topic from the beginning, in every process and
// without a group, until ctx ends, and then returns nil; ready is called once
// everything recorded at the start was applied. A fact that cannot be read or applied is logged and
// left out: a projection must not stop at it.
func Follow(ctx context.Context, cluster kafka.Cluster, topic string, log *slog.Logger, apply func(Event) error, ready func()) error {
	err := cluster.Follow(ctx, topic, func(m kafka.Message) {
		if m.Value == nil || m.Header(headerReplayFor) != "" {
			return // deleted by compaction, or meant for one group only
		}
		e, err := FromMessage(m)
		if err == nil {
			err = ValidateRead(e.Type, e.Data)
		}
		if err == nil {
			err = apply(e)
		}
		if err != nil {
			orDiscard(log).Error("a fact was left out of a projection", "topic", topic, "partition", m.Partition, "offset", m.Offset, "fact", e.ID, "error", err)
		}
	}, ready)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// FollowPolicy fills the holder from the policy topic until ctx ends; ready is
// called once every version published before is held.
func FollowPolicy(ctx context.Context, cluster kafka.Cluster, holder *policy.Holder, log *slog.Logger, ready func()) error {
	return Follow(ctx, cluster, catalogue.TopicPolicy, log, func(e Event) error { return putPolicy(holder, e) }, ready)
}

func putPolicy(holder *policy.Holder, e Event) error {
	if e.Type != (&catalogue.PolicyPublished{}).Kind().Type {
		return nil
	}
	published, err := Decode[catalogue.PolicyPublished](e)
	if err != nil {
		return err
	}
	var book policy.Book
	if err := json.Unmarshal(published.Book, &book); err != nil {
		return fmt.Errorf("policy version %d: %w", published.Version, err)
	}
	if book.Version != published.Version {
		return fmt.Errorf("policy: fact %s says version %d and holds version %d", e.ID, published.Version, book.Version)
	}
	return holder.Put(book)
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}
