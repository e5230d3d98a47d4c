package needchange

import (
	"cmp"
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Rules are the rules of the journey of a change of need.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a change of need: one for the approval
// and one for each department there can be.
func all() []journey.Rule[State] {
	duties := []duty.Duty[State]{promise("approve", catalogue.TaskApproveNeed, lang.T("审批客户需求变更", "Approve the change of need"),
		"customers.need_change.approve_within", (*State).approval)}
	for _, r := range auth.Roles {
		department := string(r)
		name := departments[r]
		duties = append(duties, promise("confirm_"+department, catalogue.TaskConfirmNeed, lang.T("确认客户需求变更（"+name.Zh+"）", "Confirm the change of need ("+name.En+")"),
			"customers.need_change.confirm_within", func(s *State, v *policy.View) (duty.Step, bool) { return s.confirmation(department, v) }))
	}
	return append(duty.Rules(duties...), expire())
}

func promise(name, kind string, title lang.Text, path string, waits func(*State, *policy.View) (duty.Step, bool)) duty.Duty[State] {
	return duty.Duty[State]{Task: name + "_task", Late: name, Over: name + "_made", Kind: kind, Title: duty.Always[State](title), Path: duty.Always[State](path),
		Waits: waits, Desk: func(s *State) duty.Desk { return s }}
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
	var leftZh, leftEn []string
	for _, d := range s.waiting() {
		name := departments[auth.Role(d.Department)]
		leftZh, leftEn = append(leftZh, cmp.Or(name.Zh, d.Department)), append(leftEn, cmp.Or(name.En, d.Department))
	}
	if len(leftZh) > 0 {
		zh, en = zh+"："+strings.Join(leftZh, "、"), en+": "+strings.Join(leftEn, ", ")
	}
	if c.Reason != "" {
		zh, en = zh+"（"+c.Reason+"）", en+" ("+c.Reason+")"
	}
	return journey.Status{Stage: c.Status, StageName: name, Owner: s.actor(), Customer: s.customer(), Closed: ended[c.Status] || s.Now.IsZero(),
		Says: lang.T("客户需求变更 · "+zh, "change of need · "+en)}
}
