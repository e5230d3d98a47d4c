// Package needchange owns changes of what a customer needs: somebody
// requests one, whoever the policy names approves it, and then every department
// concerned is told and confirms, each for itself. With the approval the customer's
// need tags change.
//
// Two documents take part and there is no transaction over them: the approval is
// committed first, the customer's file takes the change over after it, once however
// often it is asked to. Where the process dies in between, the fact of the approval
// does the rest.
package needchange

import (
	"context"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// Document of a change of need.
type Document struct {
	holdings.Belonging
	Change catalogue.NeedChange `json:"change"`
}

// Shown gives the change with the customer that it belongs to by now.
func (d Document) Shown() catalogue.NeedChange {
	c := d.Change
	c.Customer = d.Customer
	return c
}

// Doc is a stored change.
type Doc = store.Doc[Document]

// Lists of changes, by when they were requested.
const (
	byStatus    = "by_status"
	byApprover  = "by_approver"
	byRequested = "by_requested"
)

var spec = store.Spec{Name: "need_change", Indexes: []store.Index{
	{Name: holdings.Index, Equal: []string{"customer"}, Order: "change.requested_at"},
	{Name: byStatus, Equal: []string{"change.status"}, Order: "change.requested_at"},
	{Name: byApprover, Equal: []string{"change.approver", "change.status"}, Order: "change.requested_at"},
	{Name: byRequested, Order: "change.requested_at"},
}}

// Files is what changes of need ask of the customers' files.
type Files interface {
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
	ApplyNeedChange(ctx context.Context, c catalogue.NeedChange) error
}

// Changes owns changes of need.
type Changes struct {
	service.Deps
	files Files
	guard access.Guard
	docs  store.Collection[Document]
}

// New declares the collection.
func New(ctx context.Context, d service.Deps, files Files, guard access.Guard) (*Changes, error) {
	if err := d.Store.Declare(ctx, spec); err != nil {
		return nil, err
	}
	return &Changes{Deps: d, files: files, guard: guard, docs: store.Of[Document](d.Store, spec)}, nil
}

// Register adds the operations.
func (c *Changes) Register(s *httpx.Server) { c.register(s) }

// Run lets customers' files take over what was approved, until ctx ends.
func (c *Changes) Run(ctx context.Context) error {
	return c.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.needchange", Topics: []string{catalogue.TopicAccounts},
		Types: []string{(&catalogue.NeedChangeStepped{}).Kind().Type}, Handle: c.Observe})
}

// Observe takes an approved change over into the customer's file, if the approval
// has not done so itself.
func (c *Changes) Observe(ctx context.Context, e facts.Event) error {
	d, err := facts.Decode[catalogue.NeedChangeStepped](e)
	if err != nil {
		return facts.Final(err)
	}
	if d.After.Status != catalogue.NeedApproved {
		return nil
	}
	return c.files.ApplyNeedChange(ctx, d.After)
}

// Holders lets changes of need move with their customer.
func (c *Changes) Holders() []holdings.Holder {
	return []holdings.Holder{holdings.WithJourney(spec.Name, c.docs, func(d *Document) (*string, *[]string) { return &d.Customer, &d.Origins }, nil, c.Clock)}
}
