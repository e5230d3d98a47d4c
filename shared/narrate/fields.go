package narrate

import "liuke.dev/shared/lang"

// fieldsOf names the fields that were edited, each once.
func fieldsOf(changed []string) lang.Text {
	var texts []lang.Text
	seen := map[lang.Text]bool{}
	for _, f := range changed {
		if t := word(fields, f); !seen[t] {
			seen[t] = true
			texts = append(texts, t)
		}
	}
	if len(texts) == 0 {
		return lang.T("资料", "details")
	}
	return listed(texts)
}

// fields of leads, deals, customers and contacts in words.
var fields = map[string]lang.Text{
	"company": lang.T("公司", "company"), "contact": lang.T("联系人", "contact"), "phone": lang.T("电话", "phone"), "email": lang.T("邮箱", "email"), "wechat": lang.T("微信", "WeChat"),
	"source": lang.T("来源", "source"), "need": lang.T("需求", "need"), "customer_type": lang.T("客户类型", "customer type"), "budget_band": lang.T("预算等级", "budget band"),
	"value": lang.T("预计金额", "value"), "key_person": lang.T("关键人", "key person"), "key_need": lang.T("核心需求", "key need"), "objections": lang.T("异议", "objections"),
	"next_action": lang.T("下一步动作", "next action"), "next_touch_at": lang.T("下次跟进时间", "next touch"), "owner": lang.T("负责人", "owner"), "customer": lang.T("客户", "customer"),

	"title": lang.T("名称", "title"), "amount": lang.T("金额", "amount"), "product": lang.T("产品", "product"), "expected_close": lang.T("预计成交日", "expected close"),
	"decision_maker": lang.T("关键决策人", "decision maker"), "procurement_node": lang.T("采购流程节点", "procurement node"), "competitors": lang.T("竞争对手", "competitors"),
	"answers": lang.T("阶段门槛问题", "gate questions"), "pipeline": lang.T("管道", "pipeline"), "pipeline_version": lang.T("管道版本", "pipeline version"),
	"follow_on_contact": lang.T("后续联系人", "follow-on contact"), "service_nodes": lang.T("服务节点", "service nodes"), "revisit_cadence": lang.T("回访节奏", "revisit cadence"),
	"lost_reason": lang.T("流失原因", "reason of the loss"), "lost_remark": lang.T("流失说明", "remark on the loss"), "quotes": lang.T("报价", "quotes"),

	"name": lang.T("名称", "name"), "names": lang.T("其他名称", "other names"), "kind": lang.T("类别", "kind"), "phones": lang.T("电话", "phones"), "emails": lang.T("邮箱", "emails"),
	"mails": lang.T("邮箱", "emails"), "tax_id": lang.T("税号", "tax id"), "domain": lang.T("域名", "domain"), "sector": lang.T("行业", "sector"), "external": lang.T("外部编号", "external id"),
	"contacts": lang.T("联系人", "contacts"), "leads": lang.T("线索", "leads"), "merged_into": lang.T("并入档案", "file it was folded into"), "tier": lang.T("客户分层", "tier"),
	"type": lang.T("客户类型", "type"), "tags": lang.T("标签", "tags"), "product_tags": lang.T("产品与服务标签", "product tags"), "need_tags": lang.T("需求标签", "need tags"),
	"need_history": lang.T("需求历史", "history of needs"), "preferences": lang.T("偏好", "preferences"), "consent": lang.T("触达同意", "consent"), "channels": lang.T("联系渠道", "channels"),
	"time_zone": lang.T("时区", "time zone"), "care_dates": lang.T("关怀日期", "care dates"),

	"role": lang.T("购买流程角色", "role"), "reports_to": lang.T("上级", "superior"), "birthday": lang.T("生日", "birthday"), "key": lang.T("关键联系人", "key contact"),
	"note": lang.T("备注", "note"), "left_at": lang.T("离开时间", "departure"), "successor": lang.T("接任者", "successor"),
}
