package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutContracts say what happens to contracts, and which prices customers ask for and are offered.
var aboutContracts = []telling{
	of(func(_ Names, d catalogue.ContractDrafted) lang.Text {
		return say("起草%s合同 %s：%s", "drafted the %s contract %s for %s", word(contractKinds, d.After.Kind), d.After.Number, d.After.Total.String())
	}),
	of(func(names Names, d catalogue.ContractChanged) lang.Text {
		if d.Reason == "owner" {
			return say("合同 %s 改由 %s 负责", "the contract %s is %s's now", d.After.Number, names.of(d.After.Owner))
		}
		return because(say("合同 %s：%s", "contract %s: %s", d.After.Number, word(contractChanges, d.Reason)), d.Says)
	}),
	of(func(_ Names, d catalogue.ContractSubmitted) lang.Text {
		return say("合同 %s 提交审批", "submitted the contract %s for approval", d.After.Number)
	}),
	of(func(_ Names, d catalogue.ContractStepDecided) lang.Text {
		return because(say("合同 %s 审批步骤“%s”：%s", "approval of the contract %s, step “%s”: %s", d.After.Number, d.Step.Name, word(approvals, d.Step.Status)), d.Step.Reason)
	}),
	of(func(_ Names, d catalogue.ContractApprovedFact) lang.Text {
		return say("合同 %s 审批通过", "the contract %s is approved", d.After.Number)
	}),
	of(func(_ Names, d catalogue.ContractSentFact) lang.Text {
		return say("合同 %s 已发送客户签署", "sent the contract %s for signing", d.After.Number)
	}),
	of(func(_ Names, d catalogue.ContractUrged) lang.Text {
		return say("提醒客户签署合同 %s", "reminded the customer to sign the contract %s", d.After.Number)
	}),
	of(func(_ Names, d catalogue.ContractSignedFact) lang.Text {
		return say("合同已签署：%s", "contract signed: %s", d.After.Total.String())
	}),
	of(func(_ Names, d catalogue.ContractActivated) lang.Text {
		return say("合同 %s 开始履行", "the term of the contract %s began", d.After.Number)
	}),
	of(func(_ Names, d catalogue.ContractRenewalIntentRecorded) lang.Text {
		t := lang.T("续约意向", "renewal intent")
		if r := d.After.Renewal; r != nil {
			return because(say("%s：%s", "%s: %s", t, word(intents, r.Intent)), r.Note)
		}
		return say("合同 %s 的%s已记录", "recorded for the contract %s the %s", d.After.Number, t)
	}),
	of(func(_ Names, d catalogue.ContractEnded) lang.Text {
		return because(say("合同 %s %s", "the contract %s %s", d.After.Number, word(contractEnds, d.After.Status)), d.After.EndReason)
	}),
	of(func(_ Names, d catalogue.ContractPaid) lang.Text {
		return say("合同 %s 回款 %s", "%[2]s came in for the contract %[1]s", d.After.Number, d.Payment.Amount.String())
	}),
	of(func(_ Names, d catalogue.ContractMarked) lang.Text {
		if d.Set {
			return say("合同标记：%s", "contract marked: %s", word(contractMarks, d.Mark))
		}
		return say("合同标记解除：%s", "contract's mark cleared: %s", word(contractMarks, d.Mark))
	}),
	of(func(_ Names, d catalogue.QuoteRequested) lang.Text {
		return say("客户询价 %s（近期第 %d 次）", "the customer asked for a price of %s (request %d of late)", d.Request.Total.String(), d.InWindow)
	}),
	of(func(_ Names, d catalogue.QuotesCompared) lang.Text {
		return say("客户近期询价 %d 次，可能在比价", "the customer asked for prices %d times of late and may be comparing them", d.Count)
	}),
	of(func(_ Names, d catalogue.OfferPushed) lang.Text {
		t := say("推送优惠 %s", "sent the offer %s", d.Name)
		if d.Because.IsZero() {
			return t
		}
		return say("%s（%s）", "%s (%s)", t, d.Because)
	}),
}

var contractKinds = map[string]lang.Text{
	catalogue.ContractNew: lang.T("新签", "new"), catalogue.ContractRenewal: lang.T("续签", "renewal"), catalogue.ContractAmendment: lang.T("增购", "amendment"),
}

var contractChanges = map[string]lang.Text{
	"edited": lang.T("修改草稿", "the draft was edited"), "withdrawn": lang.T("撤回为草稿", "taken back to a draft"), "declined": lang.T("客户拒签，退回草稿", "the customer declined to sign: a draft again"),
}

var approvals = map[string]lang.Text{
	catalogue.StepWaiting: lang.T("等待前一步", "waiting for the step before"), catalogue.StepPending: lang.T("待审批", "pending"),
	catalogue.StepApproved: lang.T("通过", "approved"), catalogue.StepRejected: lang.T("驳回", "rejected"),
}

var intents = map[string]lang.Text{
	catalogue.IntentRenew: lang.T("续约", "renew"), catalogue.IntentUndecided: lang.T("未定", "undecided"), catalogue.IntentLeave: lang.T("不续", "leave"),
}

var contractEnds = map[string]lang.Text{
	catalogue.ContractRenewed: lang.T("已续签", "was renewed"), catalogue.ContractExpired: lang.T("已到期", "expired"), catalogue.ContractTerminated: lang.T("已终止", "was terminated"),
}

var contractMarks = map[string]lang.Text{
	catalogue.MarkRenewalAtRisk: lang.T("续约有风险", "renewal at risk"), catalogue.MarkPaymentOverdue: lang.T("付款逾期", "payment overdue"),
}
