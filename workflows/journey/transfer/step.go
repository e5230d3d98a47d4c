package transfer

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey/duty"
)

// Steps of a transfer that wait for a person, each with its clock.
var (
	approval = step("approve", catalogue.TransferRequested, catalogue.TaskApprove, lang.T("审批客户转交", "Approve the transfer"),
		"ownership.approve_within", func(o policy.Ownership) policy.Duration { return o.ApproveWithin })
	handOver = step("hand_over", catalogue.TransferApproved, catalogue.TaskHandOver, lang.T("写交接说明", "Write the hand-over note"),
		"ownership.hand_over_within", func(o policy.Ownership) policy.Duration { return o.HandOverWithin })
	acceptance = step("accept", catalogue.TransferHandedOver, catalogue.TaskAccept, lang.T("接受客户转交", "Accept the transfer"),
		"ownership.accept_within", func(o policy.Ownership) policy.Duration { return o.AcceptWithin })
)

// step makes the duty of the step that waits in a status.
func step(name, status, kind string, title lang.Text, path string, within func(policy.Ownership) policy.Duration) duty.Duty[State] {
	return duty.Duty[State]{Task: name + "_task", Late: name, Over: name + "_made", Kind: kind,
		Title: duty.Always[State](title), Path: duty.Always[State](path), Desk: desk,
		Waits: func(s *State, v *policy.View) (duty.Step, bool) {
			return duty.Step{Person: s.actor(), Since: s.Step, Due: v.After(s.Step.At, within(v.Sections.Ownership))}, s.Now.Value.Status == status
		}}
}

func desk(s *State) duty.Desk { return s }
