// Package service holds what every service is made of and how one is run: the
// dependencies that are handed in, and the program around it.
package service

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// Deps is what a service is given; it opens nothing itself.
type Deps struct {
	Config    config.Config
	Store     store.Engine  // the service's own
	Objects   objects.Store // where files are kept; nil: nowhere
	Cluster   kafka.Cluster
	Policy    *policy.Holder
	Directory *directory.Directory
	Clock     instant.Clock
	Log       *slog.Logger
	Metrics   prometheus.Registerer
	Facts     *facts.Metrics
	// Health is the board on which relays, consumers and dependencies show how they stand.
	Health *health.Board
	// Key signs the tokens of Liuke's own processes.
	Key *auth.Key
	// Verifier is what the program checks tokens with; organization lets it trust its issuer.
	Verifier *auth.Verifier
}

// Service is what each service's New returns.
type Service interface {
	// Register adds the service's operations.
	Register(s *httpx.Server)
	// Run does the background work (relay, consumers, senders) until ctx ends.
	Run(ctx context.Context) error
}

// Checked is a service that needs something besides store and Kafka to be ready.
type Checked interface {
	DependsOn() (name string, ping func(context.Context) error)
}

// Relay makes the relay of the service's own facts.
func (d Deps) Relay(name string) *facts.Relay {
	r := facts.NewRelay(facts.RelayConfig{Service: name, Engine: d.Store, Producer: d.Cluster, Metrics: d.Facts, Log: d.Log, Clock: d.Clock})
	d.Health.Part("relay:"+name, r.Check)
	return r
}

// Consume fills in what every consumer of the service shares and runs it.
func (d Deps) Consume(ctx context.Context, c facts.ConsumerConfig) error {
	c.Cluster, c.Metrics, c.Health, c.Log, c.Clock = d.Cluster, d.Facts, d.Health, d.Log, d.Clock
	return facts.Consume(ctx, c)
}

// JourneyLink gives the address of a journey in the Temporal UI, so that leads,
// deals and tasks can point to it.
func (d Deps) JourneyLink(kind, id string) string {
	return JourneyLink(d.Config, kind, id)
}

// Together runs the parts of a service until one fails or ctx ends.
func Together(ctx context.Context, parts ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		g.Go(func() error { return part(ctx) })
	}
	return g.Wait()
}
