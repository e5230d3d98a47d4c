package app

import (
	"context"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// AddContact adds a person to a customer's file.
func (a *Accounts) AddContact(ctx context.Context, e Editing, contact string, c customer.ContactEdit) (Seen, error) {
	return a.people(ctx, e, contact, func(f *customer.File, at instant.Time) (*catalogue.ContactChanged, error) {
		return f.AddContact(contact, c, at)
	})
}

// EditContact changes a person of a customer.
func (a *Accounts) EditContact(ctx context.Context, e Editing, contact string, c customer.ContactEdit) (Seen, error) {
	return a.people(ctx, e, contact, func(f *customer.File, at instant.Time) (*catalogue.ContactChanged, error) {
		return f.EditContact(contact, c, at)
	})
}

// Departure is that a contact left or moved.
type Departure struct {
	At        instant.Time // zero: now
	Successor string
	Note      string
}

// DepartContact records that a person of a customer left, and who took over.
func (a *Accounts) DepartContact(ctx context.Context, e Editing, contact string, d Departure) (Seen, error) {
	return a.people(ctx, e, contact, func(f *customer.File, at instant.Time) (*catalogue.ContactChanged, error) {
		return f.Depart(contact, d.At, d.Successor, d.Note, at)
	})
}

// ReturnContact takes back that a person left.
func (a *Accounts) ReturnContact(ctx context.Context, e Editing, contact string) (Seen, error) {
	return a.people(ctx, e, contact, func(f *customer.File, _ instant.Time) (*catalogue.ContactChanged, error) { return f.Return(contact) })
}

func (a *Accounts) people(ctx context.Context, e Editing, contact string, do func(*customer.File, instant.Time) (*catalogue.ContactChanged, error)) (Seen, error) {
	s, err := a.edit(ctx, e, func(f *customer.File, _ *policy.View, at instant.Time) (catalogue.Data, error) {
		fact, err := do(f, at)
		if err != nil || fact == nil {
			return nil, err
		}
		return fact, nil
	})
	if err != nil {
		return s, err
	}
	c, _ := s.File.Contact(contact)
	return s, a.reachable(ctx, s.File.ID, c)
}
