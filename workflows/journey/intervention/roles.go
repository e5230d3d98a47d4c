package intervention

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
	"liuke.dev/workflows/journey/pursuit"
)

// waits tells whether a role's outcome is still to come while the team is at work.
func (s *State) waits(n int) bool { return s.open() && n < len(s.Roles) && !s.Roles[n].Done.Set() }

func (s *State) title(n int) lang.Text { return s.Now.Value.Team[n].Task }

// Matter is what the intervention's tasks and reminders are about.
func (s *State) Matter() duty.Matter {
	i := s.Now.Value
	return duty.Matter{Subject: s.subject(), Customer: s.customer(), Company: i.Company, Name: duty.Named(i.Company)}
}

// roleTask gives a role's person the task; a role that changes
// hands gives it to the next.
func roleTask(n int) journey.Rule[State] {
	return journey.Rule[State]{
		Name: numbered("role_task", n),
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.waits(n) {
				p.Add(s.Roles[n].Since, s.Roles[n].Since.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.drop(n, f, "handed_over")
			r := &s.Roles[n]
			s.Matter().Task(f, s.task(n), r.Person, s.title(n), r.Due)
			r.Tasked = true
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			t := s.title(n)
			return lang.T("创建任务："+t.Zh, "create the task: "+t.En)
		},
		Policy: func(*State, journey.Obligation) string {
			return "intervention.team[" + strconv.Itoa(n) + "].within"
		},
	}
}

// drop takes a role's task back.
func (s *State) drop(n int, f *journey.Firing, why string) {
	if !s.Roles[n].Tasked {
		return
	}
	s.Matter().Cancel(f, why, s.task(n))
	s.Roles[n].Tasked = false
}

// roleOverdue reminds who holds a role when its outcome is due, and escalates past it.
func roleOverdue(n int) journey.Rule[State] {
	return telling(numbered("role_overdue", n), func(s *State, _ *policy.View) (journey.Moment, bool) {
		if !s.waits(n) {
			return journey.Moment{}, false
		}
		r := s.Roles[n]
		return journey.Moment{Ref: r.Since.Ref, At: r.Due, Known: r.Since.Known}, true
	}, func(s *State) (string, lang.Text) { return s.Roles[n].Person, s.title(n) })
}

// roleDone takes a role's task back once its outcome is logged.
func roleDone(n int) journey.Rule[State] {
	return journey.Rule[State]{
		Name: numbered("role_done", n),
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if n < len(s.Roles) && s.Roles[n].Tasked && s.Roles[n].Done.Set() {
				p.Add(s.Roles[n].Done, s.Roles[n].Done.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) { s.drop(n, f, "outcome_logged") },
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			t := s.title(n)
			return lang.T("结束任务："+t.Zh, "end the task: "+t.En)
		},
	}
}

// roleLog asks, after the customer came back, for the outcome that a role still
// owes: without it the intervention cannot be closed.
func roleLog(n int) journey.Rule[State] {
	return telling(numbered("role_log", n), func(s *State, v *policy.View) (journey.Moment, bool) {
		if s.Now.Value.Status != catalogue.TeamRecovered || n >= len(s.Roles) || s.Roles[n].Done.Set() {
			return journey.Moment{}, false
		}
		return journey.Moment{Ref: s.Back.Ref, At: v.After(s.Back.At, v.Sections.Intervention.LogIn), Known: s.Back.Known}, true
	}, func(s *State) (string, lang.Text) {
		return s.Roles[n].Person, lang.T("记录干预结果", "Log the outcome of the intervention")
	})
}

// deadline reminds who watches the whole when it should be closed, and escalates past it.
func deadline() journey.Rule[State] {
	return telling("deadline", func(s *State, _ *policy.View) (journey.Moment, bool) {
		return journey.Moment{Ref: s.Due.Ref, At: s.Now.Value.Due, Known: s.Due.Known}, s.working()
	}, func(s *State) (string, lang.Text) {
		return s.Now.Value.Lead, lang.T("结束干预并记录结论", "Close the intervention with its result")
	})
}

// telling makes a ladder that tells a person, and those above, what is overdue.
func telling(name string, from func(*State, *policy.View) (journey.Moment, bool), what func(*State) (string, lang.Text)) journey.Rule[State] {
	return duty.Ladder[State]{Name: name, From: from, Matter: (*State).Matter, Path: duty.Always[State]("intervention.overdue"),
		Steps: func(_ *State, v *policy.View) []policy.Step { return v.Sections.Intervention.Overdue },
		Who: func(s *State, _ *policy.View) []string {
			who, _ := what(s)
			return []string{who}
		},
		Says: func(s *State, _ *policy.View, step policy.Step) lang.Text {
			_, t := what(s)
			return pursuit.Overdue(t.Zh, t.En, step)
		},
	}.Rule()
}
