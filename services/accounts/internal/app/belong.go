package app

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/store"
)

// What the other parts of the file ask of it: a customer's id that comes from
// outside leads to the file that it became, and who may see it.

// Root gives the customer's file, following folds. Errors: store.ErrNotFound.
func (a *Accounts) Root(ctx context.Context, id string) (customer.File, error) {
	d, err := a.root(ctx, id)
	if err != nil {
		return customer.File{}, err
	}
	return d.Body, nil
}

// Permitted gives the customer's file, following folds, and who answers for it, if
// the principal may do the action to it.
func (a *Accounts) Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error) {
	d, holder, err := a.permitted(ctx, p, action, id)
	if d == nil {
		return customer.File{}, holder, err
	}
	return d.Body, holder, err
}

// Find gives the customer that what is known of somebody leads to, by its
// strongest key; empty: nobody. external is the id under which a customer was
// asked for, such as crm:4711 of an import.
func (a *Accounts) Find(ctx context.Context, k matching.Known, external string) (string, error) {
	for _, key := range matching.Identify(k).Keys {
		d, err := a.docs.Keys.Get(ctx, key.ID())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		f, err := a.root(ctx, d.Body.Customer)
		if err != nil {
			return "", err
		}
		return f.ID, nil
	}
	if external == "" {
		return "", nil
	}
	d, err := a.docs.Answers.Get(ctx, external)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	f, err := a.root(ctx, d.Body.Customer)
	if err != nil {
		return "", err
	}
	return f.ID, nil
}
