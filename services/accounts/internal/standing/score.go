package standing

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	rules "liuke.dev/shared/standing"
	"liuke.dev/shared/store"
)

// Lines gives what customers' timelines hold.
type Lines interface {
	// Each hands over every entry of a customer's timeline, in whatever order.
	Each(ctx context.Context, customer string, take func(catalogue.TimelineEntry)) error
	// Customers hands over every customer that is no other one's.
	Customers(ctx context.Context, take func(id string) error) error
}

// Scoring tells how far scoring everything from scratch is.
type Scoring struct {
	Running   bool         `json:"running"`
	StartedAt instant.Time `json:"started_at,omitempty"`
	Seconds   float64      `json:"seconds" doc:"So far, or in all"`
	Customers int64        `json:"customers" doc:"Scored so far"`
	Entries   int64        `json:"entries" doc:"Timeline entries read so far"`
	Changed   int64        `json:"changed" doc:"Customers that stand differently than was known"`
	Failed    string       `json:"failed,omitempty"`
}

// scoring is the one run at a time.
type scoring struct {
	mu                          sync.Mutex
	state                       Scoring
	asked                       chan struct{}
	begun                       time.Time
	customers, entries, changed atomic.Int64
}

// ScoreAll begins to score every customer from scratch: its history anew from its
// timeline, judged by the rules in force. It goes on after the request, and is not
// begun again while it runs.
func (p *Part) ScoreAll(ctx context.Context) (Scoring, error) {
	if err := p.Guard.MayAtAll(auth.From(ctx), access.StandingScore); err != nil {
		return Scoring{}, err
	}
	p.scoring.mu.Lock()
	if p.scoring.state.Running {
		p.scoring.mu.Unlock()
		return p.Scored(ctx)
	}
	p.scoring.state, p.scoring.begun = Scoring{Running: true, StartedAt: p.Clock()}, time.Now()
	p.scoring.customers.Store(0)
	p.scoring.entries.Store(0)
	p.scoring.changed.Store(0)
	p.scoring.mu.Unlock()
	p.scoring.asked <- struct{}{} // nothing else is under way, so there is room
	return p.Scored(ctx)
}

// scoreWhenAsked does what was asked for, until ctx ends. What a stop of the
// program interrupts is asked for again by a person.
func (p *Part) scoreWhenAsked(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.scoring.asked:
		}
		err := p.Score(store.Background(ctx))
		p.scoring.mu.Lock()
		p.scoring.state = p.scoring.sofar()
		p.scoring.state.Running = false
		if err != nil && ctx.Err() == nil {
			p.scoring.state.Failed = err.Error()
			p.Log.ErrorContext(ctx, "scoring everything", "error", err)
		}
		p.scoring.mu.Unlock()
	}
}

// Scored tells how far it is, or how it ended.
func (p *Part) Scored(ctx context.Context) (Scoring, error) {
	if err := p.Guard.MayAtAll(auth.From(ctx), access.StandingScore); err != nil {
		return Scoring{}, err
	}
	p.scoring.mu.Lock()
	defer p.scoring.mu.Unlock()
	if !p.scoring.state.Running {
		return p.scoring.state, nil
	}
	return p.scoring.sofar(), nil
}

func (s *scoring) sofar() Scoring {
	out := s.state
	out.Customers, out.Entries, out.Changed, out.Seconds = s.customers.Load(), s.entries.Load(), s.changed.Load(), time.Since(s.begun).Seconds()
	return out
}

// untold are the classes that come from facts and not from the timeline.
var untold = []rules.Class{rules.Contacts, rules.Losses, rules.Regained, rules.Links}

func keep(into *rules.History, from rules.History) {
	for _, class := range untold {
		for _, m := range from.Marks[class] {
			into.Take(rules.Classed{Class: class, Mark: m})
		}
	}
}
