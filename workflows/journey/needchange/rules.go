package needchange

import (
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Rules are the rules of the journey of a change of need.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a change of need: one for the approval
// and one for each department there can be.
func all() []journey.Rule[State] {
	promises := []promise{{name: "approve", kind: catalogue.TaskApproveNeed, title: lang.T("审批客户需求变更", "Approve the change of need"),
		path: "customers.need_change.approve_within", step: (*State).approval}}
	for _, r := range auth.Roles {
		department := string(r)
		name := departments[r]
		promises = append(promises, promise{name: "confirm_" + department, kind: catalogue.TaskConfirmNeed,
			title: lang.T("确认客户需求变更（"+name.Zh+"）", "Confirm the change of need ("+name.En+")"), path: "customers.need_change.confirm_within",
			step: func(s *State, v *policy.View) (step, bool) { return s.confirmation(department, v) }})
	}
	var list []journey.Rule[State]
	for _, p := range promises {
		list = append(list, p.task(), p.overdue(), p.made())
	}
	return append(list, expire())
}

// departments are the roles as tasks call them.
var departments = map[auth.Role]lang.Text{
	auth.Salesperson: lang.T("销售", "sales"), auth.SalesManager: lang.T("销售主管", "sales management"), auth.SalesDirector: lang.T("销售总监", "sales direction"),
	auth.Service: lang.T("客服", "service"), auth.Product: lang.T("产品", "product"), auth.Operations: lang.T("运营", "operations"), auth.Marketing: lang.T("市场", "marketing"),
	auth.Implementation: lang.T("实施", "implementation"), auth.AccountManager: lang.T("客户经理", "account management"), auth.Success: lang.T("客户成功", "customer success"),
	auth.Technical: lang.T("技术", "technical"), auth.Management: lang.T("管理层", "management"), auth.Administrator: lang.T("系统管理", "administration"),
}

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a change of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the change in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the change.
func (rules) ID(s *State) string { return s.ID }

// Holder is whom the change waits for.
func (rules) Holder(s *State) string { return s.actor() }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var stages = map[string]lang.Text{
	catalogue.NeedRequested: lang.T("待审批", "waiting for approval"), catalogue.NeedApproved: lang.T("待部门确认", "waiting for departments to confirm"),
	catalogue.NeedConfirmed: lang.T("已同步", "known to all departments"), catalogue.NeedRejected: lang.T("已驳回", "rejected"), catalogue.NeedCancelled: lang.T("已取消", "cancelled"),
}

// Status tells where the change stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	c := s.Now.Value
	name := stages[c.Status]
	zh, en := name.Zh, name.En
	var left []string
	for _, d := range s.waiting() {
		left = append(left, d.Department)
	}
	if len(left) > 0 {
		zh, en = zh+"："+strings.Join(left, "、"), en+": "+strings.Join(left, ", ")
	}
	return journey.Status{Stage: c.Status, StageName: name, Owner: s.actor(), Customer: c.Customer, Closed: ended[c.Status] || s.Now.IsZero(),
		Says: lang.T("客户需求变更 · "+zh, "change of need · "+en)}
}
