package intervention

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
	"liuke.dev/workflows/journey/pursuit"
)

var meeting = lang.T("审阅流失风险名单并决定如何干预", "Go through the churn-risk list and steer interventions")

func (s *State) meetingDue(v *policy.View) journey.Moment {
	return journey.Moment{Ref: s.Met.Ref, At: v.After(s.Met.At, v.Sections.Intervention.Group.Rhythm), Known: s.Met.Known}
}

// groupTask gives each member of the standing group the task to go through the
// list by its next meeting; a meeting that was logged ends it and begins the next.
func groupTask() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "group_task",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if !s.Group.IsZero() {
				p.Add(s.Met, s.Met.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			if s.Tasked {
				f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{catalogue.TaskReviewList}, Reason: "met"})
			}
			for _, who := range s.Group.Value.Members {
				f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: catalogue.TaskReviewList, Subject: s.subject(), Title: meeting, Assignee: who,
					Due: s.meetingDue(f.View).At, Rule: f.Rule})
			}
			s.Tasked = true
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("创建任务："+meeting.Zh, "create the task: "+meeting.En)
		},
		Policy: func(*State, journey.Obligation) string { return "intervention.group.rhythm" },
	}
}

// groupOverdue reminds the members when their meeting is due, and escalates past it.
func groupOverdue() journey.Rule[State] {
	return duty.Ladder[State]{Name: "group_overdue", Path: duty.Always[State]("intervention.group.overdue"), Matter: (*State).Matter,
		Steps: func(_ *State, v *policy.View) []policy.Step { return v.Sections.Intervention.Group.Overdue },
		From:  func(s *State, v *policy.View) (journey.Moment, bool) { return s.meetingDue(v), !s.Group.IsZero() },
		Who:   func(s *State, _ *policy.View) []string { return s.Group.Value.Members },
		Says: func(_ *State, _ *policy.View, step policy.Step) lang.Text {
			return pursuit.Overdue(meeting.Zh, meeting.En, step)
		},
	}.Rule()
}
