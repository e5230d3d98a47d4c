package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	askWithin = 2 * time.Second
	askEvery  = 50 * time.Millisecond
)

// ask puts one request to one broker and to no other.
func ask(ctx context.Context, address string, request kmsg.Request) (kmsg.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	c, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.DialTimeout(time.Second), kgo.RetryTimeout(askWithin))
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return c.SeedBrokers()[0].Request(ctx, request)
}

// metadata is what the broker at the address says about the cluster and some topics.
func metadata(ctx context.Context, address string, topics ...string) (*kmsg.MetadataResponse, error) {
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	for _, name := range topics {
		request.Topics = append(request.Topics, kmsg.MetadataRequestTopic{Topic: kmsg.StringPtr(name)})
	}
	response, err := ask(ctx, address, request)
	if err != nil {
		return nil, err
	}
	return response.(*kmsg.MetadataResponse), nil
}

// Ping asks a broker of whatever cluster for its metadata.
func Ping(ctx context.Context, address string) error {
	m, err := metadata(ctx, address)
	if err == nil && len(m.Brokers) == 0 {
		return errors.New("no broker is registered")
	}
	return err
}

// knows asks the broker at the address whether it is registered, and the others too.
func knows(ctx context.Context, address string, ids ...int) error {
	m, err := metadata(ctx, address)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(m.Brokers, func(b kmsg.MetadataResponseBroker) bool { return b.NodeID == int32(id) }) {
			return fmt.Errorf("broker %d is not registered", id)
		}
	}
	return nil
}

// await returns when all nodes know all nodes.
func (c *Cluster) await(ctx context.Context) error {
	var ids []int
	for _, n := range c.Nodes {
		ids = append(ids, n.ID)
	}
	return until(ctx, func() error {
		return c.each(func(n *Node) error { return knows(ctx, n.inner, ids...) })
	})
}

// until asks again until there is no error, for half a minute at most.
func until(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("kafka: %w", err)
		case <-time.After(askEvery):
		}
	}
}

// Leader is the node that leads a partition now. It waits while there is none.
func (c *Cluster) Leader(ctx context.Context, topic string, partition int) (*Node, error) {
	return c.find(ctx, func(n *Node) (int32, error) {
		p, err := describe(ctx, n, topic, partition)
		if err == nil {
			err = kerr.ErrorForCode(p.ErrorCode)
		}
		return p.Leader, err
	})
}

// Coordinator is the node that coordinates a consumer group now. It waits while there is none.
func (c *Cluster) Coordinator(ctx context.Context, group string) (*Node, error) {
	return c.find(ctx, func(n *Node) (int32, error) {
		request := kmsg.NewPtrFindCoordinatorRequest()
		request.CoordinatorKey, request.CoordinatorKeys = group, []string{group}
		response, err := ask(ctx, n.inner, request)
		if err != nil {
			return 0, err
		}
		found := response.(*kmsg.FindCoordinatorResponse)
		if len(found.Coordinators) == 1 {
			return found.Coordinators[0].NodeID, kerr.ErrorForCode(found.Coordinators[0].ErrorCode)
		}
		return found.NodeID, kerr.ErrorForCode(found.ErrorCode)
	})
}

// Controller is the node that leads the quorum of controllers now. It waits while there is none.
func (c *Cluster) Controller(ctx context.Context) (*Node, error) {
	return c.find(ctx, func(n *Node) (int32, error) {
		request := kmsg.NewPtrDescribeQuorumRequest()
		request.Topics = []kmsg.DescribeQuorumRequestTopic{{Topic: "__cluster_metadata", Partitions: []kmsg.DescribeQuorumRequestTopicPartition{{}}}}
		response, err := ask(ctx, n.inner, request)
		if err != nil {
			return 0, err
		}
		r := response.(*kmsg.DescribeQuorumResponse)
		if err := kerr.ErrorForCode(r.ErrorCode); err != nil {
			return 0, err
		}
		if len(r.Topics) != 1 || len(r.Topics[0].Partitions) != 1 {
			return 0, errors.New("the quorum is not described")
		}
		p := r.Topics[0].Partitions[0]
		return p.LeaderID, kerr.ErrorForCode(p.ErrorCode)
	})
}

// InSync returns when every replica of a partition has all of it, as after a
// restart: only then may another node be killed.
func (c *Cluster) InSync(ctx context.Context, topic string, partition int) error {
	return until(ctx, func() error {
		n, err := c.Leader(ctx, topic, partition)
		if err != nil {
			return err
		}
		p, err := describe(ctx, n, topic, partition)
		if err == nil && len(p.ISR) < len(p.Replicas) {
			err = fmt.Errorf("%d of %d replicas of %s/%d are in sync", len(p.ISR), len(p.Replicas), topic, partition)
		}
		return err
	})
}

func describe(ctx context.Context, n *Node, topic string, partition int) (kmsg.MetadataResponseTopicPartition, error) {
	var none kmsg.MetadataResponseTopicPartition
	m, err := metadata(ctx, n.inner, topic)
	if err != nil {
		return none, err
	}
	for _, t := range m.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil {
			return none, fmt.Errorf("%s: %w", topic, err)
		}
		for _, p := range t.Partitions {
			if p.Partition == int32(partition) {
				return p, nil
			}
		}
	}
	return none, fmt.Errorf("%s has no partition %d", topic, partition)
}

// find asks the running nodes until one names a node that runs: right after a
// kill the dead one is still named.
func (c *Cluster) find(ctx context.Context, who func(*Node) (int32, error)) (found *Node, err error) {
	err = until(ctx, func() error {
		err := errors.New("no node runs")
		for _, n := range c.Nodes {
			if !n.Running() {
				continue
			}
			var id int32
			if id, err = who(n); err != nil {
				continue
			}
			for _, candidate := range c.Nodes {
				if candidate.ID == int(id) && candidate.Running() {
					found = candidate
					return nil
				}
			}
			err = fmt.Errorf("it is node %d, which does not run", id)
		}
		return err
	})
	return found, err
}
