package churnreview

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Rules are the rules of a churn review's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a churn review.
func all() []journey.Rule[State] {
	var list []journey.Rule[State]
	for _, d := range duties {
		list = append(list, d.task(), d.overdue(), d.done())
	}
	return list
}

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a review of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the review in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the review.
func (rules) ID(s *State) string { return s.ID }

// Holder is who closes the review.
func (rules) Holder(s *State) string { return s.Now.Value.Owner }

// Apply takes a fact of the review.
func (rules) Apply(s *State, f journey.Fact, _ *policy.View) bool {
	switch d := f.Data.(type) {
	case *catalogue.ChurnConfirmed:
		return s.take(f, d.After)
	case *catalogue.ChurnReviewOpened:
		return s.take(f, d.After)
	case *catalogue.ChurnReviewChanged:
		return s.take(f, d.After)
	case *catalogue.ChurnReviewClosed:
		return s.take(f, d.After)
	case *catalogue.ChurnWithdrew:
		return s.take(f, d.After)
	case *catalogue.CustomerWonBack:
		return s.take(f, d.After)
	}
	return false
}

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var stages = map[string]lang.Text{catalogue.ChurnOpen: lang.T("流失复盘中", "being reviewed"), catalogue.ChurnClosed: lang.T("复盘已完成", "reviewed"),
	catalogue.ChurnWithdrawn: lang.T("流失确认已撤回", "withdrawn")}

// Status tells where the review stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	c := s.Now.Value
	name := stages[c.Status]
	st := journey.Status{Stage: c.Status, StageName: name, Owner: c.Owner, Customer: c.Customer, Closed: !s.open()}
	st.Says = lang.T(c.Company+" · "+name.Zh, c.Company+" · "+name.En)
	return st
}
