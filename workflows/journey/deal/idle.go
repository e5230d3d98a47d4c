package deal

import (
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// idle reminds when a deal had no follow-up for as long as its stage allows: no
// follow-up for 7 days in any stage (某阶段超过7天无跟进), and what follows if that
// does not help. Only follow-ups that count reset it.
func idle() journey.Rule[State] {
	return pursuit.Ladder[State]{
		Name: "idle", Of: care, Lifts: pursuit.LiftQuiet, Path: func(s *State) string { return s.path("idle") },
		Base:  func(s *State, _ *policy.View) (journey.Moment, bool) { return s.Quiet(), s.Open() },
		Steps: steps(func(st *policy.Stage) []policy.Step { return st.Idle }),
		Says: func(_ *State, step policy.Step, _ *policy.View) lang.Text {
			d := pursuit.Span(step.After)
			return lang.T("已"+d.Zh+"没有跟进", "no follow-up for "+d.En)
		},
	}.Rule()
}
