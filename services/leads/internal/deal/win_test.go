package deal_test

import (
	"slices"
	"testing"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

func winnable(t *testing.T, r deal.Rules, change ...func(*catalogue.Deal)) catalogue.Deal {
	t.Helper()
	d := open(t, full("p7"), r)
	d.Stage, d.StageType = "to_sign", "decision"
	for _, c := range change {
		c(&d)
	}
	return d
}

// a win names follow-on contact, service nodes and revisit cadence; what
// the policy book lets be assumed is taken from the deal and the book, and stands
// in the fact of the win.
func TestAWinAgreesOnWhatFollows(t *testing.T) {
	r := rules(t)
	c, err := deal.Win(winnable(t, r), r, start)
	if err != nil {
		t.Fatal(err)
	}
	closed := c.Facts[len(c.Facts)-1].(*catalogue.DealClosed).State
	if closed.FollowOnContact != "Ms Li" || !slices.Contains(closed.ServiceNodes, "monthly_revisit") || *closed.RevisitCadence != (catalogue.Cadence{Every: 1, Unit: "month"}) {
		t.Errorf("assumed %q %v %v", closed.FollowOnContact, closed.ServiceNodes, closed.RevisitCadence)
	}
	said := winnable(t, r, func(d *catalogue.Deal) {
		d.FollowOnContact, d.ServiceNodes, d.RevisitCadence = "Mr Zhao", []string{"inspection"}, &catalogue.Cadence{Every: 2, Unit: "week"}
	})
	if c, err = deal.Win(said, r, start); err != nil || c.Deal.FollowOnContact != "Mr Zhao" || c.Deal.ServiceNodes[0] != "inspection" || c.Deal.RevisitCadence.Unit != "week" {
		t.Errorf("what was agreed is overwritten: %+v %v", c.Deal, err)
	}
}

// what may not be assumed is asked for by the gate, whichever way the deal
// goes to won, and the board shows it.
func TestAWinWithoutWhatFollowsIsRefused(t *testing.T) {
	strict := rules(t, func(s *policy.Sections) { s.Maintenance.Assumes = nil })
	nobody := func(d *catalogue.Deal) { d.DecisionMaker, d.KeyPerson = "", "" }
	for name, c := range map[string]struct {
		r       deal.Rules
		d       catalogue.Deal
		missing []string
	}{
		"nothing may be assumed":  {strict, winnable(t, strict), []string{"follow_on_contact", "service_nodes", "revisit_cadence"}},
		"nobody is known to call": {rules(t), winnable(t, rules(t), nobody), []string{"follow_on_contact"}},
	} {
		for way, err := range map[string]error{"win": second(deal.Win(c.d, c.r, start)), "stage": second(deal.AdvanceStage(c.d, c.r, "won", deal.Loss{}, start))} {
			p := refused(t, err)
			var fields []string
			for _, f := range p.Fields {
				fields = append(fields, f.Field)
			}
			if p.Code != problem.Refused || p.Rule != "R-069" || !slices.Equal(fields, c.missing) {
				t.Errorf("%s by %s: %v lacks %v, want %v", name, way, p, fields, c.missing)
			}
		}
		for _, g := range deal.Gates(c.d, c.r) {
			if g.Stage == "won" && (g.Open || len(g.Fields) != len(c.missing)) {
				t.Errorf("%s: the gate shows %+v", name, g)
			}
		}
	}
	free := rules(t, func(s *policy.Sections) { s.Maintenance.Requires, s.Maintenance.Assumes = nil, nil })
	if c, err := deal.Win(winnable(t, free, nobody), free, start); err != nil || c.Deal.RevisitCadence != nil {
		t.Errorf("a policy that asks for nothing refuses or invents: %v %+v", err, c.Deal)
	}
}

// bad answers are named together, in both languages.
func TestWhatFollowsIsChecked(t *testing.T) {
	r := rules(t)
	f := deal.Fields{ServiceNodes: &[]string{"inspection", "nonsense"}, RevisitCadence: &catalogue.Cadence{Every: 0, Unit: "moon"}}
	p := refused(t, second(deal.Edit(winnable(t, r), r, f)))
	if p.Code != problem.Invalid || len(p.Fields) != 3 {
		t.Errorf("%v", p)
	}
	for _, f := range p.Fields {
		if f.Text.Zh == "" || f.Text.En == "" {
			t.Errorf("%s in one language only", f.Field)
		}
	}
}
