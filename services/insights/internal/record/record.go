// Package record holds what insights keeps of the facts: each fact as it was
// recorded, each journey's newest decision, and every obligation that fired.
package record

import (
	"context"
	"encoding/json"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// Fact is a fact as it was recorded; its document id is the fact's id.
type Fact struct {
	Type     string          `json:"type"`
	Subject  string          `json:"subject"`
	Time     instant.Time    `json:"time"`
	Customer string          `json:"customer,omitempty"`
	Actor    catalogue.Actor `json:"actor"`
	Cause    string          `json:"cause,omitempty"`
	Policy   int64           `json:"policy,omitempty"`
	Data     json.RawMessage `json:"data"`
}

// Journey is the newest decision of a journey; its document id is <kind>:<id>.
type Journey struct {
	Number   int64                  `json:"number"`
	At       instant.Time           `json:"at"`
	Policy   int64                  `json:"policy"`
	Stage    string                 `json:"stage,omitempty"`
	Owner    string                 `json:"owner,omitempty"`
	Customer string                 `json:"customer,omitempty"`
	Risk     string                 `json:"risk,omitempty"`
	Says     lang.Text              `json:"says"`
	Pending  []catalogue.Obligation `json:"pending,omitempty"`
	NextDue  instant.Time           `json:"next_due,omitempty"`
	Ended    bool                   `json:"ended,omitempty"`
}

// Obligation is an obligation that fired; its document id is its own.
type Obligation struct {
	Journey    string               `json:"journey"` // <kind>:<id>
	Rule       string               `json:"rule"`
	Obligation catalogue.Obligation `json:"obligation"`
	At         instant.Time         `json:"at"`
	Policy     int64                `json:"policy"`
	Late       bool                 `json:"late,omitempty"`
	// Decisions are the numbers of the decisions that fired it: more than one
	// would be a broken promise.
	Decisions []int64               `json:"decisions"`
	Doubled   bool                  `json:"doubled,omitempty"`
	Effects   []catalogue.EffectRef `json:"effects,omitempty"`
}

// Collections of insights.
type Collections struct {
	Facts       store.Collection[Fact]
	Journeys    store.Collection[Journey]
	Obligations store.Collection[Obligation]
}

// The declared lists.
const (
	FactsBySubject         = "by_subject"
	FactsByCause           = "by_cause"
	FactsByCustomer        = "by_customer"
	ObligationsByJourney   = "by_journey"
	ObligationsByRule      = "by_rule"
	ObligationsByLateness  = "by_lateness"
	ObligationsByDoubling  = "by_doubling"
	ObligationsByTime      = "by_time"
	JourneysByTime         = "by_time"
	JourneysByNextDue      = "by_next_due"
	JourneysByOwnerNextDue = "by_owner_next_due"
)

var (
	factSpec = store.Spec{Name: "recorded_fact", Indexes: []store.Index{
		{Name: FactsBySubject, Equal: []string{"subject"}, Order: "time"}, {Name: FactsByCause, Equal: []string{"cause"}, Order: "time"},
		{Name: FactsByCustomer, Equal: []string{"customer"}, Order: "time", Sparse: true}}}
	journeySpec = store.Spec{Name: "journey_state", Indexes: []store.Index{
		{Name: JourneysByNextDue, Equal: []string{"ended"}, Order: "next_due"}, {Name: JourneysByOwnerNextDue, Equal: []string{"owner", "ended"}, Order: "next_due"},
		{Name: JourneysByTime, Order: "at"}}}
	obligationSpec = store.Spec{Name: "fired_obligation", Indexes: []store.Index{
		{Name: ObligationsByJourney, Equal: []string{"journey"}, Order: "at"}, {Name: ObligationsByRule, Equal: []string{"rule"}, Order: "at"},
		{Name: ObligationsByLateness, Equal: []string{"late"}, Order: "at", Sparse: true}, {Name: ObligationsByDoubling, Equal: []string{"doubled"}, Order: "at", Sparse: true},
		{Name: ObligationsByTime, Order: "at"}}}
)

// Open declares the collections on an engine.
func Open(ctx context.Context, e store.Engine) (Collections, error) {
	if err := e.Declare(ctx, factSpec, journeySpec, obligationSpec); err != nil {
		return Collections{}, err
	}
	return Collections{Facts: store.Of[Fact](e, factSpec), Journeys: store.Of[Journey](e, journeySpec), Obligations: store.Of[Obligation](e, obligationSpec)}, nil
}
