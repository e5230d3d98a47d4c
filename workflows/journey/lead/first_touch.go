package lead

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// firstTouchTask gives a new lead its first-contact task, with an owner and a
// due time. Whoever it is reassigned to gets a task of their own.
func firstTouchTask() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "first_touch_task",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if from, ok := s.firstTouchFrom(); ok {
				p.Add(from, from.Known)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			from, _ := s.firstTouchFrom()
			if s.Pending(catalogue.TaskFirstTouch) {
				f.Ask(journey.CancelTasks, s.Subject(), effects.CancelTasks{Subject: s.Subject(), Kinds: []string{catalogue.TaskFirstTouch}, Reason: "reassigned"})
			}
			s.CreateTask(f, catalogue.TaskFirstTouch, lang.T("首次联系", "First contact"), f.View.After(from.At, f.View.Sections.Intake.FirstTouchWithin))
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("创建首次联系任务", "create the first-contact task")
		},
		Policy: func(*State, journey.Obligation) string { return "intake.first_touch_within" },
	}
}

// firstTouch is what happens when the first touch is due and nobody made it:
// reminder, escalation, somebody else.
func firstTouch() journey.Rule[State] {
	return pursuit.Ladder[State]{
		Name: "first_touch", Of: care, Lifts: pursuit.LiftQuiet, Path: func(*State) string { return "lead_care.first_touch" },
		Base: func(s *State, v *policy.View) (journey.Moment, bool) {
			from, ok := s.firstTouchFrom()
			return journey.Moment{Ref: from.Ref, At: v.After(from.At, v.Sections.Intake.FirstTouchWithin), Known: from.Known}, ok
		},
		Steps: func(_ *State, v *policy.View) []policy.Step { return v.Sections.LeadCare.FirstTouch },
		Says: func(_ *State, step policy.Step, _ *policy.View) lang.Text {
			return pursuit.Overdue("首次联系", "the first contact", step)
		},
	}.Rule()
}
