package intervention

import (
	"cmp"
	"fmt"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Rules are the rules of an intervention's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about an endangered customer.
func all() []journey.Rule[State] {
	list := []journey.Rule[State]{cameBack(), closed(), deadline(), contact(), groupTask(), groupOverdue()}
	for n := range mostRoles {
		list = append(list, roleTask(n), roleOverdue(n), roleDone(n), roleLog(n))
	}
	return list
}

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of an intervention of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the intervention in facts, or the group.
func (rules) Aggregate(s *State) string {
	if !s.Group.IsZero() {
		return "warning_group/" + s.ID
	}
	return Name + "/" + s.ID
}

// ID of the intervention.
func (rules) ID(s *State) string { return s.ID }

// Holder is who watches the whole.
func (rules) Holder(s *State) string { return s.Now.Value.Lead }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var results = map[string]lang.Text{catalogue.ResultRecovered: lang.T("已挽回", "recovered"), catalogue.ResultOngoing: lang.T("继续跟进", "ongoing"),
	catalogue.ResultChurned: lang.T("确认流失", "churned")}

var stages = map[string]lang.Text{catalogue.TeamOpen: lang.T("干预中", "at work"), catalogue.TeamRecovered: lang.T("客户已回来，待记录结果", "the customer came back, outcomes are being logged"),
	catalogue.TeamClosed: lang.T("已结束", "closed")}

// reasons are why a team is called; early signs go by what was said with them.
var reasons = map[string]lang.Text{"red": lang.T("客户转红", "the customer turned red"), "manual": lang.T("人工发起", "called by a person"),
	"warning_group": lang.T("流失预警小组发起", "called by the warning group")}

// why says why the team was called.
func why(i catalogue.Intervention) lang.Text {
	if r, known := reasons[i.Reason]; known && i.Says == "" {
		return r
	} else if known {
		return lang.T(r.Zh+"："+i.Says, r.En+": "+i.Says)
	}
	says := cmp.Or(i.Says, i.Reason)
	return lang.T("早期信号："+says, "an early sign: "+says)
}

// Status tells where the intervention stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	if !s.Group.IsZero() {
		return journey.Status{Stage: "standing", StageName: lang.T("常设", "standing"),
			Says: lang.T(fmt.Sprintf("流失预警小组，已开会 %d 次", s.Group.Value.Meetings), fmt.Sprintf("the churn-warning group, met %d times", s.Group.Value.Meetings))}
	}
	i := s.Now.Value
	name, logged := stages[i.Status], 0
	for _, r := range s.Roles {
		if r.Done.Set() {
			logged++
		}
	}
	st := journey.Status{Stage: i.Status, StageName: name, Owner: i.Lead, Customer: s.customer(), Closed: s.Now.IsZero() || i.Status == catalogue.TeamClosed}
	if s.open() {
		st.Risk = "at_risk"
	}
	because := why(i)
	st.Says = lang.T(fmt.Sprintf("%s · 干预（%s）· %s · %d/%d 个角色已记录结果", i.Company, because.Zh, name.Zh, logged, len(s.Roles)),
		fmt.Sprintf("%s · intervention (%s) · %s · %d of %d roles logged", i.Company, because.En, name.En, logged, len(s.Roles)))
	return st
}
