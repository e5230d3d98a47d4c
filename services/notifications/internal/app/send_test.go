package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// counted counts what senders ask of a store.
type counted struct {
	store.Engine
	looks, lost atomic.Int64
}

func (c *counted) Page(ctx context.Context, collection string, q store.Query) (store.Page, error) {
	if q.Index == storage.Due {
		c.looks.Add(1)
	}
	return c.Engine.Page(ctx, collection, q)
}

func (c *counted) Commit(ctx context.Context, collection string, w store.Write) error {
	err := c.Engine.Commit(ctx, collection, w)
	if errors.Is(err, store.ErrConflict) {
		c.lost.Add(1)
	}
	return err
}

// receiver takes some time for each webhook.
type receiver struct {
	channel.Poster
	mu   sync.Mutex
	came map[string]int
}

func (r *receiver) Post(_ context.Context, _ outbox.Hook, id string, _ catalogue.Reminder) error {
	time.Sleep(time.Millisecond)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came[id]++
	return nil
}

// two instances empty what has piled up for one webhook side by side: each
// delivery leaves once, and they hardly ever lose a race for the same one, nor look
// the same ones up again and again.
func TestTwoInstancesEmptyAQueueSideBySide(t *testing.T) {
	d, f, _ := newDesk(t, filepath.Join(t.TempDir(), "n.db"))
	defer func() { _ = f.Engine.Close() }()
	d.Hook, d.Mail = HookConfig{URL: "http://hook.test", Secret: "a secret of some length"}, false
	const reminders = 200
	for i := range reminders {
		r := catalogue.Reminder{ID: fmt.Sprintf("r%d", i), Level: catalogue.LevelRemind, Rule: "idle.1", Subject: catalogue.Subject{Kind: "lead", ID: "l"}, Due: noon}
		if _, _, err := d.Remind(t.Context(), r, "wang"); err != nil {
			t.Fatal(err)
		}
	}
	engine := &counted{Engine: f}
	docs, err := storage.Open(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	hooks := &receiver{came: map[string]int{}}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var group sync.WaitGroup
	for range 2 {
		own := New(Desk{Docs: docs, People: d.People, Policy: d.Policy, Guard: d.Guard, Clock: d.Clock, Log: slog.New(slog.DiscardHandler), Hook: d.Hook})
		s := &Sender{Desk: own, Hook: hooks, Attempts: outbox.Attempts{Most: 3, First: time.Second, Last: time.Second}, Lease: time.Minute, Posts: 2, Idle: time.Hour}
		group.Go(func() { _ = s.Run(ctx) })
	}
	for ctx.Err() == nil && len(deliveriesOf(t, d, outbox.Pending))+len(deliveriesOf(t, d, outbox.Sending)) > 0 {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	group.Wait()
	for id, times := range hooks.came {
		if times != 1 {
			t.Errorf("%s came %d times", id, times)
		}
	}
	if len(hooks.came) != reminders {
		t.Errorf("%d of %d came", len(hooks.came), reminders)
	}
	t.Logf("%d lookups, %d races lost", engine.looks.Load(), engine.lost.Load())
	if lost, looks := engine.lost.Load(), engine.looks.Load(); lost > reminders/4 || looks > reminders {
		t.Errorf("%d races lost and %d lookups for %d deliveries", lost, looks, reminders)
	}
}
