package catalogue

import "liuke.dev/shared/lang"

// Rules that mark a lead or deal.
const (
	MarkAtRisk      = "at_risk"
	MarkNoNextTouch = "no_next_touch"
	MarkGapCustomer = "data_gap.customer" // it came in without a customer
)

// LeadStatusNames are the states of a lead in words.
var LeadStatusNames = map[string]lang.Text{
	LeadNew: lang.T("未联系", "not contacted"), LeadContacted: lang.T("已联系", "contacted"),
	LeadNurturing: lang.T("长期培育", "in long-term nurture"), LeadConverted: lang.T("已转商机", "converted"),
	LeadFolded: lang.T("并入已有线索", "folded into an earlier lead"), LeadClosed: lang.T("已关闭", "closed"),
}

// MarkNames are the marks of leads and deals in words; a rule of another name has none.
var MarkNames = map[string]lang.Text{
	MarkAtRisk:                   lang.T("有风险", "at risk"),
	MarkNoNextTouch:              lang.T("无下次跟进时间", "no next touch"),
	MarkGapCustomer:              lang.T("缺客户资料", "customer missing"),
	"leak.first_inquiry":         lang.T("首次咨询未回应", "first inquiry unanswered"),
	"leak.unconfirmed_quote":     lang.T("报价无人确认", "quote not confirmed"),
	"leak.unrecorded_objection":  lang.T("异议未记录", "objection not recorded"),
	"leak.missing_decision_node": lang.T("缺决策人或采购节点", "decision maker or procurement node missing"),
	"leak.won_without_revisit":   lang.T("成交后未安排回访", "won without planned revisit"),
}
