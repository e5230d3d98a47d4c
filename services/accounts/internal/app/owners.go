package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// OwnerTypes are the facts that tell who is responsible for a customer.
var OwnerTypes = []string{(&catalogue.OwnerChanged{}).Kind().Type, (&catalogue.CustomerPooled{}).Kind().Type, (&catalogue.CustomerClaimed{}).Kind().Type}

// Observe keeps owners as facts of leads tell them. It decides by the
// ownership's version, so facts may come twice or late.
func (a *Accounts) Observe(ctx context.Context, e facts.Event) error {
	if !slices.Contains(OwnerTypes, e.Type) {
		return nil
	}
	data, err := facts.Decode[struct {
		After catalogue.Ownership `json:"after"`
	}](e)
	if err != nil {
		return err
	}
	owner := storage.Owner{Owner: data.After.Owner, Pooled: data.After.Pooled, Version: e.Version}
	return retry(ctx, func() error {
		d, err := a.docs.Owners.Get(ctx, data.After.Customer)
		if errors.Is(err, store.ErrNotFound) {
			return a.docs.Owners.Commit(ctx, store.New(data.After.Customer, owner), "")
		}
		if err != nil || d.Body.Version > e.Version || d.Body == owner {
			return err
		}
		d.Body = owner // of several facts of one commit the last one stands
		return a.docs.Owners.Commit(ctx, d, "")
	})
}
