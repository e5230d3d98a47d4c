package transfer

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// step is a step of a transfer that waits for a person.
type step struct {
	name   string // of the rule of its clock
	status string // in which it waits
	kind   string // of its task
	title  lang.Text
	within func(policy.Ownership) policy.Duration
	path   string
}

func (st step) due(s *State, v *policy.View) instant.Time {
	return v.After(s.Step.At, st.within(v.Sections.Ownership))
}

func (st step) waits(s *State) bool { return s.Now.Value.Status == st.status }

// task gives the step's person a task with the step's clock.
func (st step) task() journey.Rule[State] {
	return journey.Rule[State]{
		Name: st.name + "_task",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if st.waits(s) {
				p.Add(s.Step, s.Step.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.drop(f)
			t := Task{Kind: st.kind, For: s.actor(), Due: st.due(s, f.View)}
			t.ID = f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: st.kind, Subject: s.subject(), Customer: s.Now.Value.Customer, Title: st.title,
				Assignee: t.For, Due: t.Due, Rule: f.Rule})
			s.Task = t
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			return lang.T("创建任务："+st.title.Zh, "create the task: "+st.title.En)
		},
		Policy: func(*State, journey.Obligation) string { return st.path },
	}
}

// overdue reminds when the step is due and escalates past it.
func (st step) overdue() journey.Rule[State] {
	says := func(rung int, v *policy.View) lang.Text {
		return pursuit.Overdue(st.title.Zh, st.title.En, v.Sections.Tasks.Overdue[rung])
	}
	return journey.Rule[State]{
		Name: st.name, Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if st.waits(s) {
				p.Ladder(journey.Moment{Ref: s.Step.Ref, At: st.due(s, v), Known: s.Step.Known}, v.Sections.Tasks.Overdue, v)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			level := f.View.Sections.Tasks.Overdue[f.Rung].Action
			switch level {
			case policy.ActRemind, policy.ActWarn, policy.ActEscalate:
			default: // nothing of a transfer can be marked, reassigned or recycled
				level = catalogue.LevelEscalate
			}
			f.Ask(journey.Remind, s.subject(), effects.Remind{Level: level, Rule: f.Rule, Subject: s.subject(), Customer: s.Now.Value.Customer, Owner: s.actor(),
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

// stepMade takes the last step's task back once the transfer has ended.
func stepMade() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "step_made",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Task.Kind != "" && ended[s.Now.Value.Status] {
				p.Add(s.Step, s.Step.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) { s.drop(f) },
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("结束上一步的任务", "end the task of the step that is made")
		},
	}
}

// drop takes back the task of the step before.
func (s *State) drop(f *journey.Firing) {
	if s.Task.Kind == "" {
		return
	}
	f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{s.Task.Kind}, Reason: "step_made"})
	s.Task = Task{}
}
