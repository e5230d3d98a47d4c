package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Editing is who edits which customer's file, by which command, on which version.
type Editing struct {
	By      auth.Principal
	ID      string
	Command string
	Match   func(version int64) error
}

// change is what an edit does to a file; the fact it gives, if any, is recorded
// after the one that the file changed.
type change func(f *customer.File, v *policy.View, at instant.Time) (catalogue.Data, error)

// edit carries one edit of a file out: once per command, by whoever may, on the
// version that it was based on, recorded with what was before and after.
func (a *Accounts) edit(ctx context.Context, e Editing, do change) (Seen, error) {
	d, holder, err := a.permitted(ctx, e.By, access.Change, e.ID)
	if err != nil {
		return Seen{}, err
	}
	if d.Did(e.Command) {
		return Seen{File: d.Body, Owner: holder.Owner, At: d.Version}, nil
	}
	if err := e.Match(d.Version); err != nil {
		return Seen{}, err
	}
	version := d.Version
	if err := a.alter(ctx, d, e.Command, do); err != nil {
		return Seen{}, stale(err, version)
	}
	return Seen{File: d.Body, Owner: holder.Owner, At: d.Version}, nil
}

// alter changes a file and stores it with the facts that tell so; a file that
// stays as it was is not stored.
func (a *Accounts) alter(ctx context.Context, d *store.Doc[customer.File], command string, do change) error {
	at := a.clock()
	v, err := a.policy.At(at)
	if err != nil {
		return problem.Away(err)
	}
	before, applied := d.Body.Before(), d.Body.Applied
	more, err := do(&d.Body, v, at)
	if err != nil {
		return err
	}
	changed := d.Body.Settle(before, at)
	if len(changed) == 0 && slices.Equal(applied, d.Body.Applied) {
		return nil
	}
	if len(changed) == 0 { // a change of need that changes nothing is over all the same
		return a.docs.Customers.Commit(ctx, d, command)
	}
	told := []catalogue.Data{&catalogue.CustomerChanged{Before: before, After: d.Body.Customer, Changed: changed}}
	if more != nil {
		told = append(told, more)
	}
	recorded, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: at, Customer: d.ID, Policy: v.Version}, d.Version+1, told...)
	if err != nil {
		return err
	}
	return a.docs.Customers.Commit(ctx, d, command, recorded...)
}

// reachable lets numbers and addresses of a person lead to the customer's file, as
// far as they lead to nobody else: a person may work for two firms.
func (a *Accounts) reachable(ctx context.Context, id string, c catalogue.Contact) error {
	var keys []matching.Key
	for _, p := range append([]string{c.Phone}, c.Phones...) {
		keys = append(keys, matching.Identify(matching.Known{Kind: matching.Person, Phone: p}).Keys...)
	}
	for _, m := range append([]string{c.Email}, c.Mails...) {
		keys = append(keys, matching.Identify(matching.Known{Kind: matching.Person, Email: m}).Keys...)
	}
	for _, k := range keys {
		err := a.docs.Keys.Commit(ctx, store.New(k.ID(), storage.Key{Customer: id, At: a.clock()}), "")
		if err != nil && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return nil
}
