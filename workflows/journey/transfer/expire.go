package transfer

import (
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// expire cancels a transfer of which a step stood still for too long.
func expire() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "expire",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if !s.Now.IsZero() && !ended[s.Now.Value.Status] && !v.Sections.Ownership.TransferExpires.IsZero() {
				p.Add(s.Step, v.After(s.Step.At, v.Sections.Ownership.TransferExpires))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			f.Ask(journey.CancelTransfer, s.subject(), effects.CancelTransfer{Reason: "expired"})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("取消停滞的转交", "cancel the transfer that stands still")
		},
		Policy: func(*State, journey.Obligation) string { return "ownership.transfer_expires" },
	}
}
