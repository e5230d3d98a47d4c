package maintenance_test

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

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
