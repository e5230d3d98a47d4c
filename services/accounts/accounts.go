// Package accounts is the service that alone owns customers: the one file per
// customer and the match keys that lead to it.
package accounts

import (
	"context"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/attachments"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/httpapi"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/maintenance"
	"liuke.dev/services/accounts/internal/merging"
	"liuke.dev/services/accounts/internal/needchange"
	"liuke.dev/services/accounts/internal/orders"
	"liuke.dev/services/accounts/internal/outreach"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
)

// sweepEvery is how often what a crash left behind is looked for; sweepBack is
// how far back, which covers a process that was down for days.
const (
	sweepEvery = time.Minute
	sweepBack  = time.Hour
)

// part is one part of the file: it owns its collections, operations and
// background work. Parts know one another only through what New hands them.
type part interface {
	Register(r *httpx.Server)
	Run(ctx context.Context) error
}

// Service is accounts.
type Service struct {
	deps  service.Deps
	app   *app.Accounts
	api   *httpapi.API
	parts []part
}

// New makes the service on its store.
func New(ctx context.Context, d service.Deps) (*Service, error) {
	docs, err := storage.Open(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	guard := access.New(d.Directory, d.Clock)
	a := app.New(docs, guard, d.Clock, d.Policy)
	s := &Service{deps: d, app: a, api: &httpapi.API{Accounts: a, Guard: guard}}
	line, err := timeline.New(ctx, timeline.Config{Engine: d.Store, Files: a, Guard: guard, Policy: d.Policy, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, timeline.Part{Timeline: line, Deps: d})
	where, err := stands(ctx, d, a, guard, line)
	if err != nil {
		return nil, err
	}
	s.parts, s.api.Stands = append(s.parts, where), where.Brief
	reach, err := outreach.New(ctx, outreach.Config{Engine: d.Store, Files: a, Guard: guard, Policy: d.Policy, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, outreach.Part{Outreach: reach, Deps: d})
	bought, err := orders.New(ctx, orders.Config{Engine: d.Store, Files: a, Guard: guard, Policy: d.Policy, Clock: d.Clock})
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, bought)
	frame := links.New(d.Key, d.Policy, d.Clock, d.Config.Origin)
	rescue, err := rescuing(ctx, d, a, guard, frame, line, bought, reach, where)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, rescue)
	seen, err := glance(ctx, d, a, guard, line)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, seen...)
	care, err := maintenance.New(ctx, d, a, guard, bought)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, care)
	files, err := attachments.New(ctx, attachments.Config{Engine: d.Store, Objects: d.Objects, Files: a, Policy: d.Policy, Clock: d.Clock, Log: d.Log})
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, files)
	needs, err := needchange.New(ctx, d, a, guard)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, needs)
	cared, err := caring(ctx, d, a, guard, frame, reach)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, cared...)
	sold, err := commerce(ctx, d, a, guard, frame, reach)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, sold...)
	learns, err := reviewing(ctx, d, a, guard, frame, line, reach)
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, learns...)
	joined, err := merging.New(ctx, merging.Config{Deps: d, Accounts: a, Line: line, Holders: holders(s.parts)})
	if err != nil {
		return nil, err
	}
	s.parts = append(s.parts, joined)
	return s, nil
}

// holders are the parts whose things move with their customer.
func holders(parts []part) []holdings.Holder {
	var all []holdings.Holder
	for _, p := range parts {
		if h, ok := p.(interface{ Holders() []holdings.Holder }); ok {
			all = append(all, h.Holders()...)
		}
	}
	return all
}

// Register adds the service's operations.
func (s *Service) Register(r *httpx.Server) {
	s.api.Register(r)
	for _, p := range s.parts {
		p.Register(r)
	}
}

// Run publishes facts, keeps owners current and heals what crashes left behind,
// until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	work := []func(context.Context) error{
		s.deps.Relay("accounts").Run,
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.owners", Topics: []string{catalogue.TopicLeads},
				Types: app.OwnerTypes, Handle: s.app.Observe})
		},
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.labels", Topics: []string{catalogue.TopicAccounts},
				Types: app.LabelTypes, Handle: s.app.Label})
		},
		s.sweep,
	}
	for _, p := range s.parts {
		work = append(work, p.Run)
	}
	return service.Together(ctx, work...)
}

// sweep looks through everything once at the start, then at what is recent.
func (s *Service) sweep(ctx context.Context) error {
	since, err := s.app.LastOpened(ctx)
	if err != nil {
		s.deps.Log.WarnContext(ctx, "sweep of customers", "error", err)
	}
	for {
		if err := s.app.Sweep(ctx, since.Add(-sweepBack)); err != nil && ctx.Err() == nil {
			s.deps.Log.WarnContext(ctx, "sweep of customers", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(sweepEvery):
		}
		since = s.deps.Clock()
	}
}
