package app

import (
	"context"
	"errors"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/ownership"
)

func typeOf(d catalogue.Data) string { return d.Kind().Type }

// OwnTypes are the facts of this service that it reacts to itself.
var OwnTypes = []string{typeOf(&catalogue.OwnerChanged{}), typeOf(&catalogue.CustomerPooled{}), typeOf(&catalogue.CustomerClaimed{}),
	typeOf(&catalogue.LeadLinked{}), typeOf(&catalogue.DealLinked{}), typeOf(&catalogue.LeadRecorded{}), typeOf(&catalogue.LeadAssigned{}),
	typeOf(&catalogue.DealOpened{}), typeOf(&catalogue.DealImported{}), typeOf(&catalogue.DealAssigned{}), typeOf(&catalogue.TransferStepped{})}

// OrganizationTypes are the facts of organization that it reacts to.
var OrganizationTypes = []string{typeOf(&catalogue.PersonDeactivated{})}

// React finishes what a fact of this service leads to, in case the process that
// recorded it did not live to do so, and keeps every open thing with an active
// owner. Every step looks at how things stand now, so that facts that
// come twice, late or out of order do no harm.
func (a *App) React(ctx context.Context, e facts.Event) error {
	ctx = facts.WithCause(store.Background(ctx), e.ID)
	switch e.Type {
	case typeOf(&catalogue.OwnerChanged{}), typeOf(&catalogue.CustomerPooled{}), typeOf(&catalogue.CustomerClaimed{}):
		return a.reactToOwner(ctx, e)
	case typeOf(&catalogue.TransferStepped{}):
		f, err := facts.Decode[catalogue.TransferStepped](e)
		if err != nil {
			return err
		}
		return a.endTransfer(ctx, f.After)
	case typeOf(&catalogue.LeadLinked{}):
		f, err := facts.Decode[catalogue.LeadLinked](e)
		if err != nil {
			return err
		}
		return a.afterLink(ctx, f.Lead, f.After.Customer)
	}
	return a.reactToAssignment(ctx, e)
}

func (a *App) reactToOwner(ctx context.Context, e facts.Event) error {
	o, err := a.Ownerships.Get(ctx, e.Customer)
	if err != nil {
		return err
	}
	for _, person := range ownership.Named(o.Body.Ownership) {
		if gone, heir := a.heirOf(person); gone {
			if _, err := a.inherit(ctx, o.ID, person, heir); err != nil {
				return err
			}
		}
	}
	return a.afterOwnerChange(ctx, e.Customer)
}

// reactToAssignment looks after leads and deals that were given to somebody:
// who left in that very moment is replaced, and a deal's customer gets its owner.
func (a *App) reactToAssignment(ctx context.Context, e facts.Event) error {
	kind, id := split(e.Aggregate)
	if kind == catalogue.KindLead {
		if owner, err := givenTo(e); err != nil || owner != "" && !a.left(owner) {
			return err // as almost always: nothing to read
		}
		d, err := a.Leads.Get(ctx, id)
		if err != nil {
			return err
		}
		gone, heir := a.heirOf(d.Body.Owner)
		if !gone || !d.Body.Open {
			return nil
		}
		_, err = a.placeLead(ctx, "", id, d.Body.Owner, a.ownerNow(ctx, d.Body.Customer, heir), ownership.OwnerLeft, "")
		return err
	}
	d, err := a.Deals.Get(ctx, id)
	if err != nil {
		return err
	}
	if d.Body.Customer != "" {
		if _, err := a.ensureOwned(ctx, d.Body.Customer, d.Body.Owner, d.Body.Company); err != nil {
			return err
		}
		return a.follow(ctx, d.Body.Customer)
	}
	if gone, heir := a.heirOf(d.Body.Owner); gone && d.Body.Open {
		return a.placeDeal(ctx, id, heir, ownership.OwnerLeft, 0)
	}
	return nil
}

// givenTo gives who got a lead by the fact.
func givenTo(e facts.Event) (string, error) {
	if e.Type == typeOf(&catalogue.LeadRecorded{}) {
		f, err := facts.Decode[catalogue.LeadRecorded](e)
		return f.After.Owner, err
	}
	f, err := facts.Decode[catalogue.LeadAssigned](e)
	return f.After, err
}

func (a *App) left(person string) bool {
	p, known := a.People.Person(person)
	return known && !p.Active
}

// heirOf tells whether an owner has left, and who acts for them.
func (a *App) heirOf(owner string) (gone bool, heir string) {
	p, known := a.People.Person(owner)
	if owner == "" || !known || p.Active {
		return false, ""
	}
	heir = a.People.Substitute(owner, a.Clock())
	return heir != "" && heir != owner, heir
}

// ReactToOrganization hands over what a person held who left.
func (a *App) ReactToOrganization(ctx context.Context, e facts.Event) error {
	f, err := facts.Decode[catalogue.PersonDeactivated](e)
	if err != nil {
		return err
	}
	if err := a.People.Await(ctx, f.After.ID, f.AggregateVersion); err != nil {
		return err
	}
	err = a.PersonLeft(ctx, f.After.ID, e.ID)
	if errors.Is(err, store.ErrConflict) {
		return nil // another process has taken it up
	}
	return err
}

func split(aggregate string) (kind, id string) {
	for i := range len(aggregate) {
		if aggregate[i] == '/' {
			return aggregate[:i], aggregate[i+1:]
		}
	}
	return aggregate, ""
}
