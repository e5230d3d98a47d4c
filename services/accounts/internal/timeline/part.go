package timeline

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
)

// Part is the timeline as a part of the service.
type Part struct {
	*Timeline
	Deps service.Deps
}

// Register adds the operations.
func (p Part) Register(s *httpx.Server) { p.register(s) }

// Run makes entries of facts and of what other departments tell by Kafka, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.timeline",
				Topics: []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicNotifications}, Types: types(), HandleBatch: p.ObserveMany})
		},
		func(ctx context.Context) error {
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.inbox", Topics: []string{catalogue.TopicTimelineInbox},
				Read: p.readInbox, Handle: p.receive})
		})
}
