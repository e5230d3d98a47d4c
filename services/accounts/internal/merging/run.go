package merging

import (
	"context"
	"time"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// sweepEvery is how often merges that a crash left half done are looked for.
const sweepEvery = 15 * time.Second

// Run moves what customers hold when files fold or come apart, and finishes what a
// crash left half done, until ctx ends.
func (m *Merging) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return m.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.holdings", Topics: []string{catalogue.TopicAccounts}, Types: types, Handle: m.Observe})
		},
		m.sweep)
}

var types = []string{(&catalogue.CustomerFolded{}).Kind().Type, (&catalogue.CustomerUnfolded{}).Kind().Type}

// Observe moves the holdings of a file that folded into another one or came back.
func (m *Merging) Observe(ctx context.Context, e facts.Event) error {
	ctx = facts.WithCause(store.Background(ctx), e.ID)
	if e.Type == types[0] {
		f, err := facts.Decode[catalogue.CustomerFolded](e)
		for _, h := range m.Holders {
			if err == nil {
				err = h.Fold(ctx, f.From, f.Into)
			}
		}
		return err
	}
	f, err := facts.Decode[catalogue.CustomerUnfolded](e)
	split := holdings.Split{From: f.From, Into: f.Into, Given: f.Given}
	for _, h := range m.Holders {
		if err == nil {
			err = h.Unfold(ctx, split)
		}
	}
	return err
}

func (m *Merging) sweep(ctx context.Context) error {
	for {
		if err := m.finishAll(ctx); err != nil && ctx.Err() == nil {
			m.log.WarnContext(ctx, "merges left half done", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(sweepEvery):
		}
	}
}

func (m *Merging) finishAll(ctx context.Context) error {
	q := store.Query{Index: byUnfinished, Equal: []any{true}, Limit: 100}
	for {
		page, err := m.records.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := m.finish(ctx, d); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
