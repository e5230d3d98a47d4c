package app

import (
	"context"
	"errors"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Assign opens a task that a person makes for somebody.
func (d *Desk) Assign(ctx context.Context, p auth.Principal, id string, t task.Task) (*store.Doc[task.Task], error) {
	if t.Owner == "" {
		t.Owner = p.ID
	}
	if err := d.Guard.May(p, access.TaskCreate, t.Owner); err != nil {
		return nil, err
	}
	var wrong []problem.Field
	if who, ok := d.People.Person(t.Owner); !ok || !who.Active {
		wrong = append(wrong, problem.FieldError("assignee", "active_person", "没有这个在职人员", "is not an active person"))
	}
	if !t.Due.After(d.Clock()) {
		wrong = append(wrong, problem.FieldError("due", "in_past", "必须晚于现在", "must be later than now"))
	}
	if len(wrong) == 0 { // only then is it worth to wait for a fact
		missing, err := d.about(ctx, &t)
		if err != nil {
			return nil, err
		}
		wrong = missing
	}
	if err := problem.InvalidFields(wrong...); err != nil {
		return nil, err
	}
	t.ID, t.Kind, t.Rule, t.CreatedBy = id, task.Manual, "person:"+p.ID, p.ID
	doc, _, err := d.Open(ctx, t)
	return doc, err
}

// Get gives a task.
func (d *Desk) Get(ctx context.Context, p auth.Principal, id string) (*store.Doc[task.Task], error) {
	return d.permitted(ctx, p, access.TaskRead, id)
}

func (d *Desk) permitted(ctx context.Context, p auth.Principal, a access.Action, id string) (*store.Doc[task.Task], error) {
	doc, err := d.Docs.Tasks.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("任务", "task", id)
	}
	if err != nil {
		return nil, err
	}
	holders := []string{doc.Body.Assignee, doc.Body.Owner}
	if a == access.TaskRead {
		holders = append(holders, doc.Body.CreatedBy, doc.Body.Supervisor)
	}
	return doc, d.Guard.May(p, a, holders...)
}

// Do lets a person change a task: match checks the version, f decides.
func (d *Desk) Do(ctx context.Context, p auth.Principal, a access.Action, id, command string, match func(int64) error,
	f func(*task.Task) (catalogue.Data, error)) (*store.Doc[task.Task], error) {
	if _, err := d.permitted(ctx, p, a, id); err != nil {
		return nil, err
	}
	return d.change(ctx, id, command, func(doc *store.Doc[task.Task]) (catalogue.Data, error) {
		if err := match(doc.Version); err != nil {
			return nil, err
		}
		return f(&doc.Body)
	})
}

// Complete ends a task by hand.
func (d *Desk) Complete(ctx context.Context, p auth.Principal, id, command string, match func(int64) error, outcome string) (*store.Doc[task.Task], error) {
	return d.Do(ctx, p, access.TaskDo, id, command, match, func(t *task.Task) (catalogue.Data, error) {
		if err := t.MayComplete(); err != nil {
			return nil, err
		}
		t.End(catalogue.TaskDone, outcome, d.Clock())
		return &catalogue.TaskEnded{After: t.Task}, nil
	})
}

// Postpone moves a task's due time.
func (d *Desk) Postpone(ctx context.Context, p auth.Principal, id, command string, match func(int64) error, due instant.Time) (*store.Doc[task.Task], error) {
	return d.Do(ctx, p, access.TaskDo, id, command, match, func(t *task.Task) (catalogue.Data, error) {
		now := d.Clock()
		v, err := d.Policy.At(now)
		if err != nil {
			return nil, problem.Away(err)
		}
		before := t.Task
		if err := t.Postpone(due, now, v.After(now, v.Sections.FollowUp.LatestNextTouch)); err != nil {
			return nil, err
		}
		t.Place(d.People, now)
		return &catalogue.TaskChanged{Before: before, After: t.Task, Reason: "postponed"}, nil
	})
}

// Reassign gives a task to another person.
func (d *Desk) Reassign(ctx context.Context, p auth.Principal, id, command string, match func(int64) error, to string) (*store.Doc[task.Task], error) {
	if who, ok := d.People.Person(to); !ok || !who.Active {
		return nil, problem.InvalidFields(problem.FieldError("to", "active_person", "没有这个在职人员", "is not an active person"))
	}
	return d.Do(ctx, p, access.TaskReassign, id, command, match, func(t *task.Task) (catalogue.Data, error) {
		if err := t.MayMove(); err != nil {
			return nil, err
		}
		if err := d.Guard.May(p, access.TaskCreate, to); err != nil {
			return nil, err
		}
		before := t.Task
		t.Owner, t.Follows = to, false // a person decided: it stays with whom they chose
		t.Place(d.People, d.Clock())
		return &catalogue.TaskChanged{Before: before, After: t.Task, Reason: "manual"}, nil
	})
}
