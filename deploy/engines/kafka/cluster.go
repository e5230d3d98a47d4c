// Package kafka runs real Apache Kafka on this machine, one node or three
// (KRaft), without Docker: for tests, which can kill exactly the node that
// leads a partition or coordinates a group, and for developers.
package kafka

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"liuke.dev/deploy/engines/java"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/freeport"
)

//go:embed pom.xml
var pom []byte

// Options of a cluster; the zero value is one node on a free port.
type Options struct {
	// Nodes: 1 or 3. With three, replication is 3 and two must have a message before it is acknowledged.
	Nodes int
	// Ports that clients connect to, one per node; none: free ones.
	Ports []int
	// Advertised addresses, host:port, that clients are told instead of those
	// of the nodes, one per node: proxies. Brokers reach each other without them.
	Advertised []string
	// Properties of the brokers, over those of server.properties.
	Properties map[string]string
	// Detached nodes go on when this process ends.
	Detached bool
}

// Cluster of nodes that run or ran.
type Cluster struct {
	Nodes []*Node
}

// Start starts a cluster on the data in dir, or on none, and returns when every
// node answers and knows the others. Stop or Kill ends it; it dies with this
// process unless it is detached.
func Start(ctx context.Context, dir string, o Options) (*Cluster, error) {
	c, err := prepare(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("kafka: %w", err)
	}
	if err := c.each(func(n *Node) error { return n.Start(ctx) }); err != nil {
		return nil, errors.Join(err, c.Kill())
	}
	if err := c.await(ctx); err != nil {
		return nil, errors.Join(err, c.Kill())
	}
	return c, nil
}

// prepare lays out the nodes and formats their directories if they are new.
func prepare(ctx context.Context, dir string, o Options) (*Cluster, error) {
	if o.Nodes == 0 {
		o.Nodes = 1
	}
	if o.Nodes != 1 && o.Nodes != 3 {
		return nil, fmt.Errorf("a cluster has one node or three, not %d", o.Nodes)
	}
	if len(o.Advertised) != 0 && len(o.Advertised) != o.Nodes {
		return nil, fmt.Errorf("%d advertised addresses for %d nodes", len(o.Advertised), o.Nodes)
	}
	if have, err := filepath.Glob(filepath.Join(dir, "kafka-?", "data")); err != nil || len(have) != 0 && len(have) != o.Nodes {
		return nil, errors.Join(fmt.Errorf("%s holds a cluster of %d nodes, not %d: choose another directory", dir, len(have), o.Nodes), err)
	}
	classPath, err := java.Jars(ctx, "kafka", pom)
	if err != nil {
		return nil, err
	}
	clients, err := process.PortsOr(o.Ports, o.Nodes)
	if err != nil {
		return nil, err
	}
	inner, err := freeport.Find(freeport.Loopback, 2*o.Nodes)
	if err != nil {
		return nil, err
	}
	id, err := clusterID(dir)
	if err != nil {
		return nil, err
	}
	c := new(Cluster)
	voters := voters(inner[o.Nodes:])
	for i := range o.Nodes {
		c.Nodes = append(c.Nodes, newNode(nodeConfig{
			ID: i + 1, Dir: filepath.Join(dir, fmt.Sprint("kafka-", i+1)), ClassPath: classPath, Voters: voters,
			Client: clients[i], Broker: inner[i], Controller: inner[o.Nodes+i], Options: o,
		}))
	}
	return c, c.each(func(n *Node) error { return n.format(ctx, id) })
}

func voters(controllers []int) string {
	var all []string
	for i, port := range controllers {
		all = append(all, fmt.Sprintf("%d@%s", i+1, freeport.Address(port)))
	}
	return strings.Join(all, ",")
}

// clusterID is what the nodes of a cluster know each other by.
func clusterID(dir string) (string, error) {
	path := filepath.Join(dir, "kafka-cluster-id")
	if have, err := os.ReadFile(path); err == nil {
		return string(have), nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	random[0] &= 0x7f        // Kafka refuses an id that begins with a dash
	id := base64.RawURLEncoding.EncodeToString(random)
	return id, os.WriteFile(path, []byte(id), 0o600)
}

// Addresses that clients use, in the order of the nodes.
func (c *Cluster) Addresses() []string {
	var all []string
	for _, n := range c.Nodes {
		all = append(all, n.Address)
	}
	return all
}

// Address is all addresses, comma separated: LIUKE_KAFKA.
func (c *Cluster) Address() string { return strings.Join(c.Addresses(), ",") }

// Replication that topics can have.
func (c *Cluster) Replication() int { return len(c.Nodes) }

// Stop ends all nodes in order. A cluster that has lost its majority cannot
// hand over and is killed.
func (c *Cluster) Stop() error { return c.each(func(n *Node) error { return n.Stop() }) }

// Kill is kill -9 for all nodes.
func (c *Cluster) Kill() error { return c.each(func(n *Node) error { return n.Kill() }) }

// Pause freezes all nodes.
func (c *Cluster) Pause() error { return c.each(func(n *Node) error { return n.Pause() }) }

// Continue lets all nodes go on.
func (c *Cluster) Continue() error { return c.each(func(n *Node) error { return n.Continue() }) }

// Restart stops the nodes that run and starts all of them again, on the same data and ports.
func (c *Cluster) Restart(ctx context.Context) error {
	if err := c.each(func(n *Node) error { return n.Restart(ctx) }); err != nil {
		return err
	}
	return c.await(ctx)
}

// Ready asks every node.
func (c *Cluster) Ready(ctx context.Context) error {
	return c.each(func(n *Node) error { return n.Ready(ctx) })
}

func (c *Cluster) each(do func(*Node) error) error {
	var g errgroup.Group
	for _, n := range c.Nodes {
		g.Go(func() error { return do(n) })
	}
	return g.Wait()
}
