package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutMerges say how two customers become one, and how that is undone.
var aboutMerges = []telling{
	of(func(_ Names, d catalogue.CustomersMerged) lang.Text {
		return because(say("合并客户：%s 并入 %s", "merged customers: %s into %s", d.Loser.Name, d.Winner.Name), d.After.Reason)
	}),
	of(func(_ Names, d catalogue.MergeTakenBack) lang.Text {
		return because(lang.T("撤销客户合并", "undid the merge of two customers"), d.After.UndoReason)
	}),
	of(func(_ Names, d catalogue.CustomerUnfolded) lang.Text {
		return say("客户 %s 恢复为独立档案", "the customer %s has a file of its own again", d.After.Name)
	}),
	of(func(_ Names, d catalogue.HoldingMoved) lang.Text {
		what, known := things[d.Thing.Kind]
		if !known {
			what = lang.T("一项记录", "a record")
		}
		return say("%s随合并或撤销转到另一客户名下", "%s became another customer's by a merge or its undoing", what)
	}),
}

// things are what customers hold, in words.
var things = map[string]lang.Text{
	catalogue.KindLead: lang.T("线索", "a lead"), catalogue.KindDeal: lang.T("商机", "a deal"), catalogue.KindCustomer: lang.T("客户", "a customer"),
	catalogue.KindTransfer: lang.T("转交", "a transfer"), catalogue.KindTask: lang.T("任务", "a task"), catalogue.KindCase: lang.T("工单", "a case"),
	catalogue.KindContract: lang.T("合同", "a contract"), catalogue.KindIntervention: lang.T("流失干预", "an intervention"),
	catalogue.KindChurnReview: lang.T("流失复盘", "a churn review"), catalogue.KindNeedChange: lang.T("需求变更", "a change of need"),
	catalogue.KindSurvey: lang.T("调查", "a survey"), catalogue.KindOrder: lang.T("订单", "an order"), catalogue.KindReview: lang.T("例行复盘", "a scheduled review"),
	catalogue.KindStep: lang.T("服务流程步骤", "a step of a service process"),
}
