package deal

import "liuke.dev/workflows/journey/pursuit"

// lifted tells whether what made the deal at risk is over: the next follow-up
// for silence, the next stage for dwelling, progress for standing still. The mark
// is cleared when every reason is (rule at_risk_over).
func lifted(s *State, r pursuit.Risk) bool {
	switch r.Lifts {
	case pursuit.LiftStage:
		return s.Entered.V > r.Episode
	case pursuit.LiftProgress:
		return s.Progress.V > r.Episode
	}
	return s.Quiet().V != r.Episode
}
