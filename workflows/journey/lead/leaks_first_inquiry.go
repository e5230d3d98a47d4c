package lead

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// firstInquiry is leak 1: a first inquiry that nobody called back or answered
// within the target band of the first response.
func firstInquiry() []journey.Rule[State] {
	return pursuit.Leak[State]{
		Name: "first_inquiry", Of: care, Path: "intake.response_band_to",
		Says: lang.T("首次咨询后没有及时回电或回微信", "a first inquiry was neither called back nor answered in time"),
		Raise: func(s *State, v *policy.View) (journey.Moment, instant.Time, bool) {
			return s.Begun, v.After(s.Begun.At, v.Sections.Intake.ResponseBandTo), s.Begun.Set()
		},
		Holds: func(s *State) bool { return s.Status.Value == catalogue.LeadNew && !s.Touched() },
	}.Rules()
}
