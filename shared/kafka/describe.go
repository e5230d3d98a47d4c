package kafka

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	kafkago "github.com/segmentio/kafka-go"
)

// Description is what a cluster says of itself to an operator.
type Description struct {
	Brokers int
	Topics  map[string]TopicState // those asked for that exist
	Groups  []GroupState
}

// TopicState is how a topic stands.
type TopicState struct {
	Partitions  int
	Replication int               // of its least replicated partition
	Behind      int               // partitions with fewer in-sync replicas than replicas
	Leaderless  int               // partitions that nobody serves
	Settings    map[string]string // cleanup.policy, retention.bytes, retention.ms, min.insync.replicas
}

// GroupState is how a consumer group stands.
type GroupState struct {
	Name    string
	State   string           // Stable, Empty, PreparingRebalance …
	Members int              //
	Lag     map[string]int64 // by topic; only topics of which it has committed something
}

// described are the settings of a topic that matter.
var described = []string{"cleanup.policy", "retention.bytes", "retention.ms", "min.insync.replicas"}

// Describe asks the cluster about these topics and all groups whose names begin
// with groups. Names are as they are on the cluster, prefix included.
func (c *Client) Describe(ctx context.Context, topics []string, groups string) (Description, error) {
	d := Description{Topics: map[string]TopicState{}}
	if c.bad != nil {
		return d, c.bad
	}
	meta, err := c.api.Metadata(ctx, &kafkago.MetadataRequest{Topics: topics})
	if err != nil {
		return d, fmt.Errorf("kafka %v: %w", c.cfg.Brokers, err)
	}
	d.Brokers = len(meta.Brokers)
	for _, t := range meta.Topics {
		if t.Error == nil && len(t.Partitions) > 0 {
			d.Topics[t.Name] = topicState(t)
		}
	}
	if err := c.settings(ctx, d.Topics); err != nil {
		return d, err
	}
	d.Groups, err = c.groups(ctx, groups, d.Topics)
	return d, err
}

func topicState(t kafkago.Topic) TopicState {
	s := TopicState{Partitions: len(t.Partitions), Replication: len(t.Partitions[0].Replicas), Settings: map[string]string{}}
	for _, p := range t.Partitions {
		s.Replication = min(s.Replication, len(p.Replicas))
		if len(p.Isr) < len(p.Replicas) {
			s.Behind++
		}
		if p.Error != nil || p.Leader.Host == "" {
			s.Leaderless++
		}
	}
	return s
}

func (c *Client) settings(ctx context.Context, topics map[string]TopicState) error {
	const topicResource = 2
	var ask []kafkago.DescribeConfigRequestResource
	for name := range topics {
		ask = append(ask, kafkago.DescribeConfigRequestResource{ResourceType: topicResource, ResourceName: name, ConfigNames: described})
	}
	if len(ask) == 0 {
		return nil
	}
	answer, err := c.api.DescribeConfigs(ctx, &kafkago.DescribeConfigsRequest{Resources: ask})
	if err != nil {
		return fmt.Errorf("kafka: settings of topics: %w", err)
	}
	for _, r := range answer.Resources {
		if r.Error != nil {
			return fmt.Errorf("kafka: settings of %s: %w", r.ResourceName, r.Error)
		}
		for _, e := range r.ConfigEntries {
			if slices.Contains(described, e.ConfigName) {
				topics[r.ResourceName].Settings[e.ConfigName] = e.ConfigValue
			}
		}
	}
	return nil
}

func (c *Client) groups(ctx context.Context, prefix string, topics map[string]TopicState) ([]GroupState, error) {
	all, err := c.api.ListGroups(ctx, &kafkago.ListGroupsRequest{})
	if err == nil {
		err = all.Error
	}
	if err != nil {
		return nil, fmt.Errorf("kafka: consumer groups: %w", err)
	}
	bounds := map[string]map[int]bound{}
	ask := map[string][]int{}
	for t := range topics {
		if bounds[t], err = c.bounds(ctx, t); err != nil {
			return nil, err
		}
		for p := range bounds[t] {
			ask[t] = append(ask[t], p)
		}
	}
	var out []GroupState
	for _, g := range all.Groups {
		if !strings.HasPrefix(g.GroupID, prefix) {
			continue
		}
		s, err := c.group(ctx, g.GroupID, bounds, ask)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b GroupState) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

func (c *Client) group(ctx context.Context, name string, bounds map[string]map[int]bound, ask map[string][]int) (GroupState, error) {
	s := GroupState{Name: name, Lag: map[string]int64{}}
	d, err := c.api.DescribeGroups(ctx, &kafkago.DescribeGroupsRequest{GroupIDs: []string{name}})
	if err != nil {
		return s, fmt.Errorf("kafka: group %s: %w", name, err)
	}
	for _, g := range d.Groups {
		s.State, s.Members = g.GroupState, len(g.Members)
	}
	committed, err := c.committed(ctx, name, ask)
	if err != nil {
		return s, err
	}
	for topic, offsets := range committed {
		read := false
		for _, offset := range offsets {
			read = read || offset >= 0
		}
		if !read {
			continue
		}
		for p, b := range bounds[topic] {
			s.Lag[topic] += b.end - max(offsets[p], b.start)
		}
	}
	return s, nil
}
