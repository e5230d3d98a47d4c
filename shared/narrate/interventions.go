package narrate

import (
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutInterventions say how endangered customers are kept.
var aboutInterventions = []telling{
	of(func(names Names, d catalogue.InterventionOpened) lang.Text {
		people := make([]string, len(d.After.Team))
		for i, m := range d.After.Team {
			people[i] = m.Person
		}
		return say("召集干预小组：%s", "intervention team: %s", names.all(people))
	}),
	of(intervened),
	always(&catalogue.InterventionRecovered{}, "客户回来了，未执行的触达与任务已撤回", "the customer is back: whatever was pending is withdrawn"),
	of(func(_ Names, d catalogue.InterventionClosed) lang.Text {
		return say("干预结束：%s", "intervention closed: %s", word(results, d.After.Result))
	}),
	of(func(_ Names, d catalogue.WakeUpPlanStepped) lang.Text {
		return because(say("%s唤醒计划", "%s the wake-up plan", word(planSteps, d.Change)), d.After.Reason)
	}),
	of(func(_ Names, d catalogue.WakeUpOfferStepped) lang.Text {
		what := lang.T("优惠券", "coupon")
		if d.After.Kind == "livestream" {
			what = lang.T("直播邀请", "invitation to a livestream")
		}
		return say("唤醒计划的%s %s：%s", "%s %s of the wake-up plan: %s", what, d.After.Name, word(offerSteps, d.Change))
	}),
	of(func(names Names, d catalogue.WarningGroupFormed) lang.Text {
		return say("流失预警小组成员：%s", "members of the churn-warning group: %s", names.all(d.After.Members))
	}),
	of(func(_ Names, d catalogue.WarningGroupMet) lang.Text {
		return with(say("流失预警小组第 %d 次会议，作出 %d 项决定", "meeting %d of the churn-warning group, which decided %d things", d.Meeting.N, len(d.Meeting.Decisions)), same(d.Meeting.Analysis))
	}),
}

func intervened(names Names, d catalogue.InterventionChanged) lang.Text {
	role := role(d.Role)
	member := catalogue.TeamRole{}
	for _, m := range d.After.Team {
		if m.Role == d.Role {
			member = m
		}
	}
	switch d.Change {
	case "outcome":
		if member.Outcome == nil {
			return say("干预小组（%s）记录结果", "the intervention team (%s) logged its outcome", role)
		}
		return with(say("干预小组（%s）记录结果", "the intervention team (%s) logged its outcome", role), same(member.Outcome.Says))
	case "person":
		return say("干预小组（%s）改由 %s 负责", "in the intervention team, %s is %s now", role, names.of(member.Person))
	case "planned":
		return say("干预小组（%s）计划联系客户", "the intervention team (%s) planned a contact with the customer", role)
	case "cancelled":
		return say("干预小组（%s）取消计划的联系", "the intervention team (%s) cancelled a planned contact", role)
	case "reason":
		return with(lang.T("干预增加原因", "another reason for the intervention"), same(d.After.Says))
	case "scope":
		return lang.T("干预范围调整", "the intervention has another scope")
	default:
		return say("干预期限改为 %s", "the intervention is due %s now", d.After.Due.String())
	}
}

// role gives the name of a role; one of the company's own has its id alone.
func role(id string) lang.Text {
	if t, ok := roles[auth.Role(id)]; ok {
		return t
	}
	return same(id)
}

var roles = map[auth.Role]lang.Text{
	"sales": lang.T("销售", "sales"), auth.Salesperson: lang.T("销售", "sales"), auth.SalesManager: lang.T("销售主管", "sales manager"), auth.SalesDirector: lang.T("销售总监", "sales director"),
	auth.Service: lang.T("客服", "service"), auth.Product: lang.T("产品", "product"), auth.Operations: lang.T("运营", "operations"), auth.Marketing: lang.T("市场", "marketing"),
	auth.Implementation: lang.T("实施", "implementation"), auth.AccountManager: lang.T("客户经理", "account manager"), auth.Success: lang.T("客户成功", "customer success"),
	auth.Technical: lang.T("技术", "technical"), auth.Management: lang.T("管理层", "management"), auth.Administrator: lang.T("系统管理员", "administrator"),
}

// results of interventions in words.
var results = map[string]lang.Text{
	catalogue.ResultRecovered: lang.T("已挽回", "recovered"), catalogue.ResultOngoing: lang.T("持续跟进", "ongoing"), catalogue.ResultChurned: lang.T("流失", "churned"),
}

var planSteps = map[string]lang.Text{
	"drafted": lang.T("拟定", "drafted"), "edited": lang.T("修改", "edited"), "approved": lang.T("批准", "approved"), "rejected": lang.T("驳回", "rejected"), "stopped": lang.T("停止", "stopped"),
}

var offerSteps = map[string]lang.Text{
	catalogue.OfferIssued: lang.T("已发放", "issued"), catalogue.OfferVoid: lang.T("作废", "void"), catalogue.OfferRedeemed: lang.T("已核销", "redeemed"),
	catalogue.OfferAccepted: lang.T("客户接受", "accepted"), catalogue.OfferDeclined: lang.T("客户婉拒", "declined"),
}
