// Package attachments owns the files that are kept with a customer: quotes,
// contracts, drawings. The document of an attachment says what it
// is, its content lies in the object store.
//
// Content comes first, its document after it: an attachment that is listed has its
// content, whole. Where a process dies in between, the repeated upload (same
// Idempotency-Key) goes on from there; content that nobody names is never seen, and
// removed after a time of the policy.
package attachments

import (
	"context"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/leftovers"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// Document of an attachment.
type Document struct {
	holdings.Belonging
	File catalogue.Attachment `json:"file"`
}

// Shown gives the attachment with the customer that it belongs to by now.
func (d Document) Shown() catalogue.Attachment {
	a := d.File
	a.Customer = d.Customer
	return a
}

// present lists what was not taken away.
const present = "present"

var spec = store.Spec{Name: "attachment", Indexes: []store.Index{
	{Name: holdings.Index, Equal: []string{"customer"}, Order: "file.at"},
	{Name: present, Equal: []string{"customer", "file.removed_at"}, Order: "file.at"},
}}

// Files is what attachments ask of the customers' files.
type Files interface {
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Config is what attachments are made of.
type Config struct {
	Engine  store.Engine
	Objects objects.Store // nil: the program keeps no files
	Files   Files
	Policy  *policy.Holder
	Clock   instant.Clock
	Log     *slog.Logger
}

// Attachments keeps files with customers.
type Attachments struct {
	Config
	docs store.Collection[Document]
	left *leftovers.Leftovers
}

// New declares the collection.
func New(ctx context.Context, c Config) (*Attachments, error) {
	if err := c.Engine.Declare(ctx, spec); err != nil {
		return nil, err
	}
	a := &Attachments{Config: c, docs: store.Of[Document](c.Engine, spec)}
	return a, a.sweeps(ctx)
}

// Register adds the operations.
func (a *Attachments) Register(s *httpx.Server) { a.register(s) }

// Holders lets attachments move with their customer.
func (a *Attachments) Holders() []holdings.Holder {
	return []holdings.Holder{holdings.Of(spec.Name, a.docs, func(d *Document) (*string, *[]string) { return &d.Customer, &d.Origins }, nil)}
}
