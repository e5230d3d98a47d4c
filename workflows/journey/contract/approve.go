package contract

import (
	"slices"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

var approveTitle = lang.T("审批合同", "Approve the contract")

func (s *State) waitsForApproval() bool {
	return s.is(catalogue.ContractApproving) && s.Now.Value.Step != ""
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

// approveTask gives the step's approver a task with the step's clock.
func approveTask() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "approve_task",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.waitsForApproval() {
				p.Add(s.Phase, s.Phase.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			name := s.Now.Value.StepName
			s.open(f, catalogue.TaskApprove, s.actor(), lang.T(approveTitle.Zh+"（"+name.Zh+"）", approveTitle.En+" ("+name.En+")"), s.approveDue(f.View))
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			return lang.T("创建审批任务："+s.Now.Value.StepName.Zh, "create the task of approval: "+s.Now.Value.StepName.En)
		},
		Policy: approvePath,
	}
}

func approvePath(s *State, _ journey.Obligation) string {
	return "contracts.approvals." + s.Now.Value.Step + ".within"
}

// approveOverdue reminds when the step is due and escalates past it.
func approveOverdue() journey.Rule[State] {
	says := func(rung int, v *policy.View) lang.Text {
		return pursuit.Overdue("合同审批", "the approval", v.Sections.Tasks.Overdue[rung])
	}
	return journey.Rule[State]{
		Name: "approve", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if s.waitsForApproval() {
				p.Ladder(journey.Moment{Ref: s.Phase.Ref, At: s.approveDue(v), Known: s.Phase.Known}, v.Sections.Tasks.Overdue, v)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			level := f.View.Sections.Tasks.Overdue[f.Rung].Action
			switch level {
			case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
			default: // nothing of a contract can be marked, reassigned or recycled
				level = catalogue.LevelEscalate
			}
			s.remind(f, level, s.actor(), says(f.Rung, f.View))
		},
		Does: func(_ *State, o journey.Obligation, v *policy.View) lang.Text {
			a, t := pursuit.Action(v.Sections.Tasks.Overdue[o.Rung].Action), says(o.Rung, v)
			return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
		},
		Policy: func(_ *State, o journey.Obligation) string { return "tasks.overdue[" + strconv.Itoa(o.Rung) + "]" },
	}
}

// taskOver takes a task back that nobody has to do any more.
func taskOver() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "task_over",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			approving := s.Task.Kind == catalogue.TaskApprove && !s.waitsForApproval()
			talking := s.Task.Kind == catalogue.TaskRenewalTalk && (!s.ends() || !s.undecided())
			if approving || talking {
				p.Add(journey.Moment{Ref: s.Now.Ref, At: s.Phase.At}, s.Phase.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) { s.drop(f) },
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("结束不再需要的任务", "end the task that is not needed any more")
		},
	}
}
