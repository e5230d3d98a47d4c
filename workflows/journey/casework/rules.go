package casework

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Rules are the rules of a case's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a case.
func all() []journey.Rule[State] {
	list := []journey.Rule[State]{ownersTask()}
	for _, c := range []clock{response, solution} {
		list = append(list, c.warning(), c.breach(), c.late())
	}
	return append(list, unanswered(), closeWaiting(), closeSolved())
}

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a case of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the case in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the case.
func (rules) ID(s *State) string { return s.ID }

// Holder is the case's owner.
func (rules) Holder(s *State) string { return s.Now.Value.Owner }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var stages = map[string]lang.Text{
	catalogue.CaseNew: lang.T("待响应", "waiting for our answer"), catalogue.CaseWorking: lang.T("处理中", "in progress"), catalogue.CaseWaiting: lang.T("等待客户", "waiting for the customer"),
	catalogue.CaseResolved: lang.T("已解决", "solved"), catalogue.CaseClosed: lang.T("已关闭", "closed"),
}

// Status tells where the case stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	k := s.Now.Value
	name := stages[k.Status]
	st := journey.Status{Stage: k.Status, StageName: name, Owner: k.Owner, Customer: s.customer(), Closed: s.Now.IsZero() || k.Status == catalogue.CaseClosed,
		Says: lang.T(k.KindName.Zh+"「"+k.Title+"」· "+name.Zh, k.KindName.En+" “"+k.Title+"” · "+name.En)}
	for _, c := range []clock{response, solution} {
		if told := c.of(&k); !st.Closed && !told.BreachedAt.IsZero() && told.DoneAt.IsZero() {
			st.Says = lang.T(st.Says.Zh+" · "+c.what.Zh+"已超时", st.Says.En+" · the "+c.what.En+" is overdue")
		}
	}
	if !st.Closed && (!k.Response.BreachedAt.IsZero() || !k.Solution.BreachedAt.IsZero()) {
		st.Risk = "at_risk"
	}
	return st
}
