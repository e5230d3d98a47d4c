// Package standing is the part of accounts that knows where every customer stands:
// life cycle, health, early signs of churn, risk groups (R-076, R-078, R-082 to
// R-111, C-05 to C-09, C-14). One document per customer holds the part of its
// timeline that the rules look at (shared/standing) and what they last found.
//
// A fact costs the work of the customer that it is about, facts of one customer
// that come together cost it once, and what changes by time alone is assessed when
// the customer's journey asks for it. Whatever changed is told by the fact
// standing_assessed, from which others rebuild it.
package standing

import (
	"context"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
	rules "liuke.dev/shared/standing"
	"liuke.dev/shared/store"
)

// Doc is the document of a customer; its id is the customer's. It has the shape of
// holdings.Belonging at its top.
type Doc struct {
	catalogue.Standing
	Origins []string `json:"origins,omitempty"` // customers whose history this took in
	// FoldedInto is the customer that this one turned out to be; the history stays
	// as it was, for an undo.
	FoldedInto string `json:"folded_into,omitempty"`
	// Settings names the rules that it was last judged by.
	Settings string `json:"settings"`
	// In says which risk groups it is in, for their lists.
	In map[string]bool `json:"in,omitempty"`
	// Key says that it is in any (重点跟进, R-109).
	Key     bool          `json:"key,omitempty"`
	History rules.History `json:"history"`
	// Scores are how it stood since, each with the version that it was judged by.
	Scores []Score `json:"scores,omitempty"`
}

// Score is how a customer stood from an instant on.
type Score struct {
	At        instant.Time `json:"at"`
	Health    int          `json:"health"`
	Version   string       `json:"version" doc:"Model and version (R-104)"`
	Lifecycle string       `json:"lifecycle"`
	Red       bool         `json:"red,omitempty"`
}

// mostScores bounds the kept scores; older ones are in the recorded facts.
const mostScores = 250

// Lists of standings: the worst health first.
const (
	byRed       = "by_red"
	byKey       = "by_key"
	byLifecycle = "by_lifecycle"
	bySettings  = "by_settings"
	byGroup     = "by_" // and the group
	byTime      = "by_time"
)

var (
	standings = store.Spec{Name: "standing", Indexes: append([]store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}},
		{Name: byRed, Equal: []string{"red"}, Order: "health", Sparse: true},
		{Name: byKey, Equal: []string{"key"}, Order: "health", Sparse: true},
		{Name: byLifecycle, Equal: []string{"lifecycle"}, Order: "health"},
		{Name: bySettings, Order: "settings"},
	}, groupLists()...)}
	reviews = store.Spec{Name: "risk_review", Indexes: []store.Index{{Name: byTime, Order: "at"}}}
)

func groupLists() []store.Index {
	var out []store.Index
	for _, g := range catalogue.RiskGroups {
		out = append(out, store.Index{Name: byGroup + g, Equal: []string{"in." + g}, Order: "health", Sparse: true})
	}
	return out
}

// Files is what the part asks of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Part is the part.
type Part struct {
	Files  Files
	Guard  access.Guard
	Policy *policy.Holder
	Clock  instant.Clock
	Log    *slog.Logger

	consume  func(context.Context, facts.ConsumerConfig) error
	docs     store.Collection[Doc]
	views    store.Collection[catalogue.Standing] // the same documents, without their histories
	briefs   store.Collection[Brief]              // and still less
	reviews  store.Collection[catalogue.RiskReview]
	lines    Lines
	settings settings
	scoring  scoring
}

// New makes the part and declares its collections. lines gives what customers'
// timelines hold, for scoring from scratch.
func New(ctx context.Context, d service.Deps, files Files, guard access.Guard, lines Lines) (*Part, error) {
	if err := d.Store.Declare(ctx, standings, reviews); err != nil {
		return nil, err
	}
	p := &Part{Files: files, Guard: guard, Policy: d.Policy, Clock: d.Clock, Log: d.Log, consume: d.Consume, lines: lines,
		docs: store.Of[Doc](d.Store, standings), views: store.Of[catalogue.Standing](d.Store, standings), briefs: store.Of[Brief](d.Store, standings),
		reviews: store.Of[catalogue.RiskReview](d.Store, reviews)}
	p.scoring.asked = make(chan struct{}, 1)
	return p, nil
}

// Run takes in facts, and judges everybody anew when the rules change, until ctx ends.
func (p *Part) Run(ctx context.Context) error {
	return service.Together(ctx,
		func(ctx context.Context) error {
			return p.consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.standing", Topics: []string{catalogue.TopicAccounts}, Types: Types, HandleBatch: p.Observe})
		},
		p.scoreWhenAsked,
		p.followRules)
}
