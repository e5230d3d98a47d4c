// Package insights builds read models from the fact stream alone: the record
// behind "why", where every journey stands, and the ledger of promises.
package insights

import (
	"context"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/httpapi"
	"liuke.dev/services/insights/internal/learning"
	"liuke.dev/services/insights/internal/outage"
	"liuke.dev/services/insights/internal/performance"
	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/punctuality"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/services/insights/internal/why"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
)

// Service is insights.
type Service struct {
	deps service.Deps
	c    record.Collections
	late *punctuality.Book
	outs *outage.Book

	learnt *learning.Book
	done   *performance.Book
}

// New opens insights' read models.
func New(ctx context.Context, d service.Deps) (*Service, error) {
	c, err := record.Open(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	late, err := punctuality.Open(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	outs, err := outage.Open(ctx, d.Store, c)
	if err != nil {
		return nil, err
	}
	learnt, err := learning.Open(ctx, d.Store, c, d.Policy, d.Clock)
	if err != nil {
		return nil, err
	}
	done, err := performance.Open(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	return &Service{deps: d, done: done, c: c, late: late, outs: outs, learnt: learnt}, nil
}

// Register adds insights' operations.
func (s *Service) Register(r *httpx.Server) {
	names := func(id string) string {
		if p, ok := s.deps.Directory.Person(id); ok {
			return p.Name
		}
		return id
	}
	api := &httpapi.API{C: s.c, Why: why.New(s.c, names), Link: s.deps.JourneyLink}
	api.Register(r)
	late := &httpapi.Punctuality{Book: s.late, Guard: access.New(s.deps.Directory, s.deps.Clock), People: s.deps.Directory, Clock: s.deps.Clock}
	late.Register(r)
	outages := &httpapi.Outages{Book: s.outs, Guard: late.Guard, Local: s.local}
	outages.Register(r)
	(&httpapi.Performance{Book: s.done, Guard: late.Guard, People: s.deps.Directory, Clock: s.deps.Clock}).Register(r)
	(&httpapi.Learning{Book: s.learnt, Guard: late.Guard}).Register(r)
}

// local writes an instant, to the second, in the zone of the company's calendar.
func (s *Service) local(at instant.Time) string {
	v, err := s.deps.Policy.At(s.deps.Clock())
	if err != nil {
		return at.String()
	}
	return v.Local(at) + at.Std().Format(":05")
}

// Run follows the stream, and draws up receipts of outages, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	return service.Together(ctx, s.follow, func(ctx context.Context) error { return s.outs.Run(ctx, s.deps.Clock, s.deps.Log) })
}

func (s *Service) follow(ctx context.Context) error {
	p := project.New(s.c, s.late, s.outs, s.learnt, s.done)
	return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.insights", HandleBatch: p.Batch,
		Topics: []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicNotifications, catalogue.TopicOrganization, catalogue.TopicJourneys, catalogue.TopicOperations}})
}
