package intervention_test

import (
	"fmt"
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/intervention"
	"liuke.dev/workflows/journey/journeytest"
)

const (
	ms   = instant.Time(1)
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

type story struct {
	*journeytest.Journey
	t   *testing.T
	h   *journeytest.History
	now catalogue.Intervention
}

var people = map[string]string{"sales": "wang", "service": "chen", "product": "lin", "operations": "zhou"}

// begin opens a team of four on Wednesday at 10.
func begin(t *testing.T, change ...func(*catalogue.Intervention)) (*story, instant.Time) {
	t.Helper()
	at := journeytest.At(t, "2026-03-04 10:00")
	i := catalogue.Intervention{ID: "c-1", Customer: "c", Company: "华兴", Episode: 1, Scope: catalogue.ScopeTeam, Status: catalogue.TeamOpen, Reason: "red", OpenedAt: at, OpenedBy: "journeys", Lead: "boss", Due: at + 14*day}
	for n, role := range []string{"sales", "service", "product", "operations"} {
		i.Team = append(i.Team, catalogue.TeamRole{Role: role, Person: people[role], Task: lang.T(role, role), Due: at + instant.Time(n+1)*day})
	}
	for _, c := range change {
		c(&i)
	}
	s := &story{Journey: journeytest.Start(t, journey.Of(intervention.Rules), i.ID, journeytest.View(t)), t: t, h: journeytest.New(t), now: i}
	s.Decide(at, s.h.Tell("intervention/c-1", at, &catalogue.InterventionOpened{After: i}))
	return s, at
}

func (s *story) changed(at instant.Time, change, role string) {
	s.Until(at - ms)
	s.Decide(at, s.h.Tell("intervention/c-1", at, &catalogue.InterventionChanged{Change: change, Role: role, After: s.now}))
}

func (s *story) log(at instant.Time, role string) {
	team := slices.Clone(s.now.Team)
	for n := range team {
		if team[n].Role == role {
			team[n].Outcome = &catalogue.RoleOutcome{Says: "done", By: team[n].Person, At: at}
		}
	}
	s.now.Team = team
	s.changed(at, "outcome", role)
}

func (s *story) plan(at, send instant.Time) {
	s.now.Steps = append(slices.Clone(s.now.Steps), catalogue.PlannedContact{ID: fmt.Sprint(len(s.now.Steps)), Role: "operations", Channel: "mail", Purpose: "intervention",
		Subject: lang.T("邀请", "Invitation"), Text: lang.T("沙龙", "Salon"), At: send, PlannedBy: "zhou"})
	s.changed(at, "planned", "operations")
}

func (s *story) back(at instant.Time) {
	s.Until(at - ms)
	s.now.Status, s.now.Recovery = catalogue.TeamRecovered, &catalogue.Recovery{Entry: "shop:9", Kind: "order", At: at}
	s.Decide(at, s.h.Tell("intervention/c-1", at, &catalogue.InterventionRecovered{After: s.now}))
}

func (s *story) close(at instant.Time, result string) {
	s.Until(at - ms)
	s.now.Status, s.now.Result, s.now.ClosedAt, s.now.ClosedBy, s.now.Note = catalogue.TeamClosed, result, at, "boss", "price"
	s.Decide(at, s.h.Tell("intervention/c-1", at, &catalogue.InterventionClosed{After: s.now}))
}

// asked gives the effects of a verb.
func (s *story) asked(verb journey.Verb) (out []journey.Effect) {
	for _, e := range s.Effects {
		if e.Verb == verb {
			out = append(out, e)
		}
	}
	return out
}

// sales, service, product and operations each get
// their task with its due time; each is reminded exactly at it, and their supervisor
// hears of it a working day later.
func TestEachRoleHasItsTaskAndLadder(t *testing.T) {
	s, at := begin(t)
	tasks := s.asked(journey.CreateTask)
	if len(tasks) != 4 {
		t.Fatalf("%d tasks", len(tasks))
	}
	for n, role := range []string{"sales", "service", "product", "operations"} {
		var task effects.CreateTask
		s.Effect(fmt.Sprintf("role_task_%d", n), journey.CreateTask, &task)
		if task.Assignee != people[role] || task.Due != at+instant.Time(n+1)*day || task.Kind != "intervene_"+role || task.Subject.ID != "c-1" {
			t.Errorf("%s: %+v", role, task)
		}
	}
	s.Boundary("role_overdue_0.0", at+day)
	var r effects.Remind
	if s.Effect("role_overdue_0.0", journey.Remind, &r); r.Level != catalogue.LevelRemind || r.Owner != "wang" {
		t.Errorf("%+v", r)
	}
	s.Boundary("role_overdue_0.1", at+2*day)
	if s.Effect("role_overdue_0.1", journey.Remind, &r); r.Level != catalogue.LevelEscalate || r.Owner != "wang" {
		t.Errorf("%+v", r)
	}
}

// an outcome that is logged in time ends the role's task and its ladder;
// logged anew it changes nothing.
func TestAnOutcomeEndsTheRolesTask(t *testing.T) {
	s, at := begin(t)
	s.log(at+hour, "sales")
	var c effects.CancelTasks
	if s.Effect("role_done_0", journey.CancelTasks, &c); !slices.Equal(c.Kinds, []string{"intervene_sales"}) {
		t.Errorf("%+v", c)
	}
	s.log(at+2*hour, "sales")
	s.Until(at + 13*day)
	if s.DidFire("role_overdue_0.0") || len(s.asked(journey.CancelTasks)) != 1 || !s.DidFire("role_overdue_1.1") {
		t.Errorf("fired %v", s.Rules())
	}
}

// A role that changes hands takes the task from the one and gives it to the other.
func TestARoleChangesHands(t *testing.T) {
	s, at := begin(t)
	s.now.Team = slices.Clone(s.now.Team)
	s.now.Team[1].Person = "xu"
	s.changed(at+hour, "person", "service")
	tasks, cancelled := s.asked(journey.CreateTask), s.asked(journey.CancelTasks)
	var task effects.CreateTask
	if s.Effect("role_task_1", journey.CreateTask, &task); task.Assignee != "xu" || len(tasks) != 5 || len(cancelled) != 1 {
		t.Errorf("%+v, %d tasks, %d cancelled", task, len(tasks), len(cancelled))
	}
}

// the whole has a deadline: whoever watches it is reminded exactly then; it
// moves when it is extended.
func TestTheWholeHasADeadline(t *testing.T) {
	s, at := begin(t)
	for _, role := range []string{"sales", "service", "product", "operations"} {
		s.log(at+hour, role)
	}
	s.now.Due = at + 20*day
	s.changed(at+2*hour, "due", "")
	s.Boundary("deadline.0", at+20*day)
	var r effects.Remind
	if s.Effect("deadline.0", journey.Remind, &r); r.Owner != "boss" || r.Level != catalogue.LevelRemind {
		t.Errorf("%+v", r)
	}
}

// R-118, D-9: planned contacts are asked of the contact budget exactly at their
// times, in any order, under the id that the service knows; cancelled ones never are.
func TestPlannedContacts(t *testing.T) {
	s, at := begin(t)
	s.plan(at+hour, at+3*day)
	s.plan(at+2*hour, at+day)
	s.plan(at+3*hour, at+2*day)
	s.now.Steps = slices.Clone(s.now.Steps)
	s.now.Steps[2].Cancelled = true
	s.changed(at+4*hour, "cancelled", "")
	s.Boundary("contact.1", at+day)
	s.Boundary("contact.0", at+3*day)
	var ask effects.ReachCustomer
	e := s.Effect("contact.1", journey.ReachCustomer, &ask)
	if e.ID != "intervention:c-1:contact.1:1:0" || ask.Department != "operations" || ask.For.ID != "c-1" || ask.Customer != "c" {
		t.Errorf("%s %+v", e.ID, ask)
	}
	s.Until(at + 13*day)
	if n := len(s.asked(journey.ReachCustomer)); n != 2 {
		t.Errorf("%d contacts", n)
	}
}

// D-9: when the customer comes back, everything pending is withdrawn, each exactly
// once: the tasks that wait, the contacts that were planned; everyone hears of it
// once. What is told again, or later, withdraws nothing more.
func TestComingBackWithdrawsEverythingOnce(t *testing.T) {
	s, at := begin(t)
	s.plan(at+hour, at+3*day)
	s.log(at+2*hour, "sales")
	s.back(at + 5*hour)
	again := s.h.Events[len(s.h.Events)-1]
	s.Decide(at+6*hour, again)
	s.back(at + 7*hour) // told anew
	s.Until(at + day)
	if w := s.asked(journey.WithdrawOutreach); len(w) != 1 {
		t.Errorf("%d withdrawals", len(w))
	}
	kinds := map[string]int{}
	for _, e := range s.asked(journey.CancelTasks) {
		kinds[string(e.Body)]++
	}
	if len(kinds) != 4 || len(s.asked(journey.CancelTasks)) != 4 {
		t.Errorf("tasks taken back: %v", kinds)
	}
	told := map[string]int{}
	for _, e := range s.asked(journey.Remind) {
		if e.Cause == "intervention:c-1:came_back:1" {
			var r effects.Remind
			s.Effect("came_back", journey.Remind, &r)
			told[e.ID]++
		}
	}
	if len(told) != 5 { // four roles and who watches
		t.Errorf("told %v", told)
	}
	s.Until(at + 4*day)
	if len(s.asked(journey.ReachCustomer)) != 0 {
		t.Error("a contact that was withdrawn is asked for")
	}
}

// after the customer came back the outcomes are still owed: who has not
// logged is reminded, exactly two working days later; who has is not.
func TestOutcomesAreOwedAfterTheCustomerCameBack(t *testing.T) {
	s, at := begin(t)
	s.log(at+hour/2, "sales")
	s.back(at + hour)
	s.Boundary("role_log_1.0", at+hour+2*day)
	if s.DidFire("role_log_0.0") || s.DidFire("role_overdue_1.0") {
		t.Errorf("fired %v", s.Rules())
	}
}

// closing ends the journey, tells everyone the result, and a loss is
// handed to its review; another result is not.
func TestClosing(t *testing.T) {
	for result, reviews := range map[string]int{"churned": 1, "ongoing": 0, "recovered": 0} {
		s, at := begin(t)
		s.plan(at+hour, at+3*day)
		for _, role := range []string{"sales", "service", "product", "operations"} {
			s.log(at+2*hour, role)
		}
		s.close(at+day, result)
		if !s.Last.Ended || len(s.asked(journey.OpenChurnReview)) != reviews || len(s.asked(journey.WithdrawOutreach)) != 1 {
			t.Errorf("%s: ended %v, %d reviews, %d withdrawn", result, s.Last.Ended, len(s.asked(journey.OpenChurnReview)), len(s.asked(journey.WithdrawOutreach)))
		}
		if reviews == 1 {
			var o effects.OpenChurnReview
			if s.Effect("closed", journey.OpenChurnReview, &o); o.Customer != "c" || o.ChurnedOn != at+day || len(o.Facts) != 1 {
				t.Errorf("%+v", o)
			}
		}
		s.Until(at + 30*day)
		if s.DidFire("deadline.0") || s.DidFire("contact.0") {
			t.Errorf("%s: after the end %v", result, s.Rules())
		}
	}
}
