package outreach

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/service"
)

// Part is outreach as a part of the service.
type Part struct {
	*Outreach
	Deps service.Deps
}

// Run counts what people do, notes how deliveries end and sends what is due, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.outreach", Topics: []string{catalogue.TopicAccounts, catalogue.TopicNotifications},
				Types: Types, Handle: p.Observe})
		},
		p.sweep)
}
