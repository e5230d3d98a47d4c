package deal

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// quoteConfirmation makes the revisit task after a quote was sent or the quoted
// stage was entered, due within 24 hours. One open task serves
// both; a follow-up that counts serves what came before it.
func quoteConfirmation() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "quote_confirm",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.Open() || s.Pending(catalogue.TaskQuoteConfirm) {
				return
			}
			if base, ok := s.quoted(v); ok && !s.Counted.After(base.Ref) {
				p.Add(base, base.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			base, _ := s.quoted(f.View)
			s.CreateTask(f, catalogue.TaskQuoteConfirm, lang.T("报价确认回访", "Confirm that the quote was received and understood"), f.View.After(base.At, s.revisitWithin(f.View)))
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("创建报价确认回访任务", "create the task to revisit after the quote")
		},
		Policy: func(s *State, _ journey.Obligation) string { return s.path("revisit_within") },
	}
}

// quoted gives the latest reason for a revisit: a quote, or the stage.
func (s *State) quoted(v *policy.View) (journey.Moment, bool) {
	quote := journey.Moment{Ref: s.Quote.Ref, At: s.Quote.Value.SentAt}
	st := s.stage(v)
	if st == nil || st.RevisitWithin.IsZero() {
		return quote, quote.At >= s.Begun.At && quote.Set()
	}
	stage := s.since()
	if quote.After(stage.Ref) && quote.At >= s.Begun.At {
		return quote, true
	}
	return stage, true
}

// revisitWithin is what the stage says, or the first stage of its pipeline that
// says anything, or what the policy of tasks says.
func (s *State) revisitWithin(v *policy.View) policy.Duration {
	if st := s.stage(v); st != nil && !st.RevisitWithin.IsZero() {
		return st.RevisitWithin
	}
	if p := v.Pipeline(s.Place.Value.Pipeline); p != nil {
		for _, st := range p.Stages {
			if !st.RevisitWithin.IsZero() {
				return st.RevisitWithin
			}
		}
	}
	return v.Sections.Tasks.QuoteConfirmWithin
}
