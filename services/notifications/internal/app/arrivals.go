package app

import (
	"context"
	"strconv"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Arrival is something new for a person: a reminder, or a task of theirs that is
// new or was changed.
type Arrival struct {
	At       instant.Time
	ID       string
	Version  int64 // of a task
	Kind     string
	Reminder *outbox.Delivery
	Task     *task.Task
}

// Key names the arrival; a task that changes again is another one.
func (a Arrival) Key() string {
	if a.Version == 0 {
		return a.ID
	}
	return a.ID + "/" + strconv.FormatInt(a.Version, 10)
}

// Since yields what came to a person from an instant on, oldest first, reading a
// page at a time; it stops when yield answers false.
func (d *Desk) Since(ctx context.Context, person string, from instant.Time, yield func(Arrival) bool) error {
	since := store.Range{From: from.String()}
	reminders := &pages[outbox.Delivery]{from: d.Docs.Deliveries, q: store.Query{Index: storage.Inbox, Equal: []any{person, outbox.InApp}, Range: since}}
	tasks := &pages[task.Task]{from: d.Docs.Tasks, q: store.Query{Index: storage.Changes, Equal: []any{person}, Range: since}}
	for {
		r, err := reminders.next(ctx)
		if err != nil {
			return err
		}
		t, err := tasks.next(ctx)
		if err != nil {
			return err
		}
		var a Arrival
		switch {
		case r == nil && t == nil:
			return nil
		case t == nil || r != nil && r.Body.At <= t.Body.ChangedAt:
			a = Arrival{At: r.Body.At, ID: r.ID, Kind: "reminder", Reminder: &r.Body}
			reminders.take()
		default:
			a = Arrival{At: t.Body.ChangedAt, ID: "task/" + t.ID, Version: t.Version, Kind: "task", Task: &t.Body}
			tasks.take()
		}
		if !yield(a) {
			return nil
		}
	}
}

// pages walks through a list.
type pages[T any] struct {
	from store.Collection[T]
	q    store.Query
	have []*store.Doc[T]
	read bool // the first page was read
}

// next gives the document that comes next, nil at the end.
func (p *pages[T]) next(ctx context.Context) (*store.Doc[T], error) {
	for len(p.have) == 0 {
		if p.read && p.q.After == "" {
			return nil, nil
		}
		page, err := p.from.Page(ctx, p.q)
		if err != nil {
			return nil, err
		}
		p.have, p.q.After, p.read = page.Docs, page.Next, true
	}
	return p.have[0], nil
}

func (p *pages[T]) take() { p.have = p.have[1:] }
