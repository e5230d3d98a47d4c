package needchange

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// expire cancels a request that nobody decided about for too long.
func expire() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "expire",
		Arm: func(s *State, v *policy.View, pending *journey.Pending) {
			if after := v.Sections.Customers.NeedChange.Expires; s.Now.Value.Status == catalogue.NeedRequested && !after.IsZero() {
				pending.Add(s.Requested, v.After(s.Requested.At, after))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.CancelNeedChange, s.subject(), effects.CancelNeedChange{Reason: "expired"})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("取消无人审批的需求变更", "cancel the change of need that nobody decided about")
		},
		Policy: func(*State, journey.Obligation) string { return "customers.need_change.expires" },
	}
}
