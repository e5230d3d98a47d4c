package lead

import (
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// idle reminds, warns and marks a lead that nobody has followed up for days
// . Only follow-ups that count reset it.
func idle() journey.Rule[State] {
	return pursuit.Ladder[State]{
		Name: "idle", Of: care, Lifts: pursuit.LiftQuiet, Path: func(*State) string { return "lead_care.idle" },
		Base: func(s *State, _ *policy.View) (journey.Moment, bool) {
			return s.Quiet(), s.Open() && !s.Parked
		},
		Steps: func(_ *State, v *policy.View) []policy.Step { return v.Sections.LeadCare.Idle },
		Says: func(_ *State, step policy.Step, _ *policy.View) lang.Text {
			d := pursuit.Span(step.After)
			return lang.T("已"+d.Zh+"没有跟进", "no follow-up for "+d.En)
		},
	}.Rule()
}
