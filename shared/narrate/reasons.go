package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// channels of a contact in words.
var channels = map[string]lang.Text{
	"phone": lang.T("电话", "telephone"), "wechat": lang.T("微信", "WeChat"), "mail": lang.T("邮件", "mail"), "visit": lang.T("拜访", "visit"),
	"meeting": lang.T("会议", "meeting"), "other": lang.T("其他方式", "other means"),
}

// reasons are what rules name as the reason of a change of owner, of a status,
// of a task or of its end. People write reasons of their own.
var reasons = map[string]lang.Text{
	"intake": lang.T("录入", "intake"), "rotation": lang.T("轮流分配", "rotation"), "claim": lang.T("领取", "claimed"), "transfer": lang.T("转交", "transfer"),
	"owner_left": lang.T("负责人离职", "the owner left"), "customer_owner": lang.T("随客户负责人", "the customer's owner"), "escalation": lang.T("升级改派", "escalation"),
	"recycle": lang.T("回收", "recycled"), "manual": lang.T("人工指派", "by hand"), "undo": lang.T("撤销", "undone"),
	"nobody_available": lang.T("无人可分配", "nobody is available"), "pooled": lang.T("已收回公共资源", "it went to the public pool"),

	"follow_up": lang.T("已跟进", "followed up"), "same_need": lang.T("同一需求", "the same need"), "not_ready": lang.T("时机未到", "not ready"),
	"expired": lang.T("超时无人处理", "nobody acted in time"),

	"owner_changed": lang.T("负责人变更", "another owner"), "absence": lang.T("请假代理", "absence"), "return": lang.T("销假", "return"), "postponed": lang.T("推迟", "postponed"),
	"recorded": lang.T("已录入", "recorded"), "reassigned": lang.T("已改派", "reassigned"), "case_moved": lang.T("工单有进展", "the case moved on"), "met": lang.T("已开会", "the group met"),
	"step_over": lang.T("步骤已结束", "the step is over"), "step_made": lang.T("步骤已办理", "the step was made"),

	"lead_" + catalogue.LeadContacted: lang.T("线索已联系", "the lead was contacted"), "lead_" + catalogue.LeadNurturing: lang.T("线索转长期培育", "the lead is nurtured"),
	"lead_" + catalogue.LeadConverted: lang.T("线索已转商机", "the lead was converted"), "lead_" + catalogue.LeadFolded: lang.T("线索并入已有线索", "the lead was folded into another"),
	"lead_" + catalogue.LeadClosed: lang.T("线索已关闭", "the lead is closed"),
	"deal_" + catalogue.DealWon:    lang.T("商机成交", "the deal is won"), "deal_" + catalogue.DealLost: lang.T("商机流失", "the deal is lost"),
	"transfer_" + catalogue.TransferApproved: lang.T("转交已批准", "the transfer is approved"), "transfer_" + catalogue.TransferHandedOver: lang.T("交接说明已提交", "the hand-over note is given"),
	"transfer_" + catalogue.TransferAccepted: lang.T("转交已接受", "the transfer is accepted"), "transfer_" + catalogue.TransferRejected: lang.T("转交已驳回", "the transfer is rejected"),
	"transfer_" + catalogue.TransferCancelled: lang.T("转交已取消", "the transfer is cancelled"),

	"solved": lang.T("已解决", "solved"), "agreed": lang.T("客户同意", "the customer agreed"), "no_answer": lang.T("客户未回复", "no answer"),
	"withdrawn": lang.T("客户撤回", "withdrawn"), "duplicate": lang.T("重复", "duplicate"), "churned": lang.T("客户流失", "the customer is lost"),
}
