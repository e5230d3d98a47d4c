// Package outreach owns every contact that Liuke makes with a customer, and the
// contact budget that all departments share (D-9). Nothing is sent to a customer in
// any other way. It serves and D-9, and carries what surveys, care,
// contracts, cases and interventions have to say.
//
// A contact is a document of its own; the budget is one document per customer,
// taken by compare-and-set (package budget). A contact is first written down, then
// takes its place in the budget, and leaves when its place has come: each step is
// one commit, and whatever a crash leaves in between is finished by the sweep
// (leave.go). What is sent is a fact that notifications carries out.
package outreach

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// Contact is the document of an outreach. It has the shape of holdings.Belonging at its top.
type Contact struct {
	catalogue.Outreach
	// Origins are the customers it belonged to before merges moved it, oldest first.
	Origins []string `json:"origins,omitempty"`
	// Refuses says that a full budget refuses it.
	Refuses bool `json:"refuses,omitempty"`
	// Placing is true until it has its place in the budget, Open until it left or ended.
	Placing bool `json:"placing,omitempty"`
	Open    bool `json:"open,omitempty"`
}

// withdrawal remembers that a subject's contacts are taken back: none of it is
// sent any more, though it be asked for later.
type withdrawal struct {
	Reason string       `json:"reason"`
	At     instant.Time `json:"at"`
}

// Lists.
const (
	byStatus  = "by_status"
	bySubject = "by_subject"
	placing   = "placing"
	due       = "due"
)

var (
	contacts = store.Spec{Name: "outreach", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "planned_at"},
		{Name: byStatus, Equal: []string{"status"}, Order: "planned_at"},
		{Name: bySubject, Equal: []string{"for.kind", "for.id", "open"}, Sparse: true},
		{Name: placing, Equal: []string{"placing"}, Order: "planned_at", Sparse: true},
	}}
	budgets = store.Spec{Name: "contact_budget", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}},
		{Name: due, Equal: []string{"open"}, Order: "next", Sparse: true},
	}}
	withdrawals = store.Spec{Name: "outreach_withdrawal"}
)

// Files is what outreach asks of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Config is what outreach is made of.
type Config struct {
	Engine store.Engine
	Files  Files
	Guard  access.Guard
	Policy *policy.Holder
	Clock  instant.Clock
	Log    *slog.Logger
}

// Outreach plans, sends and withdraws contacts.
type Outreach struct {
	Config
	contacts    store.Collection[Contact]
	budgets     store.Collection[budget.Budget]
	withdrawals store.Collection[withdrawal]
	wake        chan struct{}
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Outreach, error) {
	if err := c.Engine.Declare(ctx, contacts, budgets, withdrawals); err != nil {
		return nil, err
	}
	return &Outreach{Config: c, contacts: store.Of[Contact](c.Engine, contacts), budgets: store.Of[budget.Budget](c.Engine, budgets),
		withdrawals: store.Of[withdrawal](c.Engine, withdrawals), wake: make(chan struct{}, 1)}, nil
}

// view gives the policy in force.
func (o *Outreach) view(at instant.Time) (*policy.View, error) {
	v, err := o.Policy.At(at)
	if err != nil {
		return nil, problem.Away(fmt.Errorf("policy: %w", err))
	}
	return v, nil
}

// file gives the customer's file, following folds.
func (o *Outreach) file(ctx context.Context, id string) (customer.File, error) {
	f, err := o.Files.Root(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return f, problem.Missing("客户", "customer", id)
	}
	return f, err
}

// step commits a contact with the fact of its step.
func (o *Outreach) step(ctx context.Context, d *store.Doc[Contact], change string) error {
	f, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: o.Clock(), Customer: d.Body.Customer}, d.Version+1,
		&catalogue.OutreachStepped{Change: change, After: d.Body.Outreach})
	if err != nil {
		return err
	}
	return o.contacts.Commit(ctx, d, "", f...)
}

// change edits a contact and records its step, again where another edit came
// first; edit says whether there is anything to change.
func (o *Outreach) change(ctx context.Context, id, change string, edit func(*Contact) bool) (*store.Doc[Contact], error) {
	var d *store.Doc[Contact]
	err := again(ctx, func() (err error) {
		if d, err = o.contacts.Get(ctx, id); err != nil || !edit(&d.Body) {
			return err
		}
		return o.step(ctx, d, change)
	})
	return d, err
}

// spend changes a customer's budget, again where another change came first; do
// says whether there is anything to keep.
func (o *Outreach) spend(ctx context.Context, customer string, do func(*budget.Budget) bool) (budget.Budget, error) {
	var out budget.Budget
	err := again(ctx, func() error {
		d, err := o.budgets.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(customer, budget.Budget{Customer: customer}), nil
		}
		if err != nil {
			return err
		}
		keep := do(&d.Body)
		out = d.Body
		if !keep {
			return nil
		}
		return o.budgets.Commit(ctx, d, "")
	})
	return out, err
}

// again repeats what lost a race, with growing pauses.
func again(ctx context.Context, do func() error) error { return race.Again(ctx, 60, do) }

// Wake makes the sweep look at once.
func (o *Outreach) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
