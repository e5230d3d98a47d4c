package intervention_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/intervention"
	"liuke.dev/workflows/journey/journeytest"
)

// unusual behaviour gives one person a task at once, and a supervisor hears
// of it if it is not looked into; a whole team that it becomes keeps it.
func TestImmediateAttention(t *testing.T) {
	s, at := begin(t, func(i *catalogue.Intervention) {
		i.Scope, i.Due = catalogue.ScopeAttention, i.OpenedAt+4*hour
		i.Team = []catalogue.TeamRole{{Role: "attention", Person: "chen", Task: lang.T("立即", "At once"), Due: i.Due}}
	})
	var task effects.CreateTask
	if s.Effect("role_task_0", journey.CreateTask, &task); task.Kind != catalogue.TaskAttend || task.Assignee != "chen" || task.Due != at+4*hour {
		t.Errorf("%+v", task)
	}
	s.Boundary("role_overdue_0.0", at+4*hour)
	s.Boundary("role_overdue_0.1", at+4*hour+day)
	s.now.Scope, s.now.Due = catalogue.ScopeTeam, at+20*day
	s.now.Team = append(slices.Clone(s.now.Team), catalogue.TeamRole{Role: "sales", Person: "wang", Due: at + 5*day})
	s.changed(at+4*hour+day+hour, "scope", "")
	if n := len(s.asked(journey.CreateTask)); n != 2 {
		t.Errorf("%d tasks", n)
	}
}

// C-10: the standing group's members have the task to go through the
// list by a week after it met; exactly then they are reminded; a meeting begins the next week.
func TestTheWarningGroupMeetsInItsRhythm(t *testing.T) {
	at := journeytest.At(t, "2026-03-04 10:00")
	s := &story{Journey: journeytest.Start(t, journey.Of(intervention.Rules), "group", journeytest.View(t, func(p *policy.Sections) { p.Intervention.Group.Rhythm = policy.D("7d") })), t: t, h: journeytest.New(t)}
	g := catalogue.WarningGroup{ID: "group", Members: []string{"boss", "mei"}, Since: at}
	s.Decide(at, s.h.Tell("warning_group/group", at, &catalogue.WarningGroupFormed{After: g}))
	if n := len(s.asked(journey.CreateTask)); n != 2 {
		t.Errorf("%d tasks", n)
	}
	var task effects.CreateTask
	if s.Effect("group_task", journey.CreateTask, &task); task.Due != at+7*day || task.Kind != catalogue.TaskReviewList {
		t.Errorf("%+v", task)
	}
	s.Boundary("group_overdue.0", at+7*day)
	g.MetAt, g.Meetings = at+8*day-hour, 1
	s.Decide(at+8*day-hour, s.h.Tell("warning_group/group", at+8*day-hour, &catalogue.WarningGroupMet{After: g, Meeting: catalogue.GroupMeeting{N: 1}}))
	if s.DidFire("group_overdue.1") || len(s.asked(journey.CancelTasks)) != 1 || len(s.asked(journey.CreateTask)) != 4 {
		t.Errorf("fired %v", s.Rules())
	}
	if due := s.Due("group_overdue.0"); due != at+15*day-hour || s.Last.Ended {
		t.Errorf("next %s, ended %v", due, s.Last.Ended)
	}
}

// Facts that are late, or come twice, change nothing.
func TestOutOfOrder(t *testing.T) {
	s, at := begin(t)
	opened := s.h.Events[0]
	s.log(at+hour, "sales")
	d := s.Decide(at+2*hour, opened)
	if len(d.Read) != 0 || len(d.Fired) != 0 {
		t.Errorf("read %v, fired %v", d.Read, d.Fired)
	}
}
