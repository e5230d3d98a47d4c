package kafka

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"liuke.dev/deploy/engines/java"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/freeport"
)

var (
	//go:embed server.properties
	propertiesText string
	//go:embed log4j2.properties
	logging    []byte
	properties = template.Must(template.New("server.properties").Parse(propertiesText))
)

// heap of a node in megabytes.
const heap = 512

// Node is one process of a cluster: broker and controller.
type Node struct {
	*process.Process
	// ID is what Kafka calls the node: 1, 2, 3.
	ID int
	// Address is what clients are told: the node's or a proxy's.
	Address string
	// Direct is where the node itself listens for clients.
	Direct string

	inner  string // where brokers talk to each other: no proxy is in between
	config nodeConfig
}

type nodeConfig struct {
	ID                         int
	Dir, ClassPath, Voters     string
	Client, Broker, Controller int
	Options                    Options
}

func (c nodeConfig) Advertised() string {
	if len(c.Options.Advertised) > 0 {
		return c.Options.Advertised[c.ID-1]
	}
	return freeport.Address(c.Client)
}

func (c nodeConfig) Data() string     { return filepath.Join(c.Dir, "data") }
func (c nodeConfig) Replication() int { return c.Options.Nodes }
func (c nodeConfig) InSync() int      { return 1 + c.Options.Nodes/2 }
func (c nodeConfig) file() string     { return filepath.Join(c.Dir, "server.properties") }

func newNode(c nodeConfig) *Node {
	n := &Node{ID: c.ID, Address: c.Advertised(), Direct: freeport.Address(c.Client), inner: freeport.Address(c.Broker), config: c}
	n.Process = process.New(process.Command{
		Name: fmt.Sprint("kafka-", c.ID), Path: "java", Args: append(n.flags(), "kafka.Kafka", c.file()),
		Data: []string{c.Data()}, Log: filepath.Join(c.Dir, "server.log"), Detached: c.Options.Detached,
		Ready: func(ctx context.Context) error { return knows(ctx, n.inner, n.ID) },
	})
	return n
}

func (n *Node) flags() []string {
	return append(java.Flags(n.config.ClassPath, heap), "-Dlog4j2.configurationFile="+filepath.Join(n.config.Dir, "log4j2.properties"))
}

// format writes the configuration and makes a new directory one of this cluster.
func (n *Node) format(ctx context.Context, cluster string) error {
	if err := os.MkdirAll(n.config.Dir, 0o755); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := properties.Execute(&text, n.config); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(n.config.Options.Properties)) {
		fmt.Fprintf(&text, "%s=%s\n", key, strings.ReplaceAll(n.config.Options.Properties[key], "\n", "\\\n"))
	}
	if err := os.WriteFile(n.config.file(), text.Bytes(), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(n.config.Dir, "log4j2.properties"), logging, 0o600); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(n.config.Data(), "meta.properties")); err == nil {
		return nil
	}
	return java.Run(ctx, "java", append(n.flags(), "kafka.tools.StorageTool", "format", "-t", cluster, "-c", n.config.file())...)
}
