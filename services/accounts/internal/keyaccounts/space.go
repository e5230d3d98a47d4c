package keyaccounts

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// Bounds of one item.
const mostComments = 200

// purpose of the links by which guests come into a space.
const purpose = "cocreation"

// Item is the document of an item of a co-creation space.
type Item struct {
	holdings.Belonging
	Item catalogue.CocreationItem `json:"item"`
}

// Guest is the document of somebody of the customer who was invited.
type Guest struct {
	holdings.Belonging
	Name    string       `json:"name"`
	Contact string       `json:"contact,omitempty"`
	By      string       `json:"by"`
	At      instant.Time `json:"at"`
	Expires instant.Time `json:"expires"`
	Revoked instant.Time `json:"revoked,omitempty"`
}

// voice is who speaks in a space.
type voice struct {
	id, name string
	guest    bool
}

// member lets somebody of the team into a customer's space.
func (k *KeyAccounts) member(ctx context.Context, p auth.Principal, a access.Action, id string) (string, voice, error) {
	d, err := k.permitted(ctx, p, a, id)
	if err != nil {
		return "", voice{}, err
	}
	name := p.ID
	if person, ok := k.People.Person(p.ID); ok && person.Name != "" {
		name = person.Name
	}
	return d.Body.Customer, voice{id: p.ID, name: name}, running(d.Body.Account)
}

// invited lets whoever holds a link into the space that it is for, until it expires or is taken back.
func (k *KeyAccounts) invited(ctx context.Context, l signedlink.Link) (string, voice, error) {
	d, err := k.guests.Get(ctx, l.Subject)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!d.Body.Revoked.IsZero() || !k.Clock().Before(d.Body.Expires)) {
		return "", voice{}, signedlink.Withdrawn()
	}
	if err != nil {
		return "", voice{}, err
	}
	o, err := k.of(ctx, d.Body.Customer)
	if err != nil {
		return "", voice{}, err
	}
	if running(o.Body.Account) != nil {
		return "", voice{}, signedlink.Withdrawn()
	}
	return d.Body.Customer, voice{id: "guest:" + d.ID, name: d.Body.Name, guest: true}, nil
}

// Invitation is asked for somebody of the customer.
type Invitation struct {
	Name    string       `json:"name" minLength:"1" maxLength:"200" doc:"As the team sees it"`
	Contact string       `json:"contact,omitempty" maxLength:"200" doc:"Id of the contact"`
	Expires instant.Time `json:"expires,omitempty" doc:"Absent: as long as the policy allows"`
}

// Invite makes the link by which somebody of the customer comes into the space.
func (k *KeyAccounts) Invite(ctx context.Context, p auth.Principal, id, guestID string, in Invitation) (Guest, string, error) {
	customerID, _, err := k.member(ctx, p, access.CocreationInvite, id)
	if err != nil {
		return Guest{}, "", err
	}
	v, now, err := k.view()
	if err != nil {
		return Guest{}, "", err
	}
	latest := v.After(now, v.Sections.KeyAccounts.GuestValid)
	if in.Expires.IsZero() {
		in.Expires = latest
	}
	if in.Expires > latest || !now.Before(in.Expires) {
		return Guest{}, "", problem.InvalidFields(problem.FieldError("expires", "range", "须在将来，且不晚于 "+v.Local(latest), "must lie in the future and not after "+v.Local(latest)))
	}
	if strings.TrimSpace(in.Name) == "" {
		return Guest{}, "", problem.InvalidFields(problem.Required("name"))
	}
	g := Guest{Belonging: holdings.Belonging{Customer: customerID}, Name: strings.TrimSpace(in.Name), Contact: in.Contact, By: p.ID, At: now, Expires: in.Expires}
	d := store.New(guestID, g)
	if err = k.keep(ctx, d, now); errors.Is(err, store.ErrExists) {
		if d, err = k.guests.Get(ctx, guestID); err == nil {
			g = d.Body
		}
	}
	if err != nil {
		return Guest{}, "", err
	}
	address, err := k.Links.Address(signedlink.Link{Purpose: purpose, Subject: guestID, Expires: g.Expires})
	return g, address, err
}

// Revoke takes an invitation back; open streams of it end.
func (k *KeyAccounts) Revoke(ctx context.Context, p auth.Principal, id, guestID string) error {
	customerID, _, err := k.member(ctx, p, access.CocreationInvite, id)
	if err != nil {
		return err
	}
	d, err := k.guests.Get(ctx, guestID)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Customer != customerID {
		return problem.Missing("来宾", "guest", guestID)
	}
	if err != nil || !d.Body.Revoked.IsZero() {
		return err
	}
	d.Body.Revoked = k.Clock()
	defer k.hub.Tell(customerID)
	return k.keep(ctx, d, d.Body.Revoked)
}

func (k *KeyAccounts) keep(ctx context.Context, d *store.Doc[Guest], now instant.Time) error {
	g := d.Body
	f, err := facts.Record(ctx, facts.Stamp{Source: source, At: now, Customer: g.Customer}, d.Version+1,
		&catalogue.CocreationGuestChanged{Guest: d.ID, Customer: g.Customer, Name: g.Name, Expires: g.Expires, Revoked: !g.Revoked.IsZero()})
	if err != nil {
		return err
	}
	return k.guests.Commit(ctx, d, "", f)
}

// Idea opens an item.
type Idea struct {
	Kind  string `json:"kind" enum:"idea,feedback,iteration,seminar,custom_solution"`
	Title string `json:"title" minLength:"1" maxLength:"300"`
	Text  string `json:"text,omitempty" maxLength:"8000"`
}

// open puts a new item into a space.
func (k *KeyAccounts) open(ctx context.Context, customerID, id string, who voice, in Idea) (catalogue.CocreationItem, error) {
	now := k.Clock()
	it := catalogue.CocreationItem{ID: id, Customer: customerID, Kind: in.Kind, Title: strings.TrimSpace(in.Title), Text: strings.TrimSpace(in.Text), State: "proposed",
		By: who.id, Name: who.name, Guest: who.guest, CreatedAt: now, Comments: []catalogue.CocreationComment{}}
	if it.Title == "" {
		return it, problem.InvalidFields(problem.Required("title"))
	}
	d := store.New(id, Item{Belonging: holdings.Belonging{Customer: customerID}, Item: it})
	err := k.put(ctx, d, "", &catalogue.CocreationChanged{What: "opened"})
	if errors.Is(err, store.ErrExists) {
		d, err = k.items.Get(ctx, id)
	}
	if err != nil {
		return it, err
	}
	return d.Body.Item, nil
}

// put stores an item and wakes those who look at the space.
func (k *KeyAccounts) put(ctx context.Context, d *store.Doc[Item], command string, told *catalogue.CocreationChanged) error {
	now := k.Clock()
	d.Body.Item.Touched = max(now, d.Body.Item.Touched+1) // an item's changes keep their order
	told.After = d.Body.Item
	f, err := facts.Record(ctx, facts.Stamp{Source: source, At: now, Customer: d.Body.Customer}, d.Version+1, told)
	if err != nil {
		return err
	}
	if err := k.items.Commit(ctx, d, command, f); err != nil {
		return err
	}
	k.hub.Tell(d.Body.Customer)
	return nil
}

// item gives an item of a space; those of other customers do not exist.
func (k *KeyAccounts) item(ctx context.Context, customerID, id string) (*store.Doc[Item], error) {
	d, err := k.items.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Customer != customerID {
		return nil, problem.Missing("共创条目", "item", id)
	}
	return d, err
}

// comment adds what somebody says; two at once both count.
func (k *KeyAccounts) comment(ctx context.Context, customerID, id, commentID string, who voice, text string) (catalogue.CocreationItem, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return catalogue.CocreationItem{}, problem.InvalidFields(problem.Required("text"))
	}
	for attempt := 0; ; attempt++ {
		d, err := k.item(ctx, customerID, id)
		if err != nil {
			return catalogue.CocreationItem{}, err
		}
		it := &d.Body.Item
		if slices.ContainsFunc(it.Comments, func(c catalogue.CocreationComment) bool { return c.ID == commentID }) {
			return *it, nil
		}
		if len(it.Comments) >= mostComments {
			return *it, problem.Refuse("cocreation.comments", "评论已满，请另开条目", "the item has as many comments as it can hold: open another")
		}
		it.Comments = append(it.Comments, catalogue.CocreationComment{ID: commentID, By: who.id, Name: who.name, Guest: who.guest, Text: text, At: k.Clock()})
		err = k.put(ctx, d, "", &catalogue.CocreationChanged{What: "comment"})
		if !errors.Is(err, store.ErrConflict) || attempt == 20 {
			return *it, err
		}
	}
}

// Move moves an item on: where it stands is the team's word.
func (k *KeyAccounts) Move(ctx context.Context, p auth.Principal, id, itemID string, ch Change, state string) (catalogue.CocreationItem, int64, error) {
	customerID, _, err := k.member(ctx, p, access.CocreationJoin, id)
	if err != nil {
		return catalogue.CocreationItem{}, 0, err
	}
	d, err := k.item(ctx, customerID, itemID)
	if err != nil {
		return catalogue.CocreationItem{}, 0, err
	}
	if d.Did(ch.Command) || d.Body.Item.State == state {
		return d.Body.Item, d.Version, nil
	}
	if err := ch.Match(d.Version); err != nil {
		return catalogue.CocreationItem{}, 0, err
	}
	before := d.Body.Item.State
	d.Body.Item.State = state
	err = k.put(ctx, d, ch.Command, &catalogue.CocreationChanged{What: "state", Before: before})
	return d.Body.Item, d.Version, err
}

// space gives a page of a space, what was touched last first.
func (k *KeyAccounts) space(ctx context.Context, customerID string, limit int, after string) ([]catalogue.CocreationItem, string, error) {
	page, err := k.items.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customerID}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.CocreationItem, 0, len(page.Docs))
	for _, d := range page.Docs {
		d.Body.Item.Customer = d.Body.Customer
		out = append(out, d.Body.Item)
	}
	return out, page.Next, nil
}
