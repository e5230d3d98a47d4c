// Package contracts owns contracts with customers: drafted from standard
// templates, approved step by step as the policy says, signed by link, paid,
// renewed or ended. What promises time has to
// keep about a contract is its journey's (workflows/journey/contract).
package contracts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/leftovers"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/prices"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const source = "liuke/accounts"

// Body is the document of a contract.
type Body struct {
	holdings.Belonging
	Contract catalogue.Contract `json:"contract"`
	// NextDue is when the earliest installment that is not paid is due; Overdue says that one was.
	NextDue instant.Time `json:"next_due,omitempty"`
	Overdue bool         `json:"overdue,omitempty"`
	// OwnerVersion is that of the customer's ownership which the contract followed last.
	OwnerVersion int64 `json:"owner_version,omitempty"`
}

// Lists of contracts.
const (
	byStatus = "by_status"
	byParent = "by_parent"
	overdue  = "overdue"
	newest   = "newest"
)

var spec = store.Spec{Name: "contract", Indexes: []store.Index{
	{Name: holdings.Index, Equal: []string{"customer"}, Order: "contract.drafted_at"},
	{Name: byStatus, Equal: []string{"contract.status"}, Order: "contract.until"},
	{Name: byParent, Equal: []string{"contract.parent"}, Order: "contract.drafted_at", Sparse: true},
	{Name: overdue, Equal: []string{"overdue"}, Order: "next_due", Sparse: true},
	{Name: newest, Order: "contract.drafted_at"},
}}

// Reach asks for something to be sent to a customer, under an id that makes it happen once.
type Reach func(ctx context.Context, id string, ask effects.ReachCustomer) error

// Config is what contracts are given.
type Config struct {
	Engine  store.Engine
	Files   *app.Accounts
	Guard   access.Guard
	People  *directory.Directory
	Policy  *policy.Holder
	Prices  *prices.Prices
	Links   *links.Links
	Objects objects.Store // nil: documents cannot be kept, so nothing can be submitted
	Reach   Reach         // nil: nothing is sent
	Outside Outside       // nil: acceptance on Liuke's own page
	Clock   instant.Clock
	Log     *slog.Logger
}

// Contracts are the use cases.
type Contracts struct {
	Config
	docs      store.Collection[Body]
	handovers store.Collection[Handover]
	papers    *leftovers.Leftovers
}

// New declares the collection.
func New(ctx context.Context, c Config) (*Contracts, error) {
	if err := c.Engine.Declare(ctx, spec, handovers); err != nil {
		return nil, err
	}
	made := &Contracts{Config: c, docs: store.Of[Body](c.Engine, spec), handovers: store.Of[Handover](c.Engine, handovers)}
	return made, made.sweeps(ctx)
}

// Seen is a contract at a version.
type Seen struct {
	catalogue.Contract
	At int64
}

// Change says what a command is: its id, and the version that it was made for.
type Change struct {
	Command string
	Match   func(int64) error
}

// edit is a contract under change.
type edit struct {
	*catalogue.Contract
	by  auth.Principal
	v   *policy.View
	now instant.Time
	ctx context.Context
}

func (c *Contracts) view() (*policy.View, instant.Time, error) {
	now := c.Clock()
	v, err := c.Policy.At(now)
	if err != nil {
		return nil, now, problem.Away(err)
	}
	return v, now, nil
}

// get reads a contract; its customer is whoever the file became.
func (c *Contracts) get(ctx context.Context, id string) (*store.Doc[Body], error) {
	d, err := c.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("合同", "contract", id)
	}
	if err == nil {
		d.Body.Contract.Customer = d.Body.Customer
	}
	return d, err
}

// permitted reads a contract if the principal may do the action to it: by whose
// customer it is, or because they see to it themselves.
func (c *Contracts) permitted(ctx context.Context, p auth.Principal, a access.Action, id string) (*store.Doc[Body], error) {
	d, err := c.get(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.Is(auth.System) {
		return d, c.Guard.MayAtAll(p, a)
	}
	if _, _, err := c.Files.Permitted(ctx, p, a, d.Body.Customer); err != nil {
		if own := c.Guard.May(p, a, access.Holder{Owner: d.Body.Contract.Owner}); own != nil {
			return nil, err
		}
	}
	return d, nil
}

// change carries a command out on a contract, once.
func (c *Contracts) change(ctx context.Context, p auth.Principal, a access.Action, id string, ch Change, do func(*edit) ([]catalogue.Data, error)) (Seen, error) {
	d, err := c.permitted(ctx, p, a, id)
	if err != nil {
		return Seen{}, err
	}
	if d.Did(ch.Command) {
		return Seen{d.Body.Contract, d.Version}, nil
	}
	if ch.Match != nil {
		if err := ch.Match(d.Version); err != nil {
			return Seen{}, err
		}
	}
	v, now, err := c.view()
	if err != nil {
		return Seen{}, err
	}
	paper := d.Body.Contract.Hash
	told, err := do(&edit{Contract: &d.Body.Contract, by: p, v: v, now: now, ctx: ctx})
	if err != nil || len(told) == 0 {
		return Seen{d.Body.Contract, d.Version}, err
	}
	if err := c.letGo(ctx, paper, d.Body.Contract); err != nil {
		return Seen{}, err
	}
	return c.commit(ctx, d, ch.Command, v, now, told)
}

// commit stores a contract with what happened to it.
func (c *Contracts) commit(ctx context.Context, d *store.Doc[Body], command string, v *policy.View, now instant.Time, told []catalogue.Data) (Seen, error) {
	b := &d.Body
	b.Overdue, b.NextDue = contract.Overdue(&b.Contract, now), 0
	if i := contract.NextDue(&b.Contract); i >= 0 && b.Contract.Signature != nil {
		b.NextDue = b.Contract.Schedule[i].Due
	}
	for _, t := range told {
		after(t, b.Contract)
	}
	list, err := facts.RecordAll(ctx, facts.Stamp{Source: source, At: now, Customer: b.Customer, Policy: v.Version}, d.Version+1, told...)
	if err != nil {
		return Seen{}, err
	}
	err = c.docs.Commit(ctx, d, command, list...)
	if errors.Is(err, store.ErrRepeated) {
		err = nil
	}
	return Seen{b.Contract, d.Version}, err
}

// after puts the contract as it is now into a fact that has none yet.
func after(t catalogue.Data, c catalogue.Contract) {
	var to *catalogue.Contract
	switch f := t.(type) {
	case *catalogue.ContractDrafted:
		to = &f.After
	case *catalogue.ContractChanged:
		to = &f.After
	case *catalogue.ContractSubmitted:
		to = &f.After
	case *catalogue.ContractStepDecided:
		to = &f.After
	case *catalogue.ContractApprovedFact:
		to = &f.After
	case *catalogue.ContractSentFact:
		to = &f.After
	case *catalogue.ContractUrged:
		to = &f.After
	case *catalogue.ContractSignedFact:
		to = &f.After
	case *catalogue.ContractActivated:
		to = &f.After
	case *catalogue.ContractRenewalIntentRecorded:
		to = &f.After
	case *catalogue.ContractEnded:
		to = &f.After
	case *catalogue.ContractPaid:
		to = &f.After
	case *catalogue.ContractMarked:
		to = &f.After
	default:
		panic(fmt.Sprintf("contracts: %T carries no contract", t)) // a bug of this package
	}
	*to = c
}
