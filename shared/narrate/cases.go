package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutCases say what customers ask and complain of, and what becomes of it.
var aboutCases = []telling{
	of(func(_ Names, d catalogue.CaseOpened) lang.Text {
		return say("工单：%s", "case: %s", d.After.Title)
	}),
	of(func(_ Names, d catalogue.CaseEntryAdded) lang.Text {
		switch d.Entry.Side {
		case catalogue.CaseInbound:
			return with(lang.T("客户在工单中说", "the customer said in the case"), same(d.Entry.Text))
		case catalogue.CaseOutbound:
			return with(lang.T("在工单中答复客户", "answered the customer in the case"), same(d.Entry.Text))
		default:
			return with(lang.T("工单内部备注", "noted in the case"), same(d.Entry.Text))
		}
	}),
	of(caseStepped),
	of(func(_ Names, d catalogue.CaseBreached) lang.Text {
		if d.Clock == catalogue.ClockResponse {
			return say("工单首次响应超时：%s", "the first response to the case is overdue: %s", d.After.Title)
		}
		return say("工单解决超时：%s", "the resolution of the case is overdue: %s", d.After.Title)
	}),
}

func caseStepped(names Names, d catalogue.CaseStepped) lang.Text {
	k := d.After
	switch d.Step {
	case "assigned":
		return because(say("工单转给 %s：%s", "case assigned to %s: %s", names.of(k.Owner), k.Title), d.Remark)
	case "resolved":
		return with(say("工单已解决：%s", "case resolved: %s", k.Title), same(k.Says))
	case "closed":
		return because(say("工单关闭：%s", "case closed: %s", k.Title), k.CloseWhy)
	case "outcome":
		if k.Outcome == nil {
			return say("建议处理结果：%s", "outcome of the suggestion: %s", k.Title)
		}
		return because(say("建议处理结果：%s", "outcome of the suggestion: %s", k.Outcome.Name), k.Outcome.Reason)
	}
	return because(say("%s：%s", "%s: %s", word(caseSteps, d.Step), k.Title), d.Remark)
}

var caseSteps = map[string]lang.Text{
	"changed": lang.T("修改工单", "changed the case"), "waiting": lang.T("工单等待客户", "the case waits for the customer"),
	"resumed": lang.T("工单恢复处理", "the case goes on"), "reopened": lang.T("工单重新打开", "the case is open again"),
	"told": lang.T("已把处理结果告知客户", "told the customer the outcome"), "nudged": lang.T("提醒客户回复工单", "reminded the customer to answer the case"),
}
