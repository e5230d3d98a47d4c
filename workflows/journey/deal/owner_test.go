package deal_test

import (
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// after a change of owner, reminders go to whoever holds it now.
func TestRemindersFollowTheOwner(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+6*day, &catalogue.DealAssigned{Deal: "d1", Before: "zhang", After: "li", Reason: "owner_left"})
	s.Until(s.at + 7*day)
	var r effects.Remind
	if s.Effect("idle.0", journey.Remind, &r); r.Owner != "li" {
		t.Errorf("reminder to %s, want li", r.Owner)
	}
}

// warnings 7, 3 and 1 days before, then back to the pool, once; in the
// pool nothing runs; whoever claims it has the whole time again.
func TestRecycle(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.Boundary("recycle_warn.0", s.at+23*day)
	s.Boundary("recycle_warn.1", s.at+27*day)
	s.Boundary("recycle_warn.2", s.at+29*day)
	s.Boundary("recycle", s.at+30*day)
	var r effects.Recycle
	if s.Effect("recycle", journey.Recycle, &r); r.From != "zhang" || r.LastFollowUp != 0 || r.Reason == "" {
		t.Errorf("recycling %+v", r)
	}
	s.tell(s.at+30*day+hour, &catalogue.DealAssigned{Deal: "d1", Before: "zhang", Reason: "recycle"})
	if len(s.Last.Pending) != 0 || s.Last.Ended {
		t.Errorf("in the pool: pending %v, ended %v", s.Last.Pending, s.Last.Ended)
	}
	s.tell(s.at+40*day, &catalogue.DealAssigned{Deal: "d1", After: "li", Reason: "claim"})
	if s.Due("recycle") != s.at+70*day || s.Due("idle.0") != s.at+47*day {
		t.Errorf("after the claim: recycle %s, idle %s", s.Due("recycle"), s.Due("idle.0"))
	}
}

// D-6: after a wrong transfer is undone, the owner's clocks go on where they stood:
// what passed meanwhile is not held against them.
func TestAnUndoneTransferGivesTheClocksBack(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+10*day, &catalogue.DealAssigned{Deal: "d1", Before: "zhang", After: "li", Reason: "transfer"})
	s.tell(s.at+17*day, &catalogue.DealAssigned{Deal: "d1", Before: "li", After: "zhang", Reason: "undo", ClocksFrom: s.at + 7*day})
	s.Boundary("recycle", s.at+37*day)
	var r effects.Recycle
	if s.Effect("recycle", journey.Recycle, &r); r.From != "zhang" {
		t.Errorf("recycling %+v", r)
	}
}

// a follow-up restarts the time to recycling, which names it.
func TestRecycleNamesTheLastFollowUp(t *testing.T) {
	s := begin(t, journeytest.View(t))
	s.tell(s.at+20*day, follow(s.at+20*day))
	s.Boundary("recycle", s.at+50*day)
	var r effects.Recycle
	if s.Effect("recycle", journey.Recycle, &r); r.LastFollowUp != s.at+20*day {
		t.Errorf("last follow-up %s", r.LastFollowUp)
	}
}

// a deal without customer is matched and linked at once.
func TestMatch(t *testing.T) {
	s := begin(t, journeytest.View(t), func(d *catalogue.Deal) { d.Customer = "" })
	var m effects.MatchCustomer
	if s.Effect("match", journey.LinkCustomer, &m); m.Name != "海天" {
		t.Errorf("match %+v", m)
	}
}

// an imported deal whose account is missing is no customer's, until
// somebody says whose it is.
func TestNoMatchWithoutCompany(t *testing.T) {
	s := begin(t, journeytest.View(t), func(d *catalogue.Deal) { d.Customer, d.Company, d.Title = "", "", "GTX Pro" })
	if strings.Contains(strings.Join(s.Rules(), " "), "match") {
		t.Fatalf("a customer without a name is asked for: %v", s.Rules())
	}
	named := catalogue.Deal{ID: "d1", Company: "海天", Title: "GTX Pro"}
	s.tell(s.at+hour, &catalogue.DealChanged{After: named, Changed: []string{"company"}})
	var m effects.MatchCustomer
	if s.Effect("match", journey.LinkCustomer, &m); m.Name != "海天" {
		t.Errorf("match %+v", m)
	}
}
