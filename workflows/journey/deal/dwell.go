package deal

import (
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// dwell warns when a deal stays in one stage for too long: 14 days in the
// proposal stage, N days in any. The stage says what the clock
// counts: time in the stage, or time without follow-up in it (C-02).
func dwell() journey.Rule[State] {
	return pursuit.Ladder[State]{
		Name: "dwell", Of: care, Lifts: pursuit.LiftStage, Path: func(s *State) string { return s.path("dwell") },
		Base: func(s *State, v *policy.View) (journey.Moment, bool) {
			if st := s.stage(v); st != nil && st.DwellClock == policy.ClockWithoutFollowUp {
				return s.since().Or(s.Touch), s.Open()
			}
			return s.since(), s.Open()
		},
		Steps: steps(func(st *policy.Stage) []policy.Step { return st.Dwell }),
		Says: func(s *State, step policy.Step, v *policy.View) lang.Text {
			d, name := pursuit.Span(step.After), s.Place.Value.Stage
			zh, en := name, name
			if st := s.stage(v); st != nil {
				zh, en = st.Name.Zh, st.Name.En
			}
			return lang.T("在“"+zh+"”阶段已停留"+d.Zh, "in stage \""+en+"\" for "+d.En)
		},
	}.Rule()
}
