package maintenance

import (
	"cmp"

	"liuke.dev/workflows/journey"

	"liuke.dev/shared/policy"
)

// Rules are the rules of a maintenance journey.
var Rules journey.Rules[State] = rules{journey.NewTable(begin(), ask(), overdue(), over(), handOver(), handOverRefused(), turnedRed(), assess())}

type rules struct{ journey.Table[State] }

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a customer of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the maintenance in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the customer.
func (rules) ID(s *State) string { return s.ID }

// Holder is who looks after the customer.
func (rules) Holder(s *State) string { return cmp.Or(s.Now.Value.Success, s.Now.Value.Owner) }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}
