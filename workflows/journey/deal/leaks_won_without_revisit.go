package deal

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// wonWithoutRevisit is leak 5: a deal was won, and no revisit or renewal was
// planned within the days after. A follow-up that names the next touch,
// or a task that a person creates, mends it.
func wonWithoutRevisit() []journey.Rule[State] {
	return pursuit.Leak[State]{
		Name: "won_without_revisit", Of: care, Path: "risk.won_revisit_within", Remind: true,
		Says: lang.T("成交后没有安排回访或续费提醒", "won, and neither revisit nor renewal was planned"),
		Raise: func(s *State, v *policy.View) (journey.Moment, instant.Time, bool) {
			won := journey.Moment{Ref: s.Outcome.Ref, At: s.Outcome.Value.At}
			return won, v.After(won.At, v.Sections.Risk.WonRevisitWithin), s.Begun.Set()
		},
		Holds: func(s *State) bool {
			o := s.Outcome
			return o.Value.Is == catalogue.DealWon && !s.Planned.After(o.Ref) && s.Revisit < o.Value.At
		},
	}.Rules()
}
