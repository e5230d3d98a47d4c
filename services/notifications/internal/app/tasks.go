package app

import (
	"context"
	"errors"

	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// Open opens a task under its id, once. Its owner is who answers for the subject
// by now, its assignee whoever acts for them. What its
// subject's facts have ended already is ended at once.
func (d *Desk) Open(ctx context.Context, t task.Task) (*store.Doc[task.Task], bool, error) {
	doc, err := d.Docs.Tasks.Get(ctx, t.ID)
	created := errors.Is(err, store.ErrNotFound)
	if err != nil && !created {
		return nil, false, err
	}
	if created {
		if doc, created, err = d.create(ctx, t); err != nil {
			return nil, false, err
		}
	}
	// The subject's facts may have been read while the task was written: whoever
	// comes second sees the other.
	doc, err = d.reconcile(ctx, doc)
	return doc, created, err
}

func (d *Desk) create(ctx context.Context, t task.Task) (*store.Doc[task.Task], bool, error) {
	s, err := d.subject(ctx, t.Subject)
	if err != nil {
		return nil, false, err
	}
	if t.Follows && s.Owner != "" {
		t.Owner = s.Owner
	}
	now := d.Clock()
	t.Status, t.ChangedAt = catalogue.TaskOpen, now
	if t.CreatedAt.IsZero() {
		t.CreatedAt = now
	}
	t.Place(d.People, now)
	told := []catalogue.Data{&catalogue.TaskCreated{After: t.Task}}
	if status, outcome := moot(s, t); status != "" {
		t.End(status, outcome, now)
		told = append(told, &catalogue.TaskEnded{After: t.Task})
	}
	doc := store.New(t.ID, t)
	list, err := d.record(ctx, t.Customer, 1, told...)
	if err != nil {
		return nil, false, err
	}
	err = d.Docs.Tasks.Commit(ctx, doc, "", list...)
	if errors.Is(err, store.ErrExists) {
		doc, err = d.Docs.Tasks.Get(ctx, t.ID)
		return doc, false, err
	}
	d.Hub.Tell(t.Assignee)
	return doc, err == nil, err
}

// moot tells whether what is known of the subject leaves a task without a point.
func moot(s storage.Subject, t task.Task) (status, outcome string) {
	switch {
	case s.Closed && task.Pointless(t.Kind):
		return catalogue.TaskCancelled, "subject_closed"
	case t.Kind == catalogue.TaskFirstTouch && s.Touched > 0:
		return catalogue.TaskDone, "touched"
	}
	return "", ""
}

// reconcile brings an open task in line with what is known of its subject.
func (d *Desk) reconcile(ctx context.Context, doc *store.Doc[task.Task]) (*store.Doc[task.Task], error) {
	if doc.Body.Status != catalogue.TaskOpen {
		return doc, nil
	}
	s, err := d.subject(ctx, doc.Body.Subject)
	if err != nil {
		return nil, err
	}
	if status, outcome := moot(s, doc.Body); status != "" {
		return d.end(ctx, doc.ID, status, outcome)
	}
	if doc.Body.Follows && s.Owner != "" && s.Owner != doc.Body.Owner {
		return d.hand(ctx, doc.ID, s.Owner, "owner_changed")
	}
	return doc, nil
}

func (d *Desk) subject(ctx context.Context, s catalogue.Subject) (storage.Subject, error) {
	doc, err := d.Docs.Subjects.Get(ctx, s.Kind+"/"+s.ID)
	if errors.Is(err, store.ErrNotFound) {
		return storage.Subject{}, nil
	}
	if err != nil {
		return storage.Subject{}, err
	}
	return doc.Body, nil
}

// change alters a task and records what f tells; nothing if f tells nothing.
func (d *Desk) change(ctx context.Context, id, command string, f func(*store.Doc[task.Task]) (catalogue.Data, error)) (*store.Doc[task.Task], error) {
	var doc *store.Doc[task.Task]
	err := retry(ctx, func() (err error) {
		if doc, err = d.Docs.Tasks.Get(ctx, id); err != nil {
			return err
		}
		if doc.Did(command) {
			return nil
		}
		was := doc.Body.Assignee
		told, err := f(doc)
		if err != nil || told == nil {
			return err
		}
		doc.Body.ChangedAt = d.Clock()
		list, err := d.record(ctx, doc.Body.Customer, doc.Version+1, told)
		if err != nil {
			return err
		}
		if err := d.Docs.Tasks.Commit(ctx, doc, command, list...); err != nil {
			return err
		}
		d.Hub.Tell(was, doc.Body.Assignee)
		return nil
	})
	return doc, err
}

// end ends an open task.
func (d *Desk) end(ctx context.Context, id, status, outcome string) (*store.Doc[task.Task], error) {
	return d.change(ctx, id, "", func(doc *store.Doc[task.Task]) (catalogue.Data, error) {
		t := &doc.Body
		if t.Status != catalogue.TaskOpen {
			return nil, nil
		}
		t.End(status, outcome, d.Clock())
		return &catalogue.TaskEnded{After: t.Task}, nil
	})
}

// hand gives an open task to another owner, or to whoever acts for the owner by now
// where owner is empty.
func (d *Desk) hand(ctx context.Context, id, owner, reason string) (*store.Doc[task.Task], error) {
	return d.change(ctx, id, "", func(doc *store.Doc[task.Task]) (catalogue.Data, error) {
		t := &doc.Body
		if t.Status != catalogue.TaskOpen {
			return nil, nil
		}
		before := *t
		if owner != "" {
			t.Owner = owner
		}
		if t.Place(d.People, d.Clock()); before.Owner == t.Owner && before.Assignee == t.Assignee && before.OnBehalfOf == t.OnBehalfOf {
			return nil, nil
		}
		why := reason
		if why == "" {
			why = task.Reason(before, *t)
		}
		return &catalogue.TaskChanged{Before: before.Task, After: t.Task, Reason: why}, nil
	})
}

// reopen opens a cancelled task again, for whoever is responsible now.
func (d *Desk) reopen(ctx context.Context, id, owner string) error {
	_, err := d.change(ctx, id, "", func(doc *store.Doc[task.Task]) (catalogue.Data, error) {
		t := &doc.Body
		if t.Status != catalogue.TaskCancelled {
			return nil, nil
		}
		before := *t
		t.Reopen(owner, d.Clock())
		t.Place(d.People, d.Clock())
		return &catalogue.TaskChanged{Before: before.Task, After: t.Task, Reason: undo}, nil
	})
	return err
}

// Cancel cancels the open tasks of a subject that were opened before an instant
// and that fits accepts; the outcome is the reason.
func (d *Desk) Cancel(ctx context.Context, s catalogue.Subject, before instant.Time, reason string, fits func(task.Task) bool) (int, error) {
	return d.endAll(ctx, s, catalogue.TaskCancelled, reason, func(t task.Task) bool { return t.CreatedAt.Before(before) && fits(t) })
}

// CancelOnce cancels open tasks of a subject under a key: repeating it reaches no
// task that was opened after the first time.
func (d *Desk) CancelOnce(ctx context.Context, key string, s catalogue.Subject, reason string, fits func(task.Task) bool) (int, error) {
	at := d.Clock()
	if key != "" {
		err := d.Docs.Cancels.Commit(ctx, store.New(key, storage.Cancellation{At: at}), "")
		if errors.Is(err, store.ErrExists) {
			var first *store.Doc[storage.Cancellation]
			if first, err = d.Docs.Cancels.Get(ctx, key); err == nil {
				at = first.Body.At
			}
		}
		if err != nil {
			return 0, err
		}
	}
	return d.Cancel(ctx, s, at+1, reason, fits)
}

// endAll ends the open tasks of a subject that fits accepts.
func (d *Desk) endAll(ctx context.Context, s catalogue.Subject, status, outcome string, fits func(task.Task) bool) (int, error) {
	var ids []string
	err := each(ctx, d.Docs.Tasks, store.Query{Index: storage.BySubject, Equal: []any{s.Kind, s.ID, catalogue.TaskOpen}}, func(doc *store.Doc[task.Task]) error {
		if fits(doc.Body) {
			ids = append(ids, doc.ID)
		}
		return nil
	})
	for _, id := range ids {
		if err == nil {
			_, err = d.end(ctx, id, status, outcome)
		}
	}
	return len(ids), err
}

// nextTouch words the task that a follow-up planned.
func nextTouch(action string) lang.Text {
	if action == "" {
		return lang.T("下次跟进", "Next touch")
	}
	return lang.T("下次跟进："+action, "Next touch: "+action)
}
