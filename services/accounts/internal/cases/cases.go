// Package cases owns cases (工单): what customers ask, complain of and suggest,
// each with an owner and a status at every moment, clocks that stand still while
// the customer is waited for, a conversation, and an end that the customer was
// told. Clocks are kept by the case's
// journey (workflows/journey/casework); this package records what it finds.
package cases

import (
	"context"
	"errors"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// source names this service in facts.
const source = "liuke/accounts"

const (
	byOwner  = "by_owner"
	byKind   = "by_kind"
	byOpened = "by_opened"
)

var spec = store.Spec{Name: "case", Indexes: []store.Index{
	{Name: holdings.Index, Equal: []string{"customer"}, Order: "opened_at"},
	{Name: byOwner, Equal: []string{"open", "owner"}, Order: "opened_at"},
	{Name: byKind, Equal: []string{"open", "kind"}, Order: "opened_at"},
	{Name: byOpened, Order: "opened_at"},
}}

// Doc is a stored case.
type Doc = store.Doc[ticket.Ticket]

// Files is what cases ask of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
	MatchOrCreate(ctx context.Context, under, by string, ask app.Ask) (effects.Matched, error)
}

// Config is what Cases are made of.
type Config struct {
	Engine   store.Engine
	Files    Files
	Guard    access.Guard
	People   *directory.Directory
	Policy   *policy.Holder
	Clock    instant.Clock
	Links    *links.Links
	Outreach reach.Outreach
	Log      *slog.Logger
	Journey  func(kind, id string) string // link to a journey in the Temporal UI
}

// Cases keeps cases.
type Cases struct {
	Config
	docs store.Collection[ticket.Ticket]
}

// New declares the collection.
func New(ctx context.Context, c Config) (*Cases, error) {
	if err := c.Engine.Declare(ctx, spec); err != nil {
		return nil, err
	}
	if c.Journey == nil {
		c.Journey = func(string, string) string { return "" }
	}
	return &Cases{Config: c, docs: store.Of[ticket.Ticket](c.Engine, spec)}, nil
}

// Holders move cases with their customer.
func (c *Cases) Holders() []holdings.Holder {
	return []holdings.Holder{holdings.WithJourney(catalogue.KindCase, c.docs, func(t *ticket.Ticket) (*string, *[]string) { return &t.Customer, &t.Origins },
		func(d *Doc, s holdings.Split) bool { // what is about a thing goes where that goes
			return d.Body.Ref != nil && s.Gives(d.Body.Ref.Kind, d.Body.Ref.ID)
		}, c.Clock)}
}

// now gives the instant of a command and the policy in force.
func (c *Cases) now() (instant.Time, *policy.View, error) {
	at := c.Clock()
	v, err := c.Policy.At(at)
	if err != nil {
		return 0, nil, problem.Away(err)
	}
	return at, v, nil
}

// on gives the policy on the calendar that a case's clocks run by.
func (c *Cases) on(v *policy.View, t *ticket.Ticket) *policy.View {
	if t.Calendar != "" {
		return v.On(t.Calendar)
	}
	return v.On(c.People.Calendar(t.Owner))
}

// commit writes a case with the facts that tell what changed; a command that was
// carried out before changes nothing.
func (c *Cases) commit(ctx context.Context, d *Doc, at instant.Time, v *policy.View, data ...catalogue.Data) error {
	recorded, err := facts.RecordAll(ctx, facts.Stamp{Source: source, At: at, Customer: d.Body.Customer, Policy: v.Version}, d.Version+1, data...)
	if err != nil {
		return err
	}
	if err = c.docs.Commit(ctx, d, httpx.Command(ctx), recorded...); errors.Is(err, store.ErrRepeated) {
		return nil
	}
	return err
}

// change reads, changes and commits a case, again while somebody else was
// faster. do gives the facts; none: nothing changed.
func (c *Cases) change(ctx context.Context, id string, action access.Action, match httpx.IfMatch, do func(t *ticket.Ticket, v *policy.View, at instant.Time) ([]catalogue.Data, error)) (d *Doc, err error) {
	for range 8 {
		if d, err = c.get(ctx, id, action); err != nil || d.Did(httpx.Command(ctx)) {
			return d, err
		}
		if err = match.Check(d.Version); err != nil {
			return nil, err
		}
		at, v, err2 := c.now()
		if err2 != nil {
			return nil, err2
		}
		data, err2 := do(&d.Body, c.on(v, &d.Body), at)
		if err2 != nil || len(data) == 0 {
			return d, err2
		}
		if err = c.commit(ctx, d, at, v, data...); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
	return nil, err
}

// get gives a case to whoever may do the action to it: it is its owner's, and its customer's owner's.
func (c *Cases) get(ctx context.Context, id string, action access.Action) (*Doc, error) {
	d, err := c.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("工单", "case", id)
	}
	if err != nil {
		return nil, err
	}
	return d, c.may(ctx, action, &d.Body)
}

func (c *Cases) may(ctx context.Context, action access.Action, t *ticket.Ticket) error {
	p := auth.From(ctx)
	if c.Guard.May(p, action, access.Holder{Owner: t.Owner}) == nil {
		return nil
	}
	_, _, err := c.Files.Permitted(ctx, p, action, t.Customer)
	return err
}

// process is who acts where nobody signed in.
var process = auth.Principal{ID: "liuke", Name: "liuke", Roles: []auth.Role{auth.System}}
