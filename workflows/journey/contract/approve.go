package contract

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey/duty"
)

func desk(s *State) duty.Desk { return s }

// approval is that each step of it is decided in time by its approver.
var approval = duty.Duty[State]{Task: "approve_task", Late: "approve", Over: "task_over", Kind: catalogue.TaskApprove,
	Title: func(s *State) lang.Text {
		name := s.Now.Value.StepName
		if name.IsZero() { // it has been made
			return lang.T("审批合同", "Approve the contract")
		}
		return lang.T("审批合同（"+name.Zh+"）", "Approve the contract ("+name.En+")")
	},
	Calls: duty.Always[State](lang.T("合同审批", "the approval")),
	Path:  func(s *State) string { return "contracts.approvals." + s.Now.Value.Step + ".within" },
	Waits: func(s *State, v *policy.View) (duty.Step, bool) {
		return duty.Step{Person: s.actor(), Since: s.Phase, Due: s.approveDue(v)}, s.is(catalogue.ContractApproving) && s.Now.Value.Step != ""
	},
	Desk: desk,
}

// step gives the place of the step that is waited for in the book, -1 if the book has it no more.
func (s *State) step(v *policy.View) int {
	return slices.IndexFunc(v.Sections.Contracts.Approvals, func(a policy.ContractApproval) bool { return a.ID == s.Now.Value.Step })
}

// approveDue is the clock of the step; one that the book has no more is due at once.
func (s *State) approveDue(v *policy.View) instant.Time {
	if i := s.step(v); i >= 0 {
		return v.After(s.Phase.At, v.Sections.Contracts.Approvals[i].Within)
	}
	return s.Phase.At
}
