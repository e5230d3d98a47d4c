// Package mongo runs a server that speaks MongoDB's wire protocol on this
// machine, without Docker: mongo-java-server, mended (StandIn.java). It keeps
// every acknowledged change over kill -9; it proves nothing about index use,
// power loss, majority, failover or sharding.
package mongo

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"liuke.dev/deploy/engines/java"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/shared/freeport"
)

var (
	//go:embed pom.xml
	pom []byte
	//go:embed StandIn.java
	source []byte
)

// heap in megabytes: everything is kept in memory, until its database is dropped.
// Near its bound the server does nothing but collect garbage.
const heap = 3072

// Options of a server; the zero value listens on a free port.
type Options struct {
	Port     int
	Detached bool
}

// Server is one process.
type Server struct {
	*process.Process
	// Address is host:port.
	Address string
}

// Start starts a server on the data in dir, or on none.
func Start(ctx context.Context, dir string, o Options) (*Server, error) {
	s, err := prepare(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("mongo: %w", err)
	}
	return s, s.Start(ctx)
}

func prepare(ctx context.Context, dir string, o Options) (*Server, error) {
	classPath, err := java.Jars(ctx, "mongo", pom)
	if err != nil {
		return nil, err
	}
	if classPath, err = java.Classes(ctx, "mongo", "StandIn.java", source, classPath); err != nil {
		return nil, err
	}
	var asked []int
	if o.Port != 0 {
		asked = []int{o.Port}
	}
	ports, err := process.PortsOr(asked, 1)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	s := &Server{Address: freeport.Address(ports[0])}
	changes := filepath.Join(dir, "mongo-changes.bson")
	args := append(java.Flags(classPath, heap), "-Dorg.slf4j.simpleLogger.defaultLogLevel=off", "StandIn", fmt.Sprint(ports[0]), changes)
	s.Process = process.New(process.Command{
		Name: "mongo", Path: "java", Args: args, Data: []string{changes}, Log: filepath.Join(dir, "mongo.log"), Detached: o.Detached,
		Ready: func(ctx context.Context) error { return Ping(ctx, s.Address) },
	})
	return s, nil
}

// URI that clients dial; the path is the prefix of Liuke's databases.
func (s *Server) URI(prefix string) string { return URI(s.Address, prefix) }

// URI of a server at an address.
func URI(address, prefix string) string {
	return "mongodb://" + address + "/" + prefix + "?w=majority&journal=true"
}

// Drop removes the databases whose names begin so, and with them the memory that they take.
func (s *Server) Drop(ctx context.Context, prefix string) error {
	c, err := driver.Connect(options.Client().ApplyURI(s.URI("")))
	if err != nil {
		return fmt.Errorf("mongo: %w", err)
	}
	defer c.Disconnect(context.WithoutCancel(ctx)) //nolint:errcheck // what was written was acknowledged
	names, err := c.ListDatabaseNames(ctx, bson.D{})
	if err != nil {
		return fmt.Errorf("mongo: %w", err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			if err := c.Database(name).Drop(ctx); err != nil {
				return fmt.Errorf("mongo: %s: %w", name, err)
			}
		}
	}
	return nil
}

// Ping asks the server at an address whether it is one.
func Ping(ctx context.Context, address string) error {
	c, err := driver.Connect(options.Client().ApplyURI("mongodb://" + address))
	if err != nil {
		return err
	}
	defer c.Disconnect(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	return c.Ping(ctx, nil)
}
