package broker

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"
)

// trimEvery is how often old messages are looked for.
const trimEvery = 10 * time.Minute

func (b *Broker) trimNowAndThen(topics []Topic) {
	tick := time.NewTicker(trimEvery)
	defer tick.Stop()
	for {
		select {
		case <-b.done:
			return
		case <-tick.C:
			if err := b.trim(topics); err != nil {
				b.log.to.Warn("broker: old messages stay for now", "error", err)
			}
		}
	}
}

// trim drops what is above the size of a topic, oldest first, but nothing that
// a consumer group of the topic has yet to read: a consumer that was away for
// long must find every fact.
func (b *Broker) trim(topics []Topic) error {
	groups, err := b.groups()
	if err != nil {
		return err
	}
	for _, t := range topics {
		limit := t.retention()
		if limit < 0 {
			continue
		}
		for _, p := range b.cluster.PartitionInfos(t.Name) {
			cut := min(oldest(p, limit), unread(groups, t.Name, p.Partition))
			if cut <= p.LogStartOffset {
				continue
			}
			if err := b.cluster.DeleteRecords(t.Name, p.Partition, cut); err != nil {
				return fmt.Errorf("broker: topic %s: %w", t.Name, err)
			}
		}
	}
	return nil
}

func (t Topic) retention() int64 {
	switch {
	case t.Compacted:
		return -1
	case t.RetentionBytes == 0:
		return DefaultRetentionBytes
	default:
		return t.RetentionBytes
	}
}

// oldest is about where the newest limit bytes of a partition begin. One
// message always stays: an empty log would forget its offsets in a crash.
func oldest(p *kfake.PartitionInfo, limit int64) int64 {
	if p.NumBytes <= limit {
		return p.LogStartOffset
	}
	messages := float64(p.HighWatermark - p.LogStartOffset)
	share := float64(p.NumBytes-limit) / float64(p.NumBytes)
	return min(p.LogStartOffset+int64(messages*share), p.HighWatermark-1)
}

// unread is the first offset that some group of a topic has not committed.
func unread(groups []*kfake.GroupInfo, topic string, partition int32) int64 {
	first := int64(1<<63 - 1)
	for _, g := range groups {
		if commits, reads := g.Commits[topic]; reads {
			first = min(first, commits[partition].Offset)
		}
	}
	return first
}

func (b *Broker) groups() ([]*kfake.GroupInfo, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	c := &kafka.Client{Addr: kafka.TCP(b.listener.Listener.Addr().String()), Transport: &kafka.Transport{}}
	defer c.Transport.(*kafka.Transport).CloseIdleConnections()
	list, err := c.ListGroups(ctx, &kafka.ListGroupsRequest{})
	if err != nil {
		return nil, fmt.Errorf("broker: consumer groups: %w", err)
	}
	if list.Error != nil {
		return nil, fmt.Errorf("broker: consumer groups: %w", list.Error)
	}
	var groups []*kfake.GroupInfo
	for _, g := range list.Groups {
		if info := b.cluster.GroupInfo(g.GroupID); info != nil {
			groups = append(groups, info)
		}
	}
	return groups, nil
}
