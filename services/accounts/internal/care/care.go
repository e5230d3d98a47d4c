// Package care owns what is done for customers beyond business: records of care
// with the customer's response, and events and value-added services
// to which exactly those are invited whom they suit, with response and
// attendance. Greetings on care dates are sent by the maintenance journey; what
// was sent becomes a record here.
package care

import (
	"context"
	"errors"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// source names this service in facts.
const source = "liuke/accounts"

const byTime, byActivity = "by_time", "by_activity"

var (
	recordSpec = store.Spec{Name: "care_record", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "at"}, {Name: byTime, Order: "at"}}}
	activitySpec   = store.Spec{Name: "activity", Indexes: []store.Index{{Name: byTime, Order: "starts_at"}}}
	invitationSpec = store.Spec{Name: "invitation", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "starts_at"}, {Name: byActivity, Equal: []string{"activity"}}}}
)

type (
	// Record is the document of a care.
	Record struct {
		catalogue.CareRecord
		Origins []string `json:"origins,omitempty"`
	}
	// Invited is the document of an invitation.
	Invited struct {
		catalogue.Invitation
		Origins []string `json:"origins,omitempty"`
	}
	// RecordDoc is a stored care.
	RecordDoc = store.Doc[Record]
	// ActivityDoc is a stored activity.
	ActivityDoc = store.Doc[catalogue.Activity]
	// InvitationDoc is a stored invitation.
	InvitationDoc = store.Doc[Invited]
)

// Files is what care asks of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
	ByTier(ctx context.Context, p auth.Principal, tier string, limit int, after string) ([]app.Seen, string, error)
	ByType(ctx context.Context, p auth.Principal, kind string, limit int, after string) ([]app.Seen, string, error)
	ByLabel(ctx context.Context, p auth.Principal, label string, limit int, after string) ([]app.Seen, string, error)
	Newest(ctx context.Context, p auth.Principal, limit int, after string) ([]app.Seen, string, error)
}

// Config is what Care is made of.
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
}

// Care keeps records, activities and invitations.
type Care struct {
	Config
	records     store.Collection[Record]
	activities  store.Collection[catalogue.Activity]
	invitations store.Collection[Invited]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Care, error) {
	if err := c.Engine.Declare(ctx, recordSpec, activitySpec, invitationSpec); err != nil {
		return nil, err
	}
	return &Care{Config: c, records: store.Of[Record](c.Engine, recordSpec), activities: store.Of[catalogue.Activity](c.Engine, activitySpec),
		invitations: store.Of[Invited](c.Engine, invitationSpec)}, nil
}

// Holders move records and invitations with their customer.
func (c *Care) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of("care_record", c.records, func(r *Record) (*string, *[]string) { return &r.Customer, &r.Origins }, nil),
		holdings.Of("invitation", c.invitations, func(i *Invited) (*string, *[]string) { return &i.Customer, &i.Origins }, nil),
	}
}

func (c *Care) now() (instant.Time, *policy.View, error) {
	at := c.Clock()
	v, err := c.Policy.At(at)
	if err != nil {
		return 0, nil, problem.Away(err)
	}
	return at, v, nil
}

// commit writes a document with its facts; a command that was carried out before changes nothing.
func commit[T any](ctx context.Context, docs store.Collection[T], d *store.Doc[T], customer string, at instant.Time, data ...catalogue.Data) error {
	recorded, err := facts.RecordAll(ctx, facts.Stamp{Source: source, At: at, Customer: customer}, d.Version+1, data...)
	if err != nil {
		return err
	}
	if err = docs.Commit(ctx, d, httpx.Command(ctx), recorded...); errors.Is(err, store.ErrRepeated) {
		return nil
	}
	return err
}

// process is who acts where nobody signed in.
var process = auth.Principal{ID: "liuke", Name: "liuke", Roles: []auth.Role{auth.System}}
