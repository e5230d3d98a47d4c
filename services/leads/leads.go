// Package leads is the service that owns how customers are won: leads and
// their follow-ups, deals and quotes, who is responsible for whom, and the
// public pool.
package leads

import (
	"context"
	"time"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/httpapi"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
)

// lookEvery is how often departures that were not handed over to the end are looked for.
const lookEvery = time.Minute

// Service is leads.
type Service struct {
	deps service.Deps
	app  *app.App
}

// New makes the service on its store.
func New(ctx context.Context, d service.Deps) (*Service, error) {
	a, err := app.New(ctx, app.Config{Engine: d.Store, People: d.Directory, Policy: d.Policy, Clock: d.Clock, Log: d.Log, Journey: d.JourneyLink})
	if err != nil {
		return nil, err
	}
	return &Service{deps: d, app: a}, nil
}

// Register adds the service's operations.
func (s *Service) Register(r *httpx.Server) { httpapi.Register(r, s.app) }

// Run publishes facts, lets leads and deals follow their customers' owners, and
// hands over what people who leave held, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	return service.Together(ctx,
		s.deps.Relay("leads").Run,
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.leads.follow", Topics: []string{catalogue.TopicLeads},
				Types: app.OwnTypes, Handle: s.app.React})
		},
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.leads.people", Topics: []string{catalogue.TopicOrganization},
				Types: app.OrganizationTypes, Handle: s.app.ReactToOrganization})
		},
		s.app.RunImports,
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.leads.customers", Topics: []string{catalogue.TopicAccounts},
				Types: app.AccountsTypes, Handle: s.app.ReactToAccounts})
		},
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.leads.standings", Topics: []string{catalogue.TopicAccounts},
				Types: app.StandingTypes, Handle: s.app.Stood})
		},
		s.goOn)
}

// goOn takes up what a crash interrupted, once people are known, and looks again on a slow clock.
func (s *Service) goOn(ctx context.Context) error {
	if err := s.deps.Directory.Wait(ctx); err != nil {
		return nil // stopped before
	}
	for {
		if err := s.app.GoOn(ctx); err != nil && ctx.Err() == nil {
			s.deps.Log.WarnContext(ctx, "departures could not be handed over", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}
