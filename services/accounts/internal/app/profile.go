package app

import (
	"context"
	"errors"
	"strconv"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// describe takes a profile over into a file; fresh begins the ids of new care dates.
func describe(f *customer.File, p customer.Profile, v *policy.View, by string, at instant.Time, fresh string) error {
	c := v.Sections.Customers
	if c.NeedChange.Required && p.ChangesNeeds(f) {
		return problem.Refuse("R-050", "需求变更须经审批：请提交需求变更", "Recorded needs change by an approved change of need: request one")
	}
	return f.Describe(p, c, by, at, func(n int) string { return fresh + "-" + strconv.Itoa(n) })
}

// Agree records what a customer said about being reached on a channel.
func (a *Accounts) Agree(ctx context.Context, e Editing, said catalogue.Consent) (Seen, error) {
	said.By = e.By.ID
	return a.edit(ctx, e, func(f *customer.File, v *policy.View, at instant.Time) (catalogue.Data, error) {
		return nil, f.Agree(said, v.Sections.Customers, at)
	})
}

// ApplyNeedChange takes an approved change of need over into the customer's file,
// once, however often it is asked for.
func (a *Accounts) ApplyNeedChange(ctx context.Context, c catalogue.NeedChange) error {
	return retry(ctx, func() error {
		d, err := a.root(ctx, c.Customer)
		if err != nil {
			return err
		}
		err = a.alter(ctx, d, "need_change:"+c.ID, func(f *customer.File, _ *policy.View, at instant.Time) (catalogue.Data, error) {
			f.Apply(c, at)
			return nil, nil
		})
		if errors.Is(err, store.ErrRepeated) {
			return nil
		}
		return err
	})
}
