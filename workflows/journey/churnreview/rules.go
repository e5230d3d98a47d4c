package churnreview

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Rules are the rules of a churn review's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(duty.Rules(duties()...)...)}

type rules struct{ journey.Table[State] }

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
	if moved, ok := s.Moved.Take(f); ok {
		return moved
	}
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
	st := journey.Status{Stage: c.Status, StageName: name, Owner: c.Owner, Customer: s.customer(), Closed: !s.open()}
	zh, en := c.Company+" · "+name.Zh, c.Company+" · "+name.En
	if s.open() {
		missing := s.missing()
		zh, en = zh+"，尚缺"+missing.Zh, en+", still missing: "+missing.En
	}
	if c.Evidence != "" {
		zh, en = zh+"（"+c.Evidence+"）", en+" ("+c.Evidence+")"
	}
	st.Says = lang.T(zh, en)
	return st
}

// missing says what the review waits for.
func (s *State) missing() lang.Text {
	var zh, en []string
	for _, d := range departments {
		if _, owes := s.owes(d.role); owes {
			zh, en = append(zh, d.name.Zh+"意见"), append(en, "the findings of "+d.name.En)
		}
	}
	if !s.met() {
		zh, en = append(zh, "客户访谈"), append(en, "the interview")
	}
	return lang.T(strings.Join(append(zh, "结论"), "、"), strings.Join(append(en, "the conclusion"), ", "))
}
