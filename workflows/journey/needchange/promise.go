package needchange

import (
	"slices"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// promise is that somebody does a step in time.
type promise struct {
	name  string // of the rule of its clock
	kind  string // of its task
	title lang.Text
	path  string
	step  func(*State, *policy.View) (step, bool)
}

func (p promise) taskRule() string { return p.name + "_task" }

// task gives the step's person a task with the step's clock.
func (p promise) task() journey.Rule[State] {
	return journey.Rule[State]{
		Name: p.taskRule(),
		Arm: func(s *State, v *policy.View, pending *journey.Pending) {
			if st, waits := p.step(s, v); waits {
				pending.Add(st.since, st.since.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			st, waits := p.step(s, f.View)
			if !waits {
				return
			}
			f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: p.kind, Subject: s.subject(), Customer: s.Now.Value.Customer, Title: p.title,
				Assignee: st.person, Due: st.due, Rule: p.taskRule()})
			s.Open = append(s.Open, p.name)
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("创建任务："+p.title.Zh, "create the task: "+p.title.En)
		},
		Policy: func(*State, journey.Obligation) string { return p.path },
	}
}

// overdue reminds when the step is due and escalates past it.
func (p promise) overdue() journey.Rule[State] {
	says := func(rung int, v *policy.View) lang.Text {
		return pursuit.Overdue(p.title.Zh, p.title.En, v.Sections.Tasks.Overdue[rung])
	}
	return journey.Rule[State]{
		Name: p.name, Ladder: true,
		Arm: func(s *State, v *policy.View, pending *journey.Pending) {
			if st, waits := p.step(s, v); waits {
				pending.Ladder(journey.Moment{Ref: st.since.Ref, At: st.due, Known: st.since.Known}, v.Sections.Tasks.Overdue, v)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			level := f.View.Sections.Tasks.Overdue[f.Rung].Action
			switch level {
			case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
			default: // nothing of a change of need can be marked, reassigned or recycled
				level = catalogue.LevelEscalate
			}
			st, _ := p.step(s, f.View)
			f.Ask(journey.Remind, s.subject(), effects.Remind{Level: level, Rule: f.Rule, Subject: s.subject(), Customer: s.Now.Value.Customer, Owner: st.person,
				Text: says(f.Rung, f.View), Due: f.Due, Late: f.Late})
		},
		Does: func(_ *State, o journey.Obligation, v *policy.View) lang.Text {
			a, t := pursuit.Action(v.Sections.Tasks.Overdue[o.Rung].Action), says(o.Rung, v)
			return lang.T(a.Zh+"："+t.Zh, a.En+": "+t.En)
		},
		Policy: func(_ *State, o journey.Obligation) string {
			return "tasks.overdue[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// made takes the task back once the step is made, or the change has ended.
func (p promise) made() journey.Rule[State] {
	return journey.Rule[State]{
		Name: p.name + "_made",
		Arm: func(s *State, v *policy.View, pending *journey.Pending) {
			if _, waits := p.step(s, v); !waits && slices.Contains(s.Open, p.name) {
				pending.Add(s.Told, s.Told.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Open = slices.DeleteFunc(s.Open, func(o string) bool { return o == p.name })
			f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{p.kind}, Rules: []string{p.taskRule()}, Reason: "step_made"})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("结束任务："+p.title.Zh, "end the task: "+p.title.En)
		},
	}
}

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
