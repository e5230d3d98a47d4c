package lead

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// lateEntry reports a first contact that nobody recorded within 24 hours to the
// salesperson and the supervisor, and asks for the record. It is a clock
// of its own: neither first touch nor response time (C-03).
func lateEntry() journey.Rule[State] {
	says := lang.T("首次接触后24小时规定时间内没有录入系统", "a first contact was not recorded in the time allowed")
	return journey.Rule[State]{
		Name: "late_entry",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if s.Signal.At.Set() && !s.Begun.Set() {
				p.Add(s.Signal.At, v.After(s.Signal.At.At, v.Sections.Intake.EntryWithin))
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			on := s.Subject()
			f.Ask(journey.ReportLate, on, effects.ReportLate{Due: f.Due})
			f.Ask(journey.Remind, on, effects.Remind{Level: catalogue.LevelWarn, Rule: f.Rule, Subject: on, Owner: s.Signal.Person, Text: says, Due: f.Due, Late: f.Late})
			f.Ask(journey.CreateTask, on, effects.CreateTask{Kind: catalogue.TaskRecord, Subject: on, Title: lang.T("补录客户", "Record the customer"),
				Assignee: s.Signal.Person, Due: f.View.After(f.Due, f.View.Sections.Intake.EntryWithin), Rule: f.Rule})
			s.Signal.Asked = true
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("上报录入超时，预警本人和主管", "report the late entry, warn the salesperson and the supervisor")
		},
		Because: func(s *State, o journey.Obligation) []string { return []string{o.Base.In("first_contact/" + s.ID)} },
		Policy:  func(*State, journey.Obligation) string { return "intake.entry_within" },
	}
}

// entryRecorded takes the request for the record back once there is one.
func entryRecorded() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "entry_recorded",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Signal.Asked && s.Begun.Set() {
				p.Add(s.Begun, s.Begun.Known)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Signal.Asked = false
			f.Ask(journey.CancelTasks, s.Subject(), effects.CancelTasks{Subject: s.Subject(), Kinds: []string{catalogue.TaskRecord}, Reason: "recorded"})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("撤销补录任务", "withdraw the task to record it")
		},
	}
}
