// Package app holds the use cases of services/leads, one per verb-named file:
// each reads documents, asks the domain packages, and commits one document
// together with its facts.
package app

import (
	"context"
	"errors"
	"log/slog"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/standing/shown"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/storage"
)

// Source names this service in facts.
const Source = "liuke/leads"

// App carries the use cases.
//
// Deals follow the ownership of their customer as leads do (follow.go), for
// which storage.Deal embeds catalogue.Deal, has the field Open (json "open") and
// the indexes owner_open (owner, open; next_touch_at) and customer_open
// (customer, open; opened_at). Converting a lead calls OpenDealOfLead, which is
// repeatable: the same command and lead give the same deal.
type App struct {
	storage.Collections
	Deals   store.Collection[storage.Deal]
	Engine  store.Engine
	People  *directory.Directory
	Policy  *policy.Holder
	Clock   instant.Clock
	Guard   access.Guard
	Log     *slog.Logger
	Journey func(kind, id string) string // link to a journey in the Temporal UI; may answer ""

	turns     turns
	limits    limits
	standings *shown.Standings
}

// Config is what an App is made of.
type Config struct {
	Engine  store.Engine
	People  *directory.Directory
	Policy  *policy.Holder
	Clock   instant.Clock
	Log     *slog.Logger
	Journey func(kind, id string) string
}

// New makes the App and declares its collections.
func New(ctx context.Context, c Config) (*App, error) {
	all, err := storage.Open(ctx, c.Engine)
	if err != nil {
		return nil, err
	}
	deals, err := storage.OpenDeals(ctx, c.Engine)
	if err != nil {
		return nil, err
	}
	standings, err := shown.New(ctx, c.Engine)
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Journey == nil {
		c.Journey = func(string, string) string { return "" }
	}
	return &App{Collections: all, Deals: deals, Engine: c.Engine, People: c.People, Policy: c.Policy, Clock: c.Clock, Log: c.Log, Journey: c.Journey,
		Guard: access.New(c.People, c.Clock), standings: standings}, nil
}

// now gives the instant of a command and the policy in force.
func (a *App) now() (instant.Time, *policy.View, error) {
	at := a.Clock()
	v, err := a.Policy.At(at)
	if err != nil {
		return 0, nil, problem.Away(err)
	}
	return at, v, nil
}

// commit writes a document with the facts that tell what changed, under the
// command of the context. A command that was carried out before changes nothing.
func commit[T any](ctx context.Context, c store.Collection[T], d *store.Doc[T], s facts.Stamp, data ...catalogue.Data) error {
	return commitAs(ctx, httpx.Command(ctx), c, d, s, data...)
}

// commitAs is commit under a command of its own.
func commitAs[T any](ctx context.Context, command string, c store.Collection[T], d *store.Doc[T], s facts.Stamp, data ...catalogue.Data) error {
	s.Source = Source
	recorded, err := facts.RecordAll(ctx, s, d.Version+1, data...)
	if err != nil {
		return err
	}
	err = c.Commit(ctx, d, command, recorded...)
	if errors.Is(err, store.ErrRepeated) {
		return nil
	}
	return err
}

// tries bounds how often a command is decided again after it lost a race.
const tries = 8

// retry carries out a read-decide-commit again while somebody else's commit was faster.
func retry(ctx context.Context, do func() error) error {
	var err error
	for range tries {
		if err = do(); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return err
}

func caller(ctx context.Context) auth.Principal { return auth.From(ctx) }

// CallerID gives who is calling.
func CallerID(ctx context.Context) string { return caller(ctx).ID }
