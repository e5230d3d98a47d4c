package care

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// purpose of the links by which invitations are answered.
const purpose = "event"

// fromOutreach are the purposes of contacts that are care.
var fromOutreach = []string{"care", "greeting"}

// Types are the facts that care reacts to.
var Types = []string{(&catalogue.ActivityChanged{}).Kind().Type, (&catalogue.InvitationChanged{}).Kind().Type, (&catalogue.OutreachStepped{}).Kind().Type}

// Observe makes invitations, sends them, and records the greetings that were sent.
func (c *Care) Observe(ctx context.Context, e facts.Event) error {
	ctx = facts.WithCause(auth.With(ctx, process), e.ID)
	switch e.Type {
	case Types[0]:
		d, err := facts.Decode[catalogue.ActivityChanged](e)
		if err != nil {
			return facts.Final(err)
		}
		if d.After.Status == inviting {
			return c.inviteAll(ctx, d.After.ID)
		}
	case Types[1]:
		d, err := facts.Decode[catalogue.InvitationChanged](e)
		if err != nil {
			return facts.Final(err)
		}
		if d.Before == "" && d.After.Status == catalogue.InvitationSent {
			return c.deliver(ctx, d.After.ID)
		}
	case Types[2]:
		d, err := facts.Decode[catalogue.OutreachStepped](e)
		if err != nil {
			return facts.Final(err)
		}
		if o := d.After; d.Change == "sent" && slices.Contains(fromOutreach, o.Purpose) {
			_, err := c.write(ctx, "outreach:"+o.ID, catalogue.CareRecord{Customer: o.Customer, Kind: "greeting", Occasion: o.Subject.Zh, Text: o.Text.Zh, Contact: o.Contact,
				By: o.By, At: o.SentAt, Outreach: o.ID})
			return err
		}
	}
	return nil
}

// inviteAll makes the invitations of an activity, each under an id of its own, so
// that it goes on where a crash has left it.
func (c *Care) inviteAll(ctx context.Context, id string) error {
	d, err := c.activity(ctx, id)
	if err != nil || d.Body.Status != inviting {
		return err
	}
	n := 0
	err = c.audience(ctx, d.Body, func(f customer.File, because []string) error {
		n++
		_, err := c.ask(ctx, d.Body, f.ID, because, catalogue.InvitationSent, 0)
		return err
	})
	if err != nil {
		return err
	}
	for range 8 {
		if d, err = c.activity(ctx, id); err != nil || d.Body.Status != inviting {
			return err
		}
		d.Body.Status, d.Body.Invited = invited, n
		if err = commit(ctx, c.activities, d, "", c.Clock(), &catalogue.ActivityChanged{After: d.Body}); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return store.ErrConflict
}

// ask makes the one invitation of a customer to an activity, or gives it.
func (c *Care) ask(ctx context.Context, a catalogue.Activity, customer string, because []string, status string, attended instant.Time) (*InvitationDoc, error) {
	id := a.ID + ":" + customer
	if d, err := c.invitations.Get(ctx, id); err == nil || !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	at := c.Clock()
	i := catalogue.Invitation{ID: id, Activity: a.ID, Name: a.Name, Customer: customer, Status: status, Because: because, InvitedAt: at, Attended: attended, StartsAt: a.StartsAt}
	d := store.New(id, Invited{Invitation: i})
	err := commit(ctx, c.invitations, d, customer, at, &catalogue.InvitationChanged{After: i})
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return c.invitations.Get(ctx, id)
	}
	return d, err
}

// deliver sends an invitation; who may not be reached is noted.
func (c *Care) deliver(ctx context.Context, id string) error {
	d, err := c.invitations.Get(ctx, id)
	if err != nil || d.Body.Status != catalogue.InvitationSent {
		return err
	}
	a, err := c.activity(ctx, d.Body.Activity)
	if err != nil || a.Body.Status == cancelled {
		return err
	}
	f, err := c.Files.Root(ctx, d.Body.Customer)
	if err != nil {
		return err
	}
	address, err := c.Address(&d.Body)
	if err != nil {
		return err
	}
	channel := a.Body.Channel
	if channel == "" {
		channel = reach.Channel(f)
	}
	text := lang.T(a.Body.Name.Zh+"\n"+a.Body.Text.Zh+"\n"+address, a.Body.Name.En+"\n"+a.Body.Text.En+"\n"+address)
	refused, err := reach.Say(ctx, c.Outreach, "invitation:"+id, a.Body.Owner, effects.ReachCustomer{Customer: f.ID, Channel: channel, Purpose: purpose, Department: reach.Operations,
		Subject: lang.T("邀请："+a.Body.Name.Zh, "Invitation: "+a.Body.Name.En), Text: text, Uses: d.Body.Because, Until: a.Body.StartsAt})
	if err != nil || refused == nil {
		return err
	}
	_, err = c.change(ctx, id, func(i *catalogue.Invitation, _ instant.Time) error {
		if i.Status == catalogue.InvitationSent {
			i.Status, i.Note = catalogue.InvitationRefused, refused.Rule
		}
		return nil
	})
	return err
}

// Address gives the address of the page on which an invitation is answered.
func (c *Care) Address(i *Invited) (string, error) {
	_, v, err := c.now()
	if err != nil {
		return "", err
	}
	return c.Links.Address(signedlink.Link{Purpose: purpose, Subject: i.ID, Expires: v.After(i.StartsAt, v.Sections.PublicLinks.EventValid)})
}

// change changes an invitation; the fact tells what it was before.
func (c *Care) change(ctx context.Context, id string, do func(*catalogue.Invitation, instant.Time) error) (*InvitationDoc, error) {
	for range 8 {
		d, err := c.invitations.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, problem.Missing("邀请", "invitation", id)
		}
		if err != nil || d.Did(httpx.Command(ctx)) {
			return d, err
		}
		at, before := c.Clock(), d.Body.Status
		if err := do(&d.Body.Invitation, at); err != nil {
			return nil, err
		}
		if d.Body.Status == before {
			return d, nil
		}
		if err = commit(ctx, c.invitations, d, d.Body.Customer, at, &catalogue.InvitationChanged{Before: before, After: d.Body.Invitation}); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
	return nil, store.ErrConflict
}

// Invitations lists those of a customer, or of an activity.
func (c *Care) Invitations(ctx context.Context, customer, activity string, limit int, after string) ([]*InvitationDoc, string, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CareRead); err != nil {
		return nil, "", err
	}
	q := store.Query{Index: byActivity, Equal: []any{activity}, Limit: limit, After: after}
	if (customer == "") == (activity == "") {
		return nil, "", problem.InvalidFields(problem.FieldError("query", "combination", "须给出 customer 或 activity 之一", "takes either customer or activity"))
	}
	if customer != "" {
		f, _, err := c.Files.Permitted(ctx, p, access.CareRead, customer)
		if err != nil {
			return nil, "", err
		}
		q = store.Query{Index: holdings.Index, Equal: []any{f.ID}, Desc: true, Limit: limit, After: after}
	}
	page, err := c.invitations.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	return slices.DeleteFunc(page.Docs, func(d *InvitationDoc) bool { return !c.reads(ctx, p, d.Body.Customer) }), page.Next, nil
}
