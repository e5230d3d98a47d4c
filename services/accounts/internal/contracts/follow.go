package contracts

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// over are the states in which nobody has to see to a contract any more.
var over = map[string]bool{catalogue.ContractRenewed: true, catalogue.ContractExpired: true, catalogue.ContractTerminated: true}

// follow gives a customer's contracts that are not over to its new owner, so that
// the renewal talk is theirs. What an older fact says changes nothing.
func (c *Contracts) follow(ctx context.Context, o catalogue.Ownership, version int64) error {
	if o.Owner == "" {
		return nil // in the pool: whoever drafted it keeps seeing to it
	}
	v, now, err := c.view()
	if err != nil {
		return err
	}
	for after := ""; ; {
		page, err := c.docs.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{o.Customer}, Limit: 200, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if k := &d.Body.Contract; d.Body.OwnerVersion < version && !over[k.Status] && k.Owner != o.Owner {
				k.Customer, k.Owner, d.Body.OwnerVersion = d.Body.Customer, o.Owner, version
				_, err := c.commit(ctx, d, "", v, now, []catalogue.Data{&catalogue.ContractChanged{Before: k.Status, Reason: "owner"}})
				if errors.Is(err, store.ErrConflict) {
					return problem.Away(err) // tried again
				}
				if err != nil {
					return err
				}
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
