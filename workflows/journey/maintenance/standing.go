package maintenance

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// assess has the customer assessed when time alone can have changed how it stands:
// no nightly job looks at everybody.
func assess() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "assess",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if at := s.Now.Value.Standing.NextCheckAt; at > s.Assessed && s.runs() {
				p.Episode(s.At, int64(at), at)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Assessed = s.Now.Value.Standing.NextCheckAt
			f.Ask(journey.AssessCustomer, s.subject(), effects.AssessCustomer{Due: s.Assessed})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("重新评估客户状态", "assess again how the customer stands")
		},
	}
}

// turnedRed tells owner and supervisor of a customer that turned red, and calls
// the intervention team where the policy says so.
func turnedRed() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "turned_red",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Red.Set() && s.runs() {
				p.Add(s.Red, s.Red.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Red = journey.Moment{}
			n := number(s.Now.Value.Standing.Health)
			s.remind(f, catalogue.LevelWarn, s.Now.Value.Owner, lang.T("客户转红，健康分 "+n, "the customer turned red, health "+n), f.Due)
			if f.View.Sections.Maintenance.RedCalls == "intervention" {
				f.Ask(journey.OpenIntervention, s.subject(), s.intervention("red", "健康分 "+n))
			}
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("预警负责人和主管，召集干预小组", "warn owner and supervisor, call the intervention team")
		},
		Policy: func(*State, journey.Obligation) string { return "maintenance.red_calls" },
	}
}

var lifecycles = map[string]lang.Text{
	catalogue.LifecycleNew: lang.T("新客户", "new customer"), catalogue.LifecycleActive: lang.T("活跃客户", "active customer"),
	catalogue.LifecycleSilent: lang.T("沉默客户", "silent customer"), catalogue.LifecycleChurnRisk: lang.T("流失风险客户", "customer at risk of churn"),
	catalogue.LifecycleChurned: lang.T("已流失", "churned"), catalogue.LifecycleWonBack: lang.T("已挽回", "won back"),
}

// groups are the risk groups as people call them.
var groups = map[string]lang.Text{
	"no_order": lang.T("长期无订单", "no order for long"), "low_ratings": lang.T("评价偏低", "low ratings"), "haggling": lang.T("反复比价", "compares prices again and again"),
}

var links = map[string]lang.Text{
	catalogue.LinkSigning: lang.T("签约", "signing"), catalogue.LinkImplementation: lang.T("实施", "implementation"),
	catalogue.LinkAfterSales: lang.T("售后", "after-sales"), catalogue.LinkRepurchase: lang.T("复购", "repurchase"),
}

// Status tells where the customer stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	m := s.Now.Value
	stage := cmp.Or(m.Standing.Lifecycle, catalogue.LifecycleNew)
	name := lifecycles[stage]
	st := journey.Status{Stage: stage, StageName: name, Owner: m.Owner, Customer: s.ID, Closed: !s.runs()}
	switch {
	case m.Standing.Red:
		st.Risk = "red"
	case len(m.Standing.Groups) > 0:
		st.Risk = m.Standing.Groups[0]
	}
	zh, en := m.Name+" · "+name.Zh, m.Name+" · "+name.En
	if m.Standing.Assessed {
		n := number(m.Standing.Health)
		zh, en = zh+" · 健康 "+n, en+" · health "+n
	}
	if m.Standing.Red {
		zh, en = zh+" · 红色预警", en+" · red"
	}
	for _, g := range m.Standing.Groups {
		if n, known := groups[g]; known {
			zh, en = zh+" · "+n.Zh, en+" · "+n.En
		}
	}
	if n := len(m.Standing.Signals); n > 0 {
		zh, en = zh+" · 早期信号 "+number(n)+" 个", en+" · "+number(n)+" early signs"
	}
	l := links[m.Link]
	zh, en = zh+" · "+l.Zh+"环节", en+" · link "+l.En
	if n := len(m.Running); n > 0 {
		zh, en = zh+" · 进行中流程 "+number(n)+" 个", en+" · "+number(n)+" processes under way"
	}
	switch m.Status {
	case catalogue.MaintenanceStill:
		zh, en = zh+" · 暂停", en+" · stands still"
	case catalogue.MaintenanceEnded:
		zh, en = zh+" · 维护已结束", en+" · maintenance has ended"
	}
	if h, waits := s.confirmed(); waits {
		zh, en = zh+" · 交接已三方确认，窗口待移交", en+" · hand-over confirmed, the window is to move"
		if h.Refusals > 0 {
			zh, en = zh+"（移交未成 "+number(h.Refusals)+" 次）", en+" (did not take place "+number(h.Refusals)+" times)"
		}
	}
	st.Says = lang.T(zh, en)
	return st
}
