package app

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
)

// LeadDoc is a stored lead.
type LeadDoc = store.Doc[storage.Lead]

// RecordLead records a lead of a person. firstContact names the
// signal that it comes from; empty: one with the same phone or mail is looked for.
func (a *App) RecordLead(ctx context.Context, in lead.Intake, firstContact string) (*LeadDoc, error) {
	if err := a.Guard.MayAtAll(ctx, access.LeadCreate); err != nil {
		return nil, err
	}
	return a.recordLead(ctx, in, firstContact, caller(ctx).ID)
}

func (a *App) recordLead(ctx context.Context, in lead.Intake, firstContact, by string) (*LeadDoc, error) {
	at, v, err := a.now()
	if err != nil {
		return nil, err
	}
	if in, err = in.Check(v, at); err != nil {
		return nil, err
	}
	for range tries {
		contact, err := a.contactOf(ctx, in, firstContact)
		if err != nil {
			return nil, err
		}
		if contact != nil && !contact.Body.Open { // has its lead: of this very command, or another one
			if d, err := a.repeated(ctx, contact.ID); d != nil || err != nil {
				return d, err
			}
			contact = nil
		}
		d, err := a.createLead(ctx, in, contact, by, v, at)
		if !errors.Is(err, store.ErrExists) {
			return d, err
		}
	}
	return nil, store.ErrConflict
}

// createLead commits the new lead. ErrExists says that the first contact has
// its lead by now, so that this one is another.
func (a *App) createLead(ctx context.Context, in lead.Intake, contact *store.Doc[storage.FirstContact], by string, v *policy.View, at instant.Time) (*LeadDoc, error) {
	id := httpx.NewID(ctx)
	if contact != nil {
		id = contact.ID
		if in.FirstContactAt.IsZero() {
			in.FirstContactAt = contact.Body.ContactAt
		}
	}
	if d, err := a.repeated(ctx, id); d != nil || err != nil {
		return d, err
	}
	owner, reason, err := a.firstOwner(ctx, in.Owner, v, at)
	if err != nil {
		return nil, err
	}
	l := lead.Record(id, in, owner, by, v.On(a.People.Calendar(by)), at)
	d, data := firstRecord(l, reason, at)
	err = commit(ctx, a.Leads, d, facts.Stamp{At: at, Policy: v.Version}, data...)
	switch {
	case errors.Is(err, store.ErrExists) && contact != nil:
		if first, err := a.repeated(ctx, id); first != nil || err != nil {
			return first, err
		}
		a.closeContact(ctx, contact, id)
		return nil, store.ErrExists
	case errors.Is(err, store.ErrExists):
		return a.repeated(ctx, id)
	case err != nil:
		return nil, err
	}
	if contact != nil {
		a.closeContact(ctx, contact, id)
	}
	return d, nil
}

// repeated gives the lead that the same command recorded before, nil if it did not.
func (a *App) repeated(ctx context.Context, id string) (*LeadDoc, error) {
	command := httpx.Command(ctx)
	if command == "" {
		return nil, nil
	}
	d, err := a.Leads.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil || d.Did(command) {
		return d, err
	}
	return nil, nil
}

// firstOwner gives who owns a new lead and why: the one named, the caller who
// sells, or whose turn it is.
func (a *App) firstOwner(ctx context.Context, named string, v *policy.View, at instant.Time) (owner, reason string, err error) {
	p := caller(ctx)
	if named != "" && named != p.ID {
		if err := a.assignable("owner", named, at); err != nil {
			return "", "", err
		}
		return named, ownership.Manual, a.Guard.May(ctx, access.LeadAssign, named)
	}
	if sells := p.Is(auth.Salesperson, auth.AccountManager); (sells || named != "") && a.People.Available(p.ID, at) {
		return p.ID, ownership.Intake, nil
	}
	return a.inTurn(v, "", at), ownership.Rotation, nil
}

// assignable refuses somebody who is unknown, has left or is away.
func (a *App) assignable(field, person string, at instant.Time) error {
	p, known := a.People.Person(person)
	switch {
	case !known:
		return problem.InvalidFields(problem.FieldError(field, "person", "没有这个人", "nobody has this id"))
	case !p.Active:
		return problem.InvalidFields(problem.FieldError(field, "R-010", "此人已停用", "has left: name somebody active"))
	case !a.People.Available(person, at):
		return problem.InvalidFields(problem.FieldError(field, "R-165", "此人正在休假，请指定其代理人", fmt.Sprintf("is away; %s stands in", a.People.Delegate(person, at))))
	}
	return nil
}

// leadFor reads a lead that the caller may do the action to.
func (a *App) leadFor(ctx context.Context, id string, action access.Action) (*LeadDoc, error) {
	d, err := a.Leads.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		if err := a.Guard.MayAtAll(ctx, action); err != nil {
			return nil, err
		}
		return nil, problem.Missing("线索", "lead", id)
	}
	if err != nil {
		return nil, err
	}
	return d, a.Guard.May(ctx, action, d.Body.Owner)
}

// stampOf gives the stamp of a command on a lead.
func stampOf(customer string, at instant.Time, v *policy.View) facts.Stamp {
	return facts.Stamp{At: at, Customer: customer, Policy: v.Version}
}

// firstRecord gives a new lead's document with its facts: whose it is, or that it
// waits in the pool because nobody is there to take it.
func firstRecord(l catalogue.Lead, reason string, at instant.Time) (*LeadDoc, []catalogue.Data) {
	d := store.New(l.ID, storage.OfLead(l))
	recorded := &catalogue.LeadRecorded{After: l}
	if l.Owner != "" {
		recorded.Assigned = reason
		return d, []catalogue.Data{recorded}
	}
	d.Body.PooledAt, d.Body.PoolReason, d.Body.InPool = at, "nobody_available", true
	return d, []catalogue.Data{recorded, &catalogue.LeadPooled{Lead: l.ID, Reason: "nobody_available"}}
}
