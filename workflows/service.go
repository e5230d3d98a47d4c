package workflows

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/config"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
	services "liuke.dev/workflows/client"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/rollout"
	"liuke.dev/workflows/router"
)

// Service runs journeys: it implements service.Service.
type Service struct {
	d        service.Deps
	temporal client.Client
	decider  *decisions.Decider
	router   *router.Router
	services activity.Caller
	patience time.Duration // of a sweep, see sweepPatience
	moved    moved
	home     home
}

// routerParallel bounds how many journeys are signalled at once.
const routerParallel = 8

// A journey takes a hundred times the processor time of the request that began
// it, so while people wait only a trickle of facts goes on to journeys.
const (
	routerBatch    = 16
	routerCourtesy = 3 * time.Second
)

// Keep bounds how many journeys' workflows this process keeps in memory. It must be
// called before the process has any worker: all of them share the cache that the
// first one made, and the embedded Temporal server has some of its own, which
// would keep 10,000.
func Keep(journeys int) { worker.SetStickyWorkflowCacheSize(journeys) }

// New makes the worker of journeys. Temporal may still be away: it is dialled
// when first needed.
func New(ctx context.Context, d service.Deps) (*Service, error) {
	o, err := DialOptions(d.Config, d.Log)
	if err != nil {
		return nil, err
	}
	t, err := client.NewLazyClient(o)
	if err != nil {
		return nil, fmt.Errorf("journeys: %w", err)
	}
	return NewWith(ctx, d, t, services.New(cmp.Or(d.Config.InternalOrigin, d.Config.Origin), nil, d.Key.Process("journeys")))
}

// NewWith makes the worker with a Temporal client and a caller of services of
// one's own: tests, and the demo that skips time.
func NewWith(ctx context.Context, d service.Deps, t client.Client, call activity.Caller) (*Service, error) {
	decider, err := decisions.New(ctx, d.Store, d.Policy, d.Directory.Calendars, func(kind, id string) string { return d.Config.Origin + "/v1/journeys/" + kind + "/" + id }, Kinds()...)
	if err != nil {
		return nil, err
	}
	decider.Measure(d.Metrics)
	return &Service{d: d, temporal: t, decider: decider, router: router.New(t, routerParallel, d.Metrics, d.Clock), services: call, patience: sweepPatience}, nil
}

// Register adds the operations that show journeys.
func (s *Service) Register(r *httpx.Server) { s.register(r) }

// DependsOn tells that journeys need Temporal to be ready.
func (s *Service) DependsOn() (string, func(context.Context) error) {
	return "temporal", s.ping
}

// Run makes the namespace where it is missing, serves the task queue, routes
// facts, and publishes decisions.
func (s *Service) Run(ctx context.Context) error {
	defer s.temporal.Close()
	return service.Together(ctx, s.settle, s.settled(s.serve), s.settled(s.route), s.settled(s.sweep), s.watch, s.letters, s.d.Relay("journeys").Run)
}

// route brings facts to journeys, unless they are held back: then facts wait in
// Kafka, and the journeys read on from there once they may.
func (s *Service) route(ctx context.Context) error {
	if s.d.Config.Journeys == config.JourneysHeld {
		s.d.Log.WarnContext(ctx, "journeys are held back: no fact reaches them until this is changed")
		<-ctx.Done()
		return nil
	}
	return s.d.Consume(ctx, facts.ConsumerConfig{Group: "liuke.journeys", Topics: []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicNotifications},
		Types: router.Types, HandleBatch: s.router.Handle, MaxBatch: routerBatch, Courtesy: routerCourtesy, Promises: true})
}

// serve runs the Temporal worker; one that cannot start waits for Temporal.
func (s *Service) serve(ctx context.Context) error {
	Keep(s.d.Config.JourneysKept)
	build := rollout.Build(s.d.Config.Build)
	for {
		w := NewWorker(s.temporal, s.decider, &activity.Activities{Services: s.services, Metrics: activity.NewMetrics(s.d.Metrics)}, rollout.Versioned(build))
		err := w.Start()
		if err == nil {
			rollout.New(s.temporal, s.d.Config.Namespace, host.TaskQueue).Watch(ctx, build, s.d.Config.Rollout, s.d.Log.Info)
			w.Stop()
			return nil
		}
		s.d.Log.WarnContext(ctx, "journeys: Temporal does not answer", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// stickyFor is how long a workflow task waits for the worker that knows the
// journey before another takes it. With the default of 5 s nearly every task of a
// burst would be done twice; and what waited for a worker that was killed waits so
// long.
const stickyFor = 15 * time.Second

// manyAtOnce is how many journeys may be in the middle of a decision or its
// effects. They are many because most of them wait: whoever came due in the same
// instant decides first, and the first tries of effects wait for that. How much
// is really done at once is bounded where it is done (decisions.places,
// activity.AtOnce).
const manyAtOnce = 2_048

// NewWorker makes the Temporal worker of journeys, tuned for two cores. Without
// rollout.Versioned it serves a task queue whose workers have no versions.
func NewWorker(t client.Client, d *decisions.Decider, a *activity.Activities, more ...func(*worker.Options)) worker.Worker {
	options := worker.Options{
		StickyScheduleToStartTimeout:            stickyFor,
		MaxConcurrentWorkflowTaskPollers:        4,
		MaxConcurrentActivityTaskPollers:        4,
		MaxConcurrentWorkflowTaskExecutionSize:  manyAtOnce,
		MaxConcurrentActivityExecutionSize:      32,
		MaxConcurrentLocalActivityExecutionSize: 2 * manyAtOnce,
		WorkerStopTimeout:                       2 * time.Second,
	}
	for _, set := range more {
		set(&options)
	}
	w := worker.New(t, host.TaskQueue, options)
	host.Register(w, d, a)
	return w
}
