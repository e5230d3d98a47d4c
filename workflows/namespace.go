package workflows

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"liuke.dev/workflows/host"
)

// home is the namespace of journeys as this process knows it.
type home struct{ there atomic.Bool }

var errNoHome = errors.New("the namespace and its search attributes are not there yet")

// settle makes the namespace, again until Temporal answers.
func (s *Service) settle(ctx context.Context) error {
	for {
		within, cancel := context.WithTimeout(ctx, 20*time.Second)
		err := host.EnsureNamespace(within, s.temporal, s.d.Config.Namespace)
		cancel()
		if err == nil {
			s.home.there.Store(true)
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		s.d.Log.Warn("journeys wait for Temporal", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// settled keeps a part until there is a namespace.
func (s *Service) settled(part func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		for !s.home.there.Load() {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(50 * time.Millisecond):
			}
		}
		return part(ctx)
	}
}

// ping tells whether journeys can run.
func (s *Service) ping(ctx context.Context) error {
	if _, err := s.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return err
	}
	if !s.home.there.Load() {
		return errNoHome
	}
	// A frontend whose database is away still says that it is well.
	_, err := s.temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: s.d.Config.Namespace})
	return err
}
