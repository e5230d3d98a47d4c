package deal

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// missingDecisionNode is leak 4: near signature, and the decision maker or the
// procurement node is not known.
func missingDecisionNode() []journey.Rule[State] {
	return pursuit.Leak[State]{
		Name: "missing_decision_node", Of: care, Path: "risk.leaks", Remind: true,
		Says: lang.T("临近签约，缺关键决策人或采购流程节点", "near signature, the decision maker or the procurement node is missing"),
		Raise: func(s *State, _ *policy.View) (journey.Moment, instant.Time, bool) {
			base := s.since()
			return base, base.At, s.Begun.Set()
		},
		Holds: func(s *State) bool {
			n := s.Nodes.Value
			return s.open() && s.Place.Value.Type == string(policy.StageDecision) && !(n.DecisionMaker && n.ProcurementNode)
		},
		Proof: func(s *State) []string {
			aggregate := Name + "/" + s.ID
			entered, known := s.since().In(aggregate), s.Nodes.In(aggregate)
			if entered == known {
				return []string{entered}
			}
			return []string{entered, known}
		},
	}.Rules()
}
