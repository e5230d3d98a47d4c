// Package app holds the use cases of notifications: tasks and what ends or moves
// them, reminders and their way to people.
package app

import (
	"context"
	"log/slog"
	"time"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/eventstream"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/race"
	"liuke.dev/shared/standing/shown"
	"liuke.dev/shared/store"
)

// source names the service in its facts.
const source = "liuke/notifications"

// MaxStreams is how many event streams one person may hold open.
const MaxStreams = 10

// Desk is where tasks and reminders are kept.
type Desk struct {
	Docs   *storage.Collections
	People *directory.Directory
	Policy *policy.Holder
	Guard  access.Guard
	Clock  instant.Clock
	Log    *slog.Logger
	// Standings are how customers stand: tasks and reminders of one in danger show it.
	Standings *shown.Standings
	// Current tells whether every published fact that tells of subjects has been read;
	// nil: that cannot be told. Patience is how long a fact on its way is waited for.
	Current  func(context.Context) bool
	Patience time.Duration
	// Metrics count deliveries; nil: nobody does.
	Metrics *Metrics
	// Mail tells whether mail is configured; Hook is the webhook of the configuration, if any.
	Mail bool
	Hook HookConfig

	Hub  *eventstream.Hub // wakes the event streams of people
	wake chan struct{}    // the sender has something to do
}

// HookConfig is the webhook that the configuration names.
type HookConfig struct{ URL, Secret string }

// New makes a desk.
func New(d Desk) *Desk {
	d.Hub, d.wake = &eventstream.Hub{Most: MaxStreams}, make(chan struct{}, 1)
	return &d
}

// record makes the facts of one commit.
func (d *Desk) record(ctx context.Context, customer string, version int64, data ...catalogue.Data) ([]store.Fact, error) {
	return facts.RecordAll(ctx, facts.Stamp{Source: source, At: d.Clock(), Customer: customer}, version, data...)
}

// retry repeats what lost a race, with growing pauses.
func retry(ctx context.Context, do func() error) error { return race.Again(ctx, 50, do) }

// each goes through a list page by page.
func each[T any](ctx context.Context, c store.Collection[T], q store.Query, do func(*store.Doc[T]) error) error {
	q.Limit = 200
	for {
		page, err := c.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, doc := range page.Docs {
			if err := do(doc); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
