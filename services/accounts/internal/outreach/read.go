package outreach

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// permitted gives a contact if the principal may do the action to its customer.
func (o *Outreach) permitted(ctx context.Context, p auth.Principal, a access.Action, id string) (catalogue.Outreach, error) {
	if err := o.Guard.MayAtAll(p, a); err != nil {
		return catalogue.Outreach{}, err
	}
	d, err := o.contacts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return catalogue.Outreach{}, problem.Missing("触达", "outreach", id)
	}
	if err != nil {
		return catalogue.Outreach{}, err
	}
	_, _, err = o.Files.Permitted(ctx, p, a, d.Body.Customer)
	return d.Body.Outreach, err
}

// Get gives a contact to whoever may read it.
func (o *Outreach) Get(ctx context.Context, p auth.Principal, id string) (catalogue.Outreach, error) {
	return o.permitted(ctx, p, access.OutreachRead, id)
}

// List gives the contacts with a customer, newest first.
func (o *Outreach) List(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]catalogue.Outreach, string, error) {
	f, _, err := o.Files.Permitted(ctx, p, access.OutreachRead, customer)
	if err != nil {
		return nil, "", err
	}
	return o.page(ctx, store.Query{Index: holdings.Index, Equal: []any{f.ID}, Desc: true, Limit: limit, After: after})
}

// ListStatus gives all contacts in a state, newest first, to whoever may read everybody's.
func (o *Outreach) ListStatus(ctx context.Context, p auth.Principal, status string, limit int, after string) ([]catalogue.Outreach, string, error) {
	if !o.Guard.Everywhere(p, access.OutreachRead) {
		return nil, "", o.Guard.May(p, access.OutreachRead, access.Holder{Owner: "-"})
	}
	return o.page(ctx, store.Query{Index: byStatus, Equal: []any{status}, Desc: true, Limit: limit, After: after})
}

func (o *Outreach) page(ctx context.Context, q store.Query) ([]catalogue.Outreach, string, error) {
	page, err := o.contacts.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.Outreach, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body.Outreach)
	}
	return out, page.Next, nil
}
