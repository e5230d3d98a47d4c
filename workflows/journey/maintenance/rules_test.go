package maintenance_test

import (
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

var at = func(t *testing.T) instant.Time { return journeytest.At(t, "2026-03-02 10:00") }

// a first win begins welcome and implementation at once; the notice
// to the customer goes out through outreach, and the step is noted with what was
// asked for as its evidence.
func TestAWinBeginsWelcomeAndImplementation(t *testing.T) {
	s := won(t, at(t))
	if began(s, "welcome") != 1 || began(s, "implementation") != 1 {
		t.Fatalf("began %v", s.Rules())
	}
	var r effects.ReachCustomer
	e := s.Effect("step", journey.ReachCustomer, &r)
	if r.Customer != "c1" || r.Channel == "" || len(r.Uses) == 0 || r.Text.Zh == "" || r.Text.En == "" {
		t.Errorf("notice %+v", r)
	}
	carried := asked(s, journey.CarryStep, func(c effects.CarryStep) bool {
		return c.Step == "notice" && slices.Contains(c.Proof, "outreach/"+e.ID)
	})
	if carried != 1 {
		t.Errorf("the notice was noted %d times", carried)
	}
	if tasksOf(s, "call") != 1 { // the step after it opened
		t.Error("the first service call has no task")
	}
}

// R-161, D-9: a notice that could not be sent becomes a task that says why in both
// languages, with the clock of any step; the step after it waits for it.
func TestWhatCouldNotBeSentIsATask(t *testing.T) {
	s := open(t, only("welcome"))
	s.deaf = true // nobody has noted the step yet
	s.m.BeganAt, s.m.Wins, s.m.Won = at(t), 1, []catalogue.WonDeal{{Deal: "d1", No: 1, At: at(t)}}
	s.Decide(at(t), s.h.Tell("maintenance/c1", at(t), &catalogue.MaintenanceBegan{After: s.copy()}))
	s.begin(at(t), "p1", effects.BeginProcess{Process: "welcome", Occasion: "win:d1"})
	var r effects.ReachCustomer
	if s.Effect("step", journey.ReachCustomer, &r); r.For == nil || r.For.Kind != catalogue.KindStep || r.For.ID != "p1/notice" {
		t.Fatalf("%+v", r.For)
	}
	st := &s.m.Running[0].Steps[0]
	why, text := lang.T("没有联系方式", "no address is known"), lang.T("未能自动发送（没有联系方式）", "it could not be sent (no address is known)")
	st.Action, st.Again, st.Note, st.Text, st.Due = policy.DoTask, 1, &why, &text, at(t)+2*hour
	s.tell(at(t)+ms, "note", nil)
	var task effects.CreateTask
	if s.Effect("step", journey.CreateTask, &task); task.Rule != "process.1.notice" || !strings.Contains(task.Title.Zh, why.Zh) || !strings.Contains(task.Title.En, why.En) || task.Due != at(t)+2*hour {
		t.Errorf("%+v", task)
	}
	if tasksOf(s, "call") != 0 {
		t.Error("the next step did not wait")
	}
	s.to(at(t) + 2*hour)
	var late effects.Remind
	if s.Effect("step_overdue", journey.Remind, &late); late.Owner != task.Assignee {
		t.Errorf("%+v", late)
	}
	s.end(at(t)+3*hour, "p1", "notice", catalogue.TakenDone, "t")
	if tasksOf(s, "call") != 1 || tasksOf(s, "notice") != 1 {
		t.Errorf("call %d, notice %d", tasksOf(s, "call"), tasksOf(s, "notice"))
	}
}

// the second win begins implementation once more, and no second welcome; a
// fact that comes twice or late begins nothing.
func TestEachWinOnce(t *testing.T) {
	s := won(t, at(t))
	first := s.h.Events[0]
	s.m.Wins, s.m.Won = 2, append(s.m.Won, catalogue.WonDeal{Deal: "d2", No: 2, At: at(t) + day})
	s.tell(at(t)+day, "won", nil)
	last := s.h.Events[len(s.h.Events)-1]
	d := s.Decide(at(t)+2*day-ms, first, last)
	if len(d.Read) != 0 || began(s, "welcome") != 1 || began(s, "implementation") != 2 {
		t.Errorf("read %v; welcome %d, implementation %d", d.Read, began(s, "welcome"), began(s, "implementation"))
	}
}

// the revisit comes with the month, or as agreed with the
// customer, exactly then and not a millisecond before.
func TestRevisitsComeWithTheAgreedCadence(t *testing.T) {
	for _, c := range []struct {
		name    string
		cadence catalogue.Cadence
		due     string
		year    int // in 365 days
	}{
		{"every month", catalogue.Cadence{Every: 1, Unit: "month"}, "2026-04-02 09:00", 12},
		{"every two weeks", catalogue.Cadence{Every: 2, Unit: "week"}, "2026-03-16 09:00", 26},
		{"every quarter", catalogue.Cadence{Every: 1, Unit: "quarter"}, "2026-06-02 09:00", 4},
	} {
		s := open(t, only("monthly_revisit"))
		s.m.BeganAt, s.m.Cadence = at(t), c.cadence
		s.Decide(at(t), s.h.Tell("maintenance/c1", at(t), &catalogue.MaintenanceBegan{After: s.copy()}))
		due := journeytest.At(t, c.due)
		s.Decide(due - ms)
		if began(s, "monthly_revisit") != 0 || s.Due("begin_process") != due {
			t.Errorf("%s: due %s, want %s", c.name, s.Due("begin_process"), due)
		}
		for now := due; now < at(t)+365*day; now = s.Last.NextDue {
			s.Decide(now)
			s.work(now)
			for _, p := range slices.Clone(s.m.Running) {
				s.end(now, p.ID, "revisit", catalogue.TakenDone, "t")
			}
			if s.Last.NextDue == 0 {
				break
			}
		}
		if n := began(s, "monthly_revisit"); n != c.year {
			t.Errorf("%s: %d revisits in a year, want %d", c.name, n, c.year)
		}
	}
}

// only leaves the named processes switched on.
func only(ids ...string) func(*policy.Sections) {
	return func(s *policy.Sections) {
		for i := range s.Processes.Processes {
			s.Processes.Processes[i].Off = !slices.Contains(ids, s.Processes.Processes[i].ID)
		}
	}
}

// need survey and co-creation talk come with the quarter.
func TestQuarterlySurveyAndTalk(t *testing.T) {
	s := won(t, at(t), only("quarterly_need_survey", "co_creation_talk"))
	s.to(at(t) + 365*day)
	if began(s, "quarterly_need_survey") != 4 || began(s, "co_creation_talk") != 3 {
		t.Errorf("surveys %d, talks %d", began(s, "quarterly_need_survey"), began(s, "co_creation_talk"))
	}
	var sv effects.SendSurvey
	if s.Effect("step", journey.SendSurvey, &sv); sv.Customer != "c1" || sv.Template != "needs" {
		t.Errorf("survey %+v", sv)
	}
}

// a customer in maintenance is asked for an NPS twice a year with the book
// as it is shipped: seven months after the beginning at nine, not a millisecond
// before, and never on the day of the survey of needs.
func TestNPSTwiceAYear(t *testing.T) {
	s := won(t, at(t), only("half_yearly_nps", "quarterly_need_survey"))
	asks := func() (n int) {
		return asked(s, journey.SendSurvey, func(v effects.SendSurvey) bool { return v.Template == "nps" && v.Customer == "c1" })
	}
	first := journeytest.At(t, "2026-10-01 09:00")
	s.to(first - ms)
	if asks() != 0 {
		t.Fatal("asked too early")
	}
	before := asked(s, journey.SendSurvey, func(effects.SendSurvey) bool { return true })
	s.to(first)
	if asks() != 1 || asked(s, journey.SendSurvey, func(effects.SendSurvey) bool { return true }) != before+1 {
		t.Fatalf("asked %d times at %s, of %v", asks(), first, s.Rules())
	}
	s.to(first + 365*day)
	if asks() != 3 {
		t.Errorf("asked %d times in a year and a half", asks())
	}
}

// A turn that was missed by more than half of its length is passed over, one that
// was missed by less is made up for: an outage of a month is no flood.
func TestAMissedTurn(t *testing.T) {
	for _, c := range []struct {
		late instant.Time
		want int
	}{{15 * day, 1}, {15*day + ms, 0}} {
		s := won(t, at(t), only("monthly_revisit"))
		due := s.Due("begin_process")
		s.Decide(due + c.late)
		if n := began(s, "monthly_revisit"); n != c.want {
			t.Errorf("%s late: began %d, want %d", c.late, n, c.want)
		}
		if next := s.Due("begin_process"); next <= due+c.late {
			t.Errorf("next turn %s", next)
		}
	}
}

// a step's task is reminded of exactly at its due time, escalated
// four hours later, and nothing follows once the step is done; another person or
// time begins the clock anew.
func TestStepsHaveClocks(t *testing.T) {
	s := won(t, at(t), only("implementation"))
	p := s.running("implementation")
	due := p.Steps[0].Due
	s.to(due - ms)
	if s.DidFire("step_overdue") {
		t.Fatal("reminded before it was due")
	}
	s.to(due)
	var r effects.Remind
	if s.Effect("step_overdue", journey.Remind, &r); r.Level != catalogue.LevelRemind || r.Owner != "im" {
		t.Errorf("reminder %+v", r)
	}
	s.to(due + 4*hour)
	if s.Effect("step_overdue", journey.Remind, &r); r.Level != catalogue.LevelEscalate {
		t.Errorf("escalation %+v", r)
	}
	fired := len(s.Fired)
	s.m.Running[0].Steps[0].Assignee, s.m.Running[0].Steps[0].Due = "other", due+2*day
	s.tell(due+5*hour, "step", nil)
	if tasksOf(s, "kick_off") != 2 || asked(s, journey.CancelTasks, func(c effects.CancelTasks) bool { return slices.Contains(c.Rules, effects.StepRule(1, "kick_off")) }) != 1 {
		t.Errorf("a step that went to somebody else: %v", s.Rules()[fired:])
	}
	s.to(due + 2*day)
	if s.Effect("step_overdue", journey.Remind, &r); r.Owner != "other" || r.Level != catalogue.LevelRemind {
		t.Errorf("the clock of the new person: %+v", r)
	}
	s.end(due+2*day+ms, p.ID, "kick_off", catalogue.TakenDone, "")
	if n := asked(s, journey.CancelTasks, func(c effects.CancelTasks) bool { return slices.Contains(c.Rules, effects.StepRule(1, "kick_off")) }); n != 2 {
		t.Errorf("a step that was done past its task takes it back: %d", n)
	}
	if tasksOf(s, "deliver") != 1 {
		t.Error("the next step has no task")
	}
	s.end(due+2*day+2*ms, p.ID, "deliver", catalogue.TakenDone, "task-7")
	if n := asked(s, journey.CancelTasks, func(c effects.CancelTasks) bool { return slices.Contains(c.Rules, effects.StepRule(1, "deliver")) }); n != 0 {
		t.Error("a task that somebody did is taken back")
	}
}

// a birthday by the lunar calendar is greeted on its day, in the customer's
// time zone, and prepared three days before.
func TestCareDays(t *testing.T) {
	s := open(t, only("birthday_greeting", "care_reminder", "holiday_greeting"))
	s.m.BeganAt, s.m.TimeZone = at(t), "America/New_York"
	s.m.CareDates = []catalogue.MaintainedDate{{ID: "b1", Kind: catalogue.CareBirthday, Name: "刘总", Date: catalogue.Yearly{Calendar: catalogue.Lunar, Month: 5, Day: 5}}}
	s.Decide(at(t), s.h.Tell("maintenance/c1", at(t), &catalogue.MaintenanceBegan{After: s.copy()}))
	greeting := journeytest.At(t, "2026-06-19 21:00") // the fifth of the fifth lunar month, 09:00 in New York
	s.to(greeting - 3*day - ms)
	if began(s, "care_reminder") != 0 {
		t.Error("prepared too early")
	}
	s.to(greeting - 3*day)
	if began(s, "care_reminder") != 1 || began(s, "birthday_greeting") != 0 {
		t.Errorf("three days before: reminder %d, greeting %d", began(s, "care_reminder"), began(s, "birthday_greeting"))
	}
	s.to(greeting)
	var r effects.ReachCustomer
	if s.Effect("step", journey.ReachCustomer, &r); began(s, "birthday_greeting") != 1 || r.Until != greeting+2*day {
		t.Errorf("greeting %d, until %s", began(s, "birthday_greeting"), r.Until)
	}
	s.to(greeting + 360*day) // next year's is on 9 June 2027: 355 days later
	if n := began(s, "birthday_greeting"); n != 2 {
		t.Errorf("%d greetings in two years", n)
	}
	if n := began(s, "holiday_greeting"); n != 3 { // Mid-Autumn, National Day, Spring Festival
		t.Errorf("%d holidays", n)
	}
}

// a day that was missed by more than two days is not greeted any more.
func TestAMissedDay(t *testing.T) {
	for _, c := range []struct {
		late instant.Time
		want int
	}{{2 * day, 1}, {2*day + ms, 0}} {
		s := open(t, only("birthday_greeting"))
		s.m.BeganAt = at(t)
		s.m.CareDates = []catalogue.MaintainedDate{{ID: "b1", Kind: catalogue.CareBirthday, Date: catalogue.Yearly{Calendar: catalogue.Solar, Month: 5, Day: 20}}}
		s.Decide(at(t), s.h.Tell("maintenance/c1", at(t), &catalogue.MaintenanceBegan{After: s.copy()}))
		s.Decide(journeytest.At(t, "2026-05-20 09:00") + c.late)
		if n := began(s, "birthday_greeting"); n != c.want {
			t.Errorf("%s late: %d, want %d", c.late, n, c.want)
		}
	}
}

// the renewal is prepared sixty days before the contract ends, once per contract and end.
func TestRenewalWindow(t *testing.T) {
	s := won(t, at(t), only("renewal_window"))
	ends := at(t) + 200*day
	s.m.Terms = []catalogue.MaintainedTerm{{Contract: "k1", EndsAt: ends}}
	s.tell(at(t)+day, "term", nil)
	s.to(ends - 60*day - ms)
	if began(s, "renewal_window") != 0 || s.Due("begin_process") != ends-60*day {
		t.Errorf("due %s", s.Due("begin_process"))
	}
	s.to(ends)
	if began(s, "renewal_window") != 1 {
		t.Errorf("%d", began(s, "renewal_window"))
	}
	s.m.Terms[0].EndsAt = ends + 365*day // it was prolonged
	s.tell(ends-day, "term", nil)
	s.to(ends + 400*day)
	if began(s, "renewal_window") != 2 {
		t.Errorf("%d after it was prolonged", began(s, "renewal_window"))
	}
}
