package panorama

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// Part is the panorama as a part of the service.
type Part struct {
	*Panorama
	Deps service.Deps
}

// Register adds the operations.
func (p Part) Register(s *httpx.Server) { p.register(s) }

// Run keeps boards current until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.panorama", Topics: []string{catalogue.TopicLeads, catalogue.TopicAccounts, catalogue.TopicJourneys},
				Types: append([]string{foldedType, unfoldedType}, board.Types...), HandleBatch: p.Observe})
		},
		p.check)
}

// longest is how long the next check is waited for at most: another process may
// have stored an earlier one.
const longest = 30 * time.Second

// check judges again what time alone changes, when it does. It reads the list of
// what is due, never all boards.
func (p Part) check(ctx context.Context) error {
	for {
		wait := longest
		next, err := p.Due(store.Background(ctx))
		if err != nil && ctx.Err() == nil {
			p.Log.WarnContext(ctx, "findings could not be judged again", "error", err)
		}
		if err == nil && next != 0 {
			wait = min(max(next.Sub(p.Clock()), time.Millisecond), longest)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-p.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Due judges again every board whose time has come, and gives when the next is due.
func (p *Panorama) Due(ctx context.Context) (instant.Time, error) {
	for {
		now := p.Clock()
		page, err := p.boards.Page(ctx, store.Query{Index: byCheck, Range: store.Range{From: earliest}, Limit: 100})
		if err != nil {
			return 0, err
		}
		for _, d := range page.Docs {
			if d.Body.CheckAt > now {
				p.due.Store(int64(d.Body.CheckAt))
				return d.Body.CheckAt, nil
			}
			if err := p.Recheck(ctx, d.ID); err != nil {
				return 0, err
			}
		}
		if page.Next == "" {
			p.due.Store(0)
			return 0, nil
		}
	}
}

// earliest comes before every check and after boards that have none.
const earliest = "0001"

// Recheck judges one customer's board as of now.
func (p *Panorama) Recheck(ctx context.Context, id string) error {
	for {
		d, err := p.boards.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		was, err := json.Marshal(d.Body)
		if err != nil {
			return err
		}
		if d.Body.MergedInto != "" { // it is judged with the customer that it became
			d.Body.CheckAt = 0
			err = p.boards.Commit(ctx, d, "")
		} else {
			err = p.keep(ctx, d, was, d.Body.Findings, nil)
		}
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}
