package intervention

import (
	"context"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// Part is interventions as a part of the service.
type Part struct {
	*Interventions
	Deps service.Deps
}

// Run notices who came back and what is unusual, and keeps the group's members
// as policy and people have them, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			if p.Deps.Directory.Wait(ctx) != nil {
				return nil // stopped before people were known
			}
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.interventions", Topics: []string{catalogue.TopicAccounts}, Types: Types, Handle: p.Observe})
		},
		p.keepGroup)
}

// groupEvery is how often the group's members are compared with policy and people.
const groupEvery = time.Minute

func (p Part) keepGroup(ctx context.Context) error {
	if p.Deps.Directory.Wait(ctx) != nil {
		return nil
	}
	for {
		if _, err := p.Form(store.Background(ctx)); err != nil && ctx.Err() == nil {
			p.Log.WarnContext(ctx, "the warning group", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(groupEvery):
		}
	}
}
