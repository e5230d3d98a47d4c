package app

import (
	"context"
	"errors"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// What people make tasks about must exist. Notifications knows it from facts, and a
// fact may be on its way: so it is waited for, and only where everything that was
// published has been read and it still is not there does the thing not exist. Where
// that cannot be told (the broker is away, facts wait to be read) the task is taken
// and marked unseen until the fact comes: a person's work is not lost to a lag.

// lookAgain is how often a subject is looked up while its fact is waited for.
const lookAgain = 25 * time.Millisecond

// seen is what notifications knows of a subject.
type seen int

const (
	exists seen = iota
	absent      // it certainly does not
	unsure
)

// existence looks a subject up, and waits for the fact that tells of it.
func (d *Desk) existence(ctx context.Context, s catalogue.Subject) (seen, error) {
	switch s.Kind {
	case catalogue.KindPerson:
		if _, ok := d.People.Person(s.ID); !ok {
			return absent, nil
		}
		return exists, nil
	case catalogue.KindTask:
		_, err := d.Docs.Tasks.Get(ctx, s.ID)
		return found(err)
	}
	until := time.Now().Add(d.Patience)
	for {
		switch is, err := d.told(ctx, s); {
		case err != nil || is == exists:
			return is, err
		case !well(s.ID):
			return absent, nil // nothing of the kind ever had such an id
		case time.Now().After(until):
			return d.settled(ctx, s)
		}
		select {
		case <-ctx.Done():
			return unsure, ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}

// settled decides of a subject that was waited for.
func (d *Desk) settled(ctx context.Context, s catalogue.Subject) (seen, error) {
	if d.Current == nil || !d.Current(ctx) {
		return unsure, nil
	}
	return d.told(ctx, s) // it may have come while the broker was asked
}

func (d *Desk) told(ctx context.Context, s catalogue.Subject) (seen, error) {
	_, err := d.Docs.Subjects.Get(ctx, s.Kind+"/"+s.ID)
	return found(err)
}

func found(err error) (seen, error) {
	if errors.Is(err, store.ErrNotFound) {
		return absent, nil
	}
	return exists, err
}

// well tells whether an id has the form of those of leads, deals, customers and transfers.
func well(id string) bool {
	_, err := ulid.ParseStrict(id)
	return err == nil
}

// about checks what a person's task is about: it names the fields that name what
// does not exist, and marks the task where that cannot be told yet.
func (d *Desk) about(ctx context.Context, t *task.Task) ([]problem.Field, error) {
	var wrong []problem.Field
	for _, c := range []struct {
		field string
		of    catalogue.Subject
	}{{"subject.id", t.Subject}, {"customer", customer(t.Customer)}} {
		if c.of.ID == "" {
			continue
		}
		is, err := d.existence(ctx, c.of)
		if err != nil {
			return nil, err
		}
		switch is {
		case absent:
			wrong = append(wrong, problem.FieldError(c.field, "exists", "不存在："+c.of.Kind+"/"+c.of.ID, "does not exist: "+c.of.Kind+"/"+c.of.ID))
		case unsure:
			t.Unseen = true
		}
	}
	return wrong, nil
}

// Unseen tells whether a task is about something that no fact has told of yet.
func (d *Desk) Unseen(ctx context.Context, t task.Task) (bool, error) {
	if !t.Unseen {
		return false, nil
	}
	for _, s := range []catalogue.Subject{t.Subject, customer(t.Customer)} {
		if s.ID == "" || s.Kind == catalogue.KindPerson || s.Kind == catalogue.KindTask {
			continue
		}
		if is, err := d.told(ctx, s); err != nil || is != exists {
			return true, err
		}
	}
	return false, nil
}

// AccountTypes are the facts of accounts that tell of customers, their cases and contracts.
var AccountTypes = []string{kind(&catalogue.CustomerCreated{}), kind(&catalogue.CaseOpened{}), kind(&catalogue.ContractDrafted{})}

// ReactToAccounts notes that a customer, a case or a contract exists.
func (d *Desk) ReactToAccounts(ctx context.Context, e facts.Event) error {
	switch e.Type {
	case kind(&catalogue.CaseOpened{}):
		f, err := facts.Decode[catalogue.CaseOpened](e)
		if err != nil {
			return facts.Final(err)
		}
		return d.note(ctx, catalogue.Subject{Kind: catalogue.KindCase, ID: f.After.ID})
	case kind(&catalogue.ContractDrafted{}):
		f, err := facts.Decode[catalogue.ContractDrafted](e)
		if err != nil {
			return facts.Final(err)
		}
		return d.note(ctx, catalogue.Subject{Kind: catalogue.KindContract, ID: f.After.ID})
	case kind(&catalogue.CustomerCreated{}):
		f, err := facts.Decode[catalogue.CustomerCreated](e)
		if err != nil {
			return facts.Final(err)
		}
		return d.note(ctx, customer(f.After.ID))
	}
	return nil
}

// note keeps that a subject exists.
func (d *Desk) note(ctx context.Context, s catalogue.Subject) error {
	_, err := d.remember(ctx, s, func(k *storage.Subject) { k.Known = true })
	return err
}
