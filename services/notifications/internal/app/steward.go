package app

import (
	"context"
	"time"

	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// PeopleTypes are the facts of organization that move tasks.
var PeopleTypes = []string{kind(&catalogue.PersonChanged{}), kind(&catalogue.PersonDeactivated{})}

// ReactToPeople moves open tasks when somebody leaves, goes away or comes back
// . It may stop at any task and be called again: what is moved is no
// longer found.
func (d *Desk) ReactToPeople(ctx context.Context, e facts.Event) error {
	var who catalogue.Person
	switch e.Type {
	case PeopleTypes[0]:
		f, err := facts.Decode[catalogue.PersonChanged](e)
		if err != nil {
			return err
		}
		who = f.After
		if f.Before == nil {
			return nil // somebody new holds nothing
		}
	case PeopleTypes[1]:
		f, err := facts.Decode[catalogue.PersonDeactivated](e)
		if err != nil {
			return err
		}
		who = f.After
	default:
		return nil
	}
	if err := d.People.Await(ctx, who.ID, e.Version); err != nil {
		return err
	}
	return d.Steward(facts.WithCause(ctx, e.ID), who.ID)
}

// Steward gives every open task of a person, and every one that they do for
// somebody else, to whoever is to do it now.
func (d *Desk) Steward(ctx context.Context, person string) error {
	for _, index := range []string{storage.ByOwner, storage.ByAssignee} {
		var ids []string
		err := each(ctx, d.Docs.Tasks, store.Query{Index: index, Equal: []any{person, catalogue.TaskOpen}}, func(doc *store.Doc[task.Task]) error {
			if d.misplaced(doc.Body) {
				ids = append(ids, doc.ID)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := d.hand(ctx, id, "", ""); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) misplaced(t task.Task) bool {
	was := t
	t.Place(d.People, d.Clock())
	return t.Owner != was.Owner || t.Assignee != was.Assignee || t.OnBehalfOf != was.OnBehalfOf
}

// absences begin and end by the clock, not by a fact.
const (
	stewardEvery = 30 * time.Second
	auditEvery   = 10 * time.Minute
)

// RunSteward moves tasks whose people go away or come back, and now and then looks
// through all open tasks, so that none stays with somebody who cannot do it.
func (d *Desk) RunSteward(ctx context.Context) error {
	if err := d.People.Wait(ctx); err != nil {
		return nil // stopped before
	}
	ctx = store.Background(ctx)
	var audited time.Time
	for {
		do := d.stewardAbsent
		if time.Since(audited) > auditEvery {
			do, audited = d.Audit, time.Now()
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "tasks of people who are away", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(stewardEvery):
		}
	}
}

func (d *Desk) stewardAbsent(ctx context.Context) error {
	for _, id := range d.People.Active() {
		p, _ := d.People.Person(id)
		if len(p.Absences) == 0 {
			continue
		}
		if err := d.Steward(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Audit looks at every open task.
func (d *Desk) Audit(ctx context.Context) error {
	return each(ctx, d.Docs.Tasks, store.Query{Index: storage.ByStatus, Equal: []any{catalogue.TaskOpen}}, func(doc *store.Doc[task.Task]) error {
		if !d.misplaced(doc.Body) {
			return nil
		}
		_, err := d.hand(ctx, doc.ID, "", "")
		return err
	})
}
