package casework

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

var titles = map[string]lang.Text{catalogue.TaskRespond: lang.T("响应客户", "Answer the customer"), catalogue.TaskResolve: lang.T("解决", "Solve")}

// ownersTask keeps the owner's task what it has to be: answer, then solve; none
// while the customer is waited for and when it is over.
func ownersTask() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "owners_task",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if !s.Now.IsZero() && s.wants() != s.Task {
				p.Add(s.Step, s.Step.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			if s.Task.Kind != "" {
				f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{s.Task.Kind}, Reason: "case_moved"})
			}
			if s.Task = s.wants(); s.Task.Kind == "" {
				return
			}
			k := &s.Now.Value
			title := titles[s.Task.Kind]
			f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: s.Task.Kind, Subject: s.subject(), Customer: s.customer(), Company: k.Name,
				Title: lang.T(title.Zh+"："+k.Title, title.En+": "+k.Title), Assignee: s.Task.Owner, Due: s.Task.Due, Rule: f.Rule})
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			if w := s.wants(); w.Kind != "" {
				t := titles[w.Kind]
				return lang.T("创建任务："+t.Zh, "create the task: "+t.En)
			}
			return lang.T("结束负责人的任务", "end the owner's task")
		},
	}
}
