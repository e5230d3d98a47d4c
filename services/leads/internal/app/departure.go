package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/services/leads/internal/transfer"
)

// handOverAgain is how long after a departure it is looked again for what was
// still being given to the person while they left.
const handOverAgain = time.Hour

// PersonLeft hands everything over that a person holds. It is noted
// first, so that it goes on after a crash, and doing it again finds nothing.
func (a *App) PersonLeft(ctx context.Context, person, cause string) error {
	d, err := a.Departures.Get(ctx, person)
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(person, storage.Departure{Person: person}), nil
	}
	if err != nil {
		return err
	}
	if d.Body.Cause != cause {
		d.Body.Cause, d.Body.Open, d.Body.At, d.Body.EndedAt = cause, true, a.Clock(), 0
		if err := a.Departures.Commit(ctx, d, ""); err != nil {
			return err
		}
	}
	return a.handOver(ctx, d)
}

// GoOn takes departures up that were not handed over to the end.
func (a *App) GoOn(ctx context.Context) error {
	since := a.Clock().Add(-handOverAgain)
	return each(ctx, a.Departures, store.Query{Index: "ended"}, func(d *store.Doc[storage.Departure]) error {
		if d.Body.Open || d.Body.EndedAt > since {
			return a.handOver(ctx, d)
		}
		return nil
	})
}

func (a *App) handOver(ctx context.Context, d *store.Doc[storage.Departure]) error {
	person := d.Body.Person
	ctx = facts.WithCause(store.Background(ctx), d.Body.Cause)
	handed := 0
	for {
		if p, known := a.People.Person(person); known && p.Active {
			break // came back
		}
		n, err := a.handOverOnce(ctx, person)
		handed += n
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	if !d.Body.Open && handed == 0 {
		return nil
	}
	d.Body.Handed += handed
	if d.Body.Open {
		d.Body.Open, d.Body.EndedAt = false, a.Clock()
	}
	err := a.Departures.Commit(ctx, d, "")
	if errors.Is(err, store.ErrConflict) {
		return nil // another process hands the same over
	}
	return err
}

// handOverOnce gives all that a person holds to whoever acts for them now, and
// tells how much that was.
func (a *App) handOverOnce(ctx context.Context, person string) (n int, err error) {
	heir := func() string {
		if to := a.People.Substitute(person, a.Clock()); to != person {
			return to
		}
		return ""
	}
	if heir() == "" {
		return 0, errors.New("nobody active is left to take over from " + person)
	}
	count := func(changed bool, err error) error {
		if changed && err == nil {
			n++
		}
		return err
	}
	for _, place := range []string{"owner", "window", "decider", "follower"} {
		if err == nil {
			err = each(ctx, a.Ownerships, store.Query{Index: place, Equal: []any{person}, Limit: 200}, func(d *OwnershipDoc) error {
				return count(a.inherit(ctx, d.ID, person, heir()))
			})
		}
	}
	open := func(index string) store.Query {
		return store.Query{Index: index, Equal: []any{person, true}, Limit: 200}
	}
	if err == nil {
		err = each(ctx, a.Leads, open("owner_open"), func(d *LeadDoc) error {
			return count(a.placeLead(ctx, "", d.ID, person, a.ownerNow(ctx, d.Body.Customer, heir()), ownership.OwnerLeft, ""))
		})
	}
	if err == nil {
		err = each(ctx, a.Deals, open("owner_open"), func(d *DealDoc) error {
			return count(true, a.placeDeal(ctx, d.ID, a.ownerNow(ctx, d.Body.Customer, heir()), ownership.OwnerLeft, 0))
		})
	}
	for _, index := range []string{"from_open", "to_open"} {
		if err == nil {
			err = each(ctx, a.Transfers, open(index), func(d *TransferDoc) error { return count(true, a.inheritTransfer(ctx, d.ID, person, heir())) })
		}
	}
	if err == nil {
		err = each(ctx, a.FirstContacts, open("person_open"), func(d *ContactDoc) error { return count(true, a.inheritContact(ctx, d.ID, person, heir())) })
	}
	return n, err
}

// ownerNow gives the owner of a customer, or other where there is none.
func (a *App) ownerNow(ctx context.Context, customer, other string) string {
	if customer == "" {
		return other
	}
	if o, err := a.Ownerships.Get(ctx, customer); err == nil && o.Body.Owner != "" {
		if p, known := a.People.Person(o.Body.Owner); known && p.Active {
			return o.Body.Owner
		}
	}
	return other
}

// inherit gives a customer of somebody who left to the heir, or the places that
// they have at somebody else's customer.
func (a *App) inherit(ctx context.Context, customer, person, heir string) (changed bool, err error) {
	err = a.onOwnership(ctx, "", customer, func(o *OwnershipDoc, at instant.Time) (catalogue.Data, error) {
		if o.Body.Owner != person {
			before := o.Body.Ownership
			o.Body.Ownership = ownership.Replace(before, person, heir)
			if changed = o.Body.Ownership != before; !changed {
				return nil, nil
			}
			return &catalogue.OwnerChanged{Before: before, After: o.Body.Ownership, Reason: ownership.OwnerLeft}, nil
		}
		changed = true
		transferID := o.Body.Transfer
		f := give(o, heir, ownership.OwnerLeft, at)
		o.Body.Transfer = transferID // goes on between those who are there
		return f, nil
	})
	if err != nil {
		return false, err
	}
	return changed, a.follow(ctx, customer)
}

// inheritTransfer puts the heir in the place of somebody who left; a transfer
// from the heir to the heir has no more point.
func (a *App) inheritTransfer(ctx context.Context, id, person, heir string) error {
	var ended catalogue.Transfer
	err := retry(ctx, func() error {
		d, err := a.Transfers.Get(ctx, id)
		if err != nil || !d.Body.Open {
			return err
		}
		for _, side := range []*string{&d.Body.From, &d.Body.To} {
			if *side == person {
				*side = heir
			}
		}
		if d.Body.From == d.Body.To {
			err := a.step(ctx, "", d, transfer.Cancel, ownership.OwnerLeft)
			ended = d.Body.Transfer
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		return commitAs(ctx, "", a.Transfers, d, stampOf(d.Body.Customer, at, v), &catalogue.TransferStepped{Before: d.Body.Status, After: d.Body.Transfer})
	})
	if err != nil || ended.ID == "" {
		return err
	}
	return a.endTransfer(ctx, ended)
}

func (a *App) inheritContact(ctx context.Context, id, person, heir string) error {
	return retry(ctx, func() error {
		d, err := a.FirstContacts.Get(ctx, id)
		if err != nil || d.Body.Person != person {
			return err
		}
		d.Body.Person = heir
		return a.FirstContacts.Commit(ctx, d, "")
	})
}
