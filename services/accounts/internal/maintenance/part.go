// Package maintenance is the part of accounts that looks after customers from
// their first win on: one document per customer, begun once by the fact of a won
// deal, by a first order, by hand or by an import, with what was agreed
// the processes that run and their steps, the three-party
// hand-over, repurchases and referrals. What comes due is the
// business of the customer's journey, maintenance/<customer>, which reads this
// document's facts and nothing else: whatever it goes by is brought together here.
package maintenance

import (
	"context"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// Doc is the document of a customer's maintenance; its id is the customer's.
type Doc struct {
	catalogue.Maintenance
	Origins []string `json:"origins,omitempty"` // customers whose maintenance this took in
	// Counted are the deals and newest orders that were taken up, so that none is twice.
	Counted []string `json:"counted,omitempty"`
	TakenIn []string `json:"taken_in,omitempty"` // of these, deals of a file that was folded into this one
	Orders  []string `json:"orders,omitempty"`
}

// Ended is a process that ran to its end or was cancelled.
type Ended struct {
	holdings.Belonging
	catalogue.ProcessInstance
}

var (
	files = store.Spec{Name: "maintenance", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}},
		{Name: "by_status", Equal: []string{"status"}, Order: "began_at"},
		{Name: "by_success", Equal: []string{"success", "status"}, Order: "began_at", Sparse: true},
	}}
	archive = store.Spec{Name: "process", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "ended_at"}}}
)

// Purchases know a customer's orders.
type Purchases interface {
	// Placed gives when an order was placed; zero if there is no such order.
	Placed(ctx context.Context, id string) (instant.Time, error)
	// NewestPlaced gives when the newest of those orders of a customer was placed that
	// counts; zero if none does.
	NewestPlaced(ctx context.Context, customer string, counts func(id string) bool) (instant.Time, error)
}

// Maintenance is the part.
type Maintenance struct {
	Bought   Purchases
	Files    *app.Accounts
	Guard    access.Guard
	Policy   *policy.Holder
	People   *directory.Directory
	Clock    instant.Clock
	Log      *slog.Logger
	Journey  func(kind, id string) string
	consume  func(context.Context, facts.ConsumerConfig) error
	docs     store.Collection[Doc]
	archived store.Collection[Ended]
}

// New makes the part and declares its collections.
func New(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, bought Purchases) (*Maintenance, error) {
	if err := d.Store.Declare(ctx, files, archive); err != nil {
		return nil, err
	}
	return &Maintenance{Bought: bought, Files: a, Guard: guard, Policy: d.Policy, People: d.Directory, Clock: d.Clock, Log: d.Log, Journey: d.JourneyLink, consume: d.Consume,
		docs: store.Of[Doc](d.Store, files), archived: store.Of[Ended](d.Store, archive)}, nil
}

// Run reads what other parts and services tell about maintained customers, until ctx ends.
func (m *Maintenance) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return m.consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.maintenance.deals", Topics: []string{catalogue.TopicLeads}, Types: dealTypes, Handle: m.ReactToLeads})
		},
		func(ctx context.Context) error {
			return m.consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.maintenance.file", Topics: []string{catalogue.TopicAccounts}, Types: fileTypes, Handle: m.ReactToAccounts})
		},
		func(ctx context.Context) error {
			return m.consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.maintenance.tasks", Topics: []string{catalogue.TopicNotifications}, Types: taskTypes, Handle: m.ReactToTasks})
		},
		func(ctx context.Context) error {
			return m.consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.maintenance.unsent", Topics: []string{catalogue.TopicAccounts}, Types: unsentTypes, Handle: m.ReactToUnsent})
		})
}
