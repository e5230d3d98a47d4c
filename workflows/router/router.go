package router

import (
	"context"
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/journey"
)

// Temporal is what the router needs of Temporal's client.
type Temporal interface {
	SignalWithStartWorkflow(ctx context.Context, workflowID, signal string, arg any, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error)
}

// Router signals journeys.
type Router struct {
	temporal Temporal
	parallel int
	lag      prometheus.Gauge
	clock    instant.Clock
}

// New makes a router that signals at most parallel journeys at once: few enough
// that people's requests, which come first, are not held up.
func New(t Temporal, parallel int, m prometheus.Registerer, clock instant.Clock) *Router {
	lag := prometheus.NewGauge(prometheus.GaugeOpts{Name: "liuke_journeys_lag", Help: "Seconds from when the newest routed fact was recorded until its journey had it."})
	if m != nil {
		var known prometheus.AlreadyRegisteredError
		if err := m.Register(lag); errors.As(err, &known) {
			lag, _ = known.ExistingCollector.(prometheus.Gauge)
		}
	}
	return &Router{temporal: t, parallel: parallel, lag: lag, clock: clock}
}

// Handle brings a batch of facts to their journeys, each journey's with one
// signal and in order. A fact is done only when Temporal has it.
func (r *Router) Handle(ctx context.Context, batch []facts.Event) []error {
	outcomes := make([]error, len(batch))
	groups, order := group(batch, outcomes)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(r.parallel)
	for _, to := range order {
		members := groups[to]
		g.Go(func() error {
			events := make([]journey.Event, len(members))
			for i, m := range members {
				events[i] = event(batch[m])
			}
			err := r.signal(ctx, to, events)
			for _, m := range members {
				outcomes[m] = err
			}
			return nil // the others go on
		})
	}
	_ = g.Wait() // no member returns an error
	if n := len(batch); n > 0 && outcomes[n-1] == nil {
		r.lag.Set(r.clock().Sub(batch[n-1].Time).Seconds())
	}
	return outcomes
}

func group(batch []facts.Event, outcomes []error) (map[Address][]int, []Address) {
	groups := map[Address][]int{}
	var order []Address
	for i, e := range batch {
		to, ok, err := Route(e)
		if outcomes[i] = facts.Final(err); err != nil || !ok {
			continue
		}
		if groups[to] == nil {
			order = append(order, to)
		}
		groups[to] = append(groups[to], i)
	}
	return groups, order
}

// Reconsider asks a journey for a new decision, starting it if it does not run.
func (r *Router) Reconsider(ctx context.Context, to Address, why host.Reconsider) error {
	return r.start(ctx, to, nil, host.SignalReconsider, why)
}

func (r *Router) signal(ctx context.Context, to Address, events []journey.Event) error {
	return r.start(ctx, to, begins(events[0], r.clock()), host.SignalFacts, host.Facts{Events: events})
}

func (r *Router) start(ctx context.Context, to Address, shown *host.Shown, signal string, arg any) error {
	id := host.WorkflowID(to.Kind, to.ID)
	options := client.StartWorkflowOptions{
		ID: id, TaskQueue: host.TaskQueue, StaticSummary: id,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes: host.Attributes(to.Kind, shown),
	}
	_, err := r.temporal.SignalWithStartWorkflow(ctx, id, signal, arg, options, host.Types[to.Kind], host.Input{Kind: to.Kind, ID: to.ID, Version: host.Version, Shown: shown})
	var never *serviceerror.InvalidArgument
	switch {
	case err == nil:
		return nil
	case errors.As(err, &never):
		return facts.Final(fmt.Errorf("signal %s: %w", id, err))
	}
	return problem.Away(fmt.Errorf("signal %s: %w", id, err))
}
