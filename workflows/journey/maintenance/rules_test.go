package maintenance_test

import (
	"slices"
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
	if s.Effect("step", journey.SendSurvey, &sv); sv.Customer != "c1" || sv.Template != "need" {
		t.Errorf("survey %+v", sv)
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

// R-077, C-08: entering a life-cycle state begins its action set once; the same
// state told again begins nothing; groups beside it change nothing of that.
func TestLifeCycleStatesBeginTheirActions(t *testing.T) {
	s := won(t, at(t), only("state_new", "state_active", "state_silent", "state_churn_risk"))
	stand := func(after instant.Time, state string, groups ...string) {
		if s.m.Standing.Lifecycle != state {
			s.m.Standing.Entries++
		}
		s.m.Standing.Lifecycle, s.m.Standing.Assessed, s.m.Standing.Groups, s.m.Standing.Health = state, true, groups, 50
		s.tell(at(t)+after, "standing", nil)
	}
	stand(day, "new")
	stand(2*day, "new", "no_order")
	stand(3*day, "silent", "no_order")
	stand(4*day, "churn_risk", "no_order")
	for p, want := range map[string]int{"state_new": 1, "state_active": 0, "state_silent": 1, "state_churn_risk": 1} {
		if n := began(s, p); n != want {
			t.Errorf("%s began %d times, want %d", p, n, want)
		}
	}
	if asked(s, journey.OpenIntervention, func(o effects.OpenIntervention) bool { return o.Customer == "c1" && o.Reason == "churn_risk" }) != 1 {
		t.Error("no intervention for churn risk")
	}
	if s.Last.Status.Stage != "churn_risk" || s.Last.Status.Risk != "no_order" {
		t.Errorf("status %+v", s.Last.Status)
	}
}

// an early sign begins its answer when it begins to hold.
func TestSignalsAreAnswered(t *testing.T) {
	s := won(t, at(t), func(p *policy.Sections) {
		p.Processes.Processes = append(p.Processes.Processes, policy.Process{ID: "answer", Name: lang.T("回应", "Answer"), Again: "once_ended",
			Starts: policy.Start{On: policy.OnSignal, Values: []string{"amount_fell"}}, Steps: []policy.ProcessStep{{ID: "ask", Name: lang.T("问", "Ask"), Action: policy.DoTask, Who: "owner", Due: policy.D("1d")}}})
	}, func(p *policy.Sections) { only("answer")(p) })
	for i, signals := range [][]string{{"logins_fell"}, {"amount_fell"}, {"amount_fell"}, nil, {"amount_fell"}} {
		s.m.Standing.Signals = nil
		for _, id := range signals {
			s.m.Standing.Signals = append(s.m.Standing.Signals, catalogue.MaintainedSignal{ID: id, Since: at(t)})
		}
		s.tell(at(t)+instant.Time(i+1)*hour, "standing", nil)
	}
	if n := began(s, "answer"); n != 2 {
		t.Errorf("answered %d times, want 2", n)
	}
}

// a customer that turns red is told of and its team called, once per turn.
func TestACustomerTurnsRed(t *testing.T) {
	s := won(t, at(t), only())
	red := func(after instant.Time, red bool) {
		s.m.Standing.Red, s.m.Standing.Assessed, s.m.Standing.Health = red, true, 31
		s.tell(at(t)+after, "standing", nil)
	}
	red(hour, true)
	red(2*hour, true)
	var r effects.Remind
	if s.Effect("turned_red", journey.Remind, &r); r.Level != catalogue.LevelWarn || r.Owner != "zhang" {
		t.Errorf("warning %+v", r)
	}
	if s.Last.Status.Risk != "red" {
		t.Errorf("risk %q", s.Last.Status.Risk)
	}
	red(3*hour, false)
	red(4*hour, true)
	if n := asked(s, journey.OpenIntervention, func(o effects.OpenIntervention) bool { return o.Reason == "red" }); n != 2 {
		t.Errorf("called %d times, want 2", n)
	}
}

// the customer is assessed exactly when time alone can have changed how it
// stands, once for each such instant.
func TestAssessedWhenTimeMatters(t *testing.T) {
	s := won(t, at(t), only())
	check := at(t) + 90*day
	s.m.Standing.NextCheckAt = check
	s.tell(at(t)+hour, "standing", nil)
	s.to(check - ms)
	if s.DidFire("assess") || s.Due("assess") != check {
		t.Fatalf("due %s", s.Due("assess"))
	}
	s.to(check)
	s.tell(check+hour, "standing", nil) // the same instant again
	s.to(check + day)
	if n := asked(s, journey.AssessCustomer, func(a effects.AssessCustomer) bool { return a.Due == check }); n != 1 {
		t.Errorf("assessed %d times", n)
	}
}

// R-049, C-12: the external window moves only once all three parties have
// confirmed, by one transfer.
func TestTheWindowMovesOnceAllConfirmed(t *testing.T) {
	s := won(t, at(t), only("hand_over"))
	s.m.HandOver = &catalogue.HandOver{AskedAt: at(t), From: "zhang", To: "su"}
	s.tell(at(t)+hour, "hand_over", nil)
	p := s.running("hand_over")
	if tasksOf(s, "sales")+tasksOf(s, "implementation")+tasksOf(s, "success") != 3 {
		t.Error("not every party has a task")
	}
	transfers := func() int {
		return asked(s, journey.RequestTransfer, func(r effects.RequestTransfer) bool { return r.Customer == "c1" && r.To == "su" })
	}
	for i, party := range []string{"success", "sales", "implementation"} {
		if transfers() != 0 {
			t.Fatalf("the window moves after %d confirmations", i)
		}
		if i == 2 {
			s.m.HandOver.ConfirmedAt = at(t) + 5*hour
		}
		s.end(at(t)+instant.Time(i+2)*hour, p.ID, party, catalogue.TakenDone, "t")
	}
	s.to(at(t) + 5*hour)
	if transfers() != 1 {
		t.Fatalf("%d transfers", transfers())
	}
	s.m.Owner, s.m.HandOver.MovedAt = "su", at(t)+day
	s.tell(at(t)+day, "owner", nil)
	if transfers() != 1 || s.Last.Status.Owner != "su" {
		t.Errorf("%d transfers, owner %s", transfers(), s.Last.Status.Owner)
	}
}

// a process is for the customers that its conditions name, by tier,
// type, sector, kind and life-cycle state; the others have none of it.
func TestProcessesDifferByCustomer(t *testing.T) {
	for name, c := range map[string]struct {
		only policy.Only
		want int
	}{
		"everybody":                  {policy.Only{}, 1},
		"its tier":                   {policy.Only{Tiers: []string{"vip", "core"}}, 1},
		"another tier":               {policy.Only{Tiers: []string{"core"}}, 0},
		"every tier but its own":     {policy.Only{Except: []string{"vip"}}, 0},
		"its type and sector":        {policy.Only{Types: []string{"dealer"}, Sectors: []string{"steel"}}, 1},
		"its type, another's sector": {policy.Only{Types: []string{"dealer"}, Sectors: []string{"food"}}, 0},
		"persons":                    {policy.Only{Kinds: []string{"person"}}, 0},
		"silent customers":           {policy.Only{Lifecycle: []string{"silent"}}, 0},
	} {
		s := open(t, only("monthly_revisit"), func(p *policy.Sections) { p.Processes.Process("monthly_revisit").Only = c.only })
		s.m.BeganAt, s.m.Tier, s.m.Type, s.m.Sector, s.m.Kind = at(t), "vip", "dealer", "steel", "company"
		s.Decide(at(t), s.h.Tell("maintenance/c1", at(t), &catalogue.MaintenanceBegan{After: s.copy()}))
		s.to(at(t) + 32*day)
		if n := began(s, "monthly_revisit"); n != c.want {
			t.Errorf("%s: began %d times, want %d", name, n, c.want)
		}
	}
}

// a change of the book works with the next decision: a process that
// was switched on begins with its next turn, one that was switched off begins no
// more, and what runs goes on.
func TestAChangeOfTheBookWorksAtOnce(t *testing.T) {
	s := won(t, at(t), only("implementation", "monthly_revisit"))
	s.to(at(t) + 40*day)
	first := began(s, "monthly_revisit")
	s.View = journeytest.View(t, only("quarterly_need_survey"))
	s.Decide(at(t) + 41*day)
	s.to(at(t) + 100*day)
	if began(s, "monthly_revisit") != first || began(s, "quarterly_need_survey") != 1 {
		t.Errorf("revisits %d then %d, surveys %d", first, began(s, "monthly_revisit"), began(s, "quarterly_need_survey"))
	}
	if s.running("implementation"); !s.DidFire("step_overdue") {
		t.Error("what ran does not go on")
	}
}
