package deal

import (
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// noReply makes a second-touch task when the customer has not replied for as
// long as the stage allows.
func noReply() journey.Rule[State] {
	after := func(s *State, v *policy.View) policy.Duration {
		if st := s.stage(v); st != nil {
			return st.NoReplyAfter
		}
		return policy.Duration{}
	}
	return pursuit.NoReply(care, after, func(s *State) string { return s.path("no_reply_after") })
}
