// Package deal holds the rules of a deal's journey: from its opening until it is
// lost, or won and looked after.
package deal

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Name of the kind; a journey's id is deal/<id>.
const Name = "deal"

// State is what the rules of a deal remember.
type State struct {
	pursuit.Care
	Place    journey.Latest[Place]   `json:"place"`             // where in which pipeline it stands
	Entered  journey.Moment          `json:"entered"`           // when it entered its stage
	Progress journey.Moment          `json:"progress"`          // when it last moved forward
	Touches  []journey.Moment        `json:"touches,omitempty"` // follow-ups since then
	Outcome  journey.Latest[Outcome] `json:"outcome"`
	Nodes    journey.Latest[Nodes]   `json:"nodes"`
	Quote    journey.Latest[Quote]   `json:"quote"`               // the newest quote
	Agreed   []Agreed                `json:"confirmed,omitempty"` // confirmations of quotes
	Planned  journey.Ref             `json:"planned,omitzero"`    // latest fact that plans a touch
	Revisit  instant.Time            `json:"revisit,omitempty"`   // when a person last created a task about it
	Match    string                  `json:"match"`               // company name that the customer is matched by
}

// Place is a stage of a pipeline.
type Place struct {
	Pipeline string `json:"pipeline"`
	Stage    string `json:"stage"`
	Type     string `json:"type"`
}

// Outcome of the deal.
type Outcome struct {
	Is string       `json:"is"` // open, won, lost
	At instant.Time `json:"at,omitempty"`
}

// Nodes are what must be known near signature.
type Nodes struct {
	DecisionMaker   bool `json:"decision_maker"`
	ProcurementNode bool `json:"procurement_node"`
}

// Quote that was sent.
type Quote struct {
	ID     string       `json:"id"`
	SentAt instant.Time `json:"sent_at"`
}

// Agreed is a quote that the customer confirmed.
type Agreed struct {
	journey.Ref
	Quote string `json:"quote"`
}

func care(s *State) *pursuit.Care { return &s.Care }

func (s *State) open() bool { return s.Outcome.Value.Is == catalogue.DealOpen }

// stage gives the stage as the policy in force has it, nil if it has none such.
func (s *State) stage(v *policy.View) *policy.Stage {
	return v.Stage(s.Place.Value.Pipeline, s.Place.Value.Stage)
}

// since is when the stage's clocks began: entry, or import.
func (s *State) since() journey.Moment { return s.Begun.Or(s.Entered) }

func (s *State) path(of string) string {
	return "pipelines." + s.Place.Value.Pipeline + "." + s.Place.Value.Stage + "." + of
}

// steps gives a ladder of the present stage.
func steps(of func(*policy.Stage) []policy.Step) func(*State, *policy.View) []policy.Step {
	return func(s *State, v *policy.View) []policy.Step {
		if st := s.stage(v); st != nil {
			return of(st)
		}
		return nil
	}
}
