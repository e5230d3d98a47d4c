package app

import (
	"context"
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/ownership"
)

// OwnershipEdit names who else stands for a customer; nil leaves one as it is.
type OwnershipEdit struct{ Window, Decider, Follower *string }

// Ownership says who is responsible for a customer; everybody who works may know.
func (a *App) Ownership(ctx context.Context, customer string) (*OwnershipDoc, error) {
	if err := a.Guard.MayAtAll(ctx, access.OwnerRead); err != nil {
		return nil, err
	}
	customer, err := a.standing(ctx, customer)
	if err != nil {
		return nil, err
	}
	return a.ownershipOf(ctx, customer)
}

func (a *App) ownershipOf(ctx context.Context, customer string) (*OwnershipDoc, error) {
	o, err := a.Ownerships.Get(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("客户归属", "ownership of a customer", customer)
	}
	return o, err
}

// ChangeOwnership names the outside window, who decides and who follows. The
// owner is changed by the transfer process alone.
func (a *App) ChangeOwnership(ctx context.Context, customer string, e OwnershipEdit, match httpx.IfMatch) (o *OwnershipDoc, err error) {
	err = retry(ctx, func() error {
		if o, err = a.ownershipOf(ctx, customer); err != nil {
			return err
		}
		if err := a.Guard.May(ctx, access.OwnerChange, o.Body.Owner); err != nil || o.Did(httpx.Command(ctx)) {
			return err
		}
		if err := match.Check(o.Version); err != nil {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		before := o.Body.Ownership
		if err := a.nameRoles(&o.Body.Ownership, e); err != nil {
			return err
		}
		if before == o.Body.Ownership {
			return nil
		}
		return commit(ctx, a.Ownerships, o, stampOf(customer, at, v),
			&catalogue.OwnerChanged{Before: before, After: o.Body.Ownership, Reason: ownership.Manual})
	})
	return o, err
}

func (a *App) nameRoles(o *catalogue.Ownership, e OwnershipEdit) error {
	var fields []problem.Field
	for _, r := range []struct {
		name string
		to   *string
		from *string
	}{{"window", &o.Window, e.Window}, {"decider", &o.Decider, e.Decider}, {"follower", &o.Follower, e.Follower}} {
		if r.from == nil {
			continue
		}
		if p, known := a.People.Person(*r.from); !known || !p.Active {
			fields = append(fields, problem.FieldError(r.name, "person", "没有这个人或已停用", "nobody active has this id"))
		}
		*r.to = *r.from
	}
	return problem.InvalidFields(fields...)
}

// Holdings counts what a person holds, so that nothing is forgotten when they leave.
type Holdings struct {
	Person    string `json:"person"`
	Customers int64  `json:"customers"`
	Leads     int64  `json:"leads" doc:"Open ones"`
	Deals     int64  `json:"deals" doc:"Open ones"`
	Transfers int64  `json:"transfers" doc:"In progress, on either side"`
	// Samples name some of each kind.
	CustomerIDs []string `json:"customer_ids,omitempty"`
	LeadIDs     []string `json:"lead_ids,omitempty"`
	DealIDs     []string `json:"deal_ids,omitempty"`
	TransferIDs []string `json:"transfer_ids,omitempty"`
}

// HoldingsOf lists and counts what a person holds: up to limit of each kind by id.
func (a *App) HoldingsOf(ctx context.Context, person string, limit int) (Holdings, error) {
	if err := a.Guard.May(ctx, access.Holdings, person); err != nil {
		return Holdings{}, err
	}
	if _, known := a.People.Person(person); !known {
		return Holdings{}, problem.Missing("人员", "person", person)
	}
	h := Holdings{Person: person}
	openOf := func(index string) store.Query {
		return store.Query{Index: index, Equal: []any{person, true}, Limit: limit}
	}
	err := errors.Join(
		tally(ctx, a.Ownerships, store.Query{Index: "owner", Equal: []any{person}, Limit: limit}, &h.Customers, &h.CustomerIDs),
		tally(ctx, a.Leads, openOf("owner_open"), &h.Leads, &h.LeadIDs),
		tally(ctx, a.Deals, openOf("owner_open"), &h.Deals, &h.DealIDs),
		tally(ctx, a.Transfers, openOf("from_open"), &h.Transfers, &h.TransferIDs),
		tally(ctx, a.Transfers, openOf("to_open"), &h.Transfers, &h.TransferIDs))
	return h, err
}

func tally[T any](ctx context.Context, c store.Collection[T], q store.Query, n *int64, ids *[]string) error {
	count, err := c.Count(ctx, q)
	if err != nil {
		return err
	}
	page, err := c.Page(ctx, q)
	if err != nil {
		return err
	}
	*n += count
	for _, d := range page.Docs {
		*ids = append(*ids, d.ID)
	}
	return nil
}
