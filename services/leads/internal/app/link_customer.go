package app

import (
	"context"
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
)

// LinkLead tells a lead its customer. The customer's owner wins; a customer
// that nobody owned gets the lead's owner; a lead that repeats an earlier open
// one of the same customer is folded into it.
func (a *App) LinkLead(ctx context.Context, id, customer string) (*LeadDoc, error) {
	if customer == "" {
		return nil, problem.InvalidFields(problem.Required("customer"))
	}
	d, err := a.leadFor(ctx, id, access.Effect)
	if err != nil {
		return nil, err
	}
	if customer, err = a.standing(ctx, customer); err != nil {
		return nil, err
	}
	o, err := a.ensureOwned(ctx, customer, d.Body.Owner, d.Body.Company)
	if err != nil {
		return nil, err
	}
	err = retry(ctx, func() error {
		if d, err = a.Leads.Get(ctx, id); err != nil || d.Body.Customer == customer || d.Did(httpx.Command(ctx)) {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		l := d.Body.Lead
		l.Customer = customer
		d.Body.Set(l)
		data := []catalogue.Data{&catalogue.LeadLinked{Lead: id}}
		if o.Body.Owner != "" && o.Body.Owner != l.Owner && d.Body.Open {
			data = append(data, place(&d.Body, o.Body.Owner, ownership.CustomerOwner, "", at))
		}
		data[0].(*catalogue.LeadLinked).After = d.Body.Lead
		return commit(ctx, a.Leads, d, stampOf(customer, at, v), data...)
	})
	if err != nil {
		return nil, err
	}
	if err := a.afterLink(ctx, id, customer); err != nil {
		return nil, err
	}
	return a.Leads.Get(ctx, id)
}

// afterLink is what linking leads to; it is repeated for the fact.
func (a *App) afterLink(ctx context.Context, id, customer string) error {
	if err := a.fold(ctx, id); err != nil {
		return err
	}
	if err := a.foldLater(ctx, id); err != nil {
		return err
	}
	return a.follow(ctx, customer)
}

// ensureOwned gives the ownership of a customer: a new one of owner, the one
// that there is, or the pooled one, which owner takes over by what has come in.
func (a *App) ensureOwned(ctx context.Context, customer, owner, company string) (o *OwnershipDoc, err error) {
	err = retry(ctx, func() error {
		at, v, err := a.now()
		if err != nil {
			return err
		}
		if p, known := a.People.Person(owner); owner != "" && (!known || !p.Active) {
			owner = a.People.Substitute(owner, at)
		}
		o, err = a.Ownerships.Get(ctx, customer)
		switch {
		case errors.Is(err, store.ErrNotFound):
			o = store.New(customer, storage.Ownership{Ownership: catalogue.Ownership{Customer: customer}, Company: company})
		case err != nil:
			return err
		case o.Body.Owner != "" || owner == "" || o.Body.MergedInto != "": // nobody owns a customer that is none
			return nil
		}
		before := o.Body.Ownership
		var fact catalogue.Data
		if owner == "" {
			o.Body.Ownership = ownership.Pool(before, "nobody_available", at)
			fact = &catalogue.CustomerPooled{Before: before, After: o.Body.Ownership, Reason: "nobody_available"}
		} else {
			o.Body.Ownership, o.Body.Change = ownership.Give(before, owner, at), ownership.Intake
			fact = &catalogue.OwnerChanged{Before: before, After: o.Body.Ownership, Reason: ownership.Intake}
		}
		return commitAs(ctx, "", a.Ownerships, o, stampOf(customer, at, v), fact)
	})
	return o, err
}

// fold ends a lead that repeats an earlier open lead of its customer. Of two
// that were linked at once only the later one folds, whoever looks first.
func (a *App) fold(ctx context.Context, id string) error {
	return retry(ctx, func() error {
		d, err := a.Leads.Get(ctx, id)
		if err != nil || !d.Body.Open || d.Body.Customer == "" || d.Body.NeedKey == "" {
			return err
		}
		into, err := a.earlierSame(ctx, d)
		if err != nil || into == "" {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		l := d.Body.Lead
		before := l.Status
		l.FoldedInto = into
		if err := lead.Move(&l, catalogue.LeadFolded); err != nil {
			return err
		}
		d.Body.Set(l)
		return commitAs(ctx, "", a.Leads, d, stampOf(l.Customer, at, v), &catalogue.LeadFoldedIn{Lead: id, Into: into},
			&catalogue.LeadStatusChanged{Lead: id, Before: before, After: l.Status, Reason: "same_need"})
	})
}

// foldLater folds later leads of the same need that were linked before this
// one and that nobody has worked on.
func (a *App) foldLater(ctx context.Context, id string) error {
	d, err := a.Leads.Get(ctx, id)
	if err != nil || !d.Body.Open || d.Body.Customer == "" || d.Body.NeedKey == "" {
		return err
	}
	q := store.Query{Index: "customer", Equal: []any{d.Body.Customer}, Range: store.Range{From: d.Body.ArrivedAt.String()}, Limit: 100}
	return each(ctx, a.Leads, q, func(o *LeadDoc) error {
		if o.ID == id || o.Body.NeedKey != d.Body.NeedKey || o.Body.Status != catalogue.LeadNew {
			return nil
		}
		return a.fold(ctx, o.ID)
	})
}

var errFound = errors.New("found")

func (a *App) earlierSame(ctx context.Context, d *LeadDoc) (string, error) {
	into := ""
	q := store.Query{Index: "customer", Equal: []any{d.Body.Customer}, Limit: 100}
	err := each(ctx, a.Leads, q, func(o *LeadDoc) error {
		earlier := o.Body.ArrivedAt < d.Body.ArrivedAt || o.Body.ArrivedAt == d.Body.ArrivedAt && o.ID < d.ID
		if o.ID != d.ID && o.Body.Open && earlier && o.Body.NeedKey == d.Body.NeedKey {
			into = o.ID
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return into, err
}

// LinkDeal tells a deal its customer; the customer's owner wins.
func (a *App) LinkDeal(ctx context.Context, id, customer string) (*DealDoc, error) {
	if customer == "" {
		return nil, problem.InvalidFields(problem.Required("customer"))
	}
	d, err := a.dealForEffect(ctx, id)
	if err != nil {
		return nil, err
	}
	if customer, err = a.standing(ctx, customer); err != nil {
		return nil, err
	}
	if _, err := a.ensureOwned(ctx, customer, d.Body.Owner, d.Body.Company); err != nil {
		return nil, err
	}
	err = a.onDealPlain(ctx, httpx.Command(ctx), id, func(d catalogue.Deal, _ instant.Time, _ *policy.View) (deal.Change, error) {
		return deal.Link(d, customer)
	})
	if err != nil {
		return nil, err
	}
	if err := a.follow(ctx, customer); err != nil {
		return nil, err
	}
	return a.Deals.Get(ctx, id)
}

func (a *App) dealForEffect(ctx context.Context, id string) (*DealDoc, error) {
	if err := a.Guard.MayAtAll(ctx, access.Effect); err != nil {
		return nil, err
	}
	d, err := a.Deals.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("商机", "deal", id)
	}
	return d, err
}
