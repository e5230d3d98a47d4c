package deal

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Rules are the rules of a deal's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a deal.
func all() []journey.Rule[State] {
	list := []journey.Rule[State]{
		pursuit.Match(care, func(s *State) effects.MatchCustomer { return effects.MatchCustomer{Kind: "company", Name: s.Match} }),
		pursuit.NextTouch(care),
		idle(), dwell(), noProgress(),
		quoteConfirmation(),
		pursuit.TaskOverdue(catalogue.TaskQuoteConfirm, "报价确认回访", "the revisit after the quote", care),
		noReply(),
		pursuit.TaskOverdue(catalogue.TaskSecondTouch, "二次触达", "the second touch", care),
		pursuit.Unanswered(care),
		pursuit.AtRiskOver(care, lifted),
		pursuit.RecycleWarn(care), pursuit.Recycle(care),
	}
	list = append(list, pursuit.NoNextTouch(care)...)
	list = append(list, unconfirmedQuote()...)
	list = append(list, pursuit.UnrecordedObjection(care)...)
	list = append(list, missingDecisionNode()...)
	return append(list, wonWithoutRevisit()...)
}

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a deal of which nothing is known.
func (rules) New(id string) State { return State{Care: pursuit.Care{Kind: Name, ID: id}} }

// Aggregate names the deal in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the deal.
func (rules) ID(s *State) string { return s.ID }

// Holder is who pursues the deal.
func (rules) Holder(s *State) string { return s.Owner.Value }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

// Status tells where the deal stands.
func (rules) Status(s *State, v *policy.View) journey.Status {
	name := lang.T(s.Place.Value.Stage, s.Place.Value.Stage)
	if st := s.stage(v); st != nil {
		name = st.Name
	}
	switch s.Outcome.Value.Is {
	case catalogue.DealWon:
		name = lang.T("成交", "won")
	case catalogue.DealLost:
		name = lang.T("流失", "lost")
	}
	return journey.Status{Stage: s.Place.Value.Stage, StageName: name, Owner: s.Owner.Value, Customer: s.Customer.Value, Risk: s.Worst(),
		Closed: s.Closed || !s.Begun.Set(), Says: s.State(name)}
}
