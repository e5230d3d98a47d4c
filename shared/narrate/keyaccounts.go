package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutKeyAccounts say what happens with key accounts and in the spaces shared with them.
var aboutKeyAccounts = []telling{
	of(keyAccount),
	of(func(_ Names, d catalogue.KeyAccountNoted) lang.Text {
		return say("大客户记录（%s）：%s", "noted of the key account (%s): %s", word(accountNotes, d.Note.Kind), d.Note.Title)
	}),
	of(func(_ Names, d catalogue.CocreationChanged) lang.Text {
		switch kind, title := word(cocreations, d.After.Kind), d.After.Title; d.What {
		case "opened":
			return say("共创空间新增%s：%s", "new in the co-creation space, %s: %s", kind, title)
		case "comment":
			return say("共创空间评论%s：%s", "commented in the co-creation space on %s: %s", kind, title)
		default:
			return say("共创空间%s %s：%s", "in the co-creation space, %s %s: %s", kind, title, word(cocreationStates, d.After.State))
		}
	}),
	of(func(_ Names, d catalogue.CocreationGuestChanged) lang.Text {
		if d.Revoked {
			return say("撤回来宾 %s 的共创空间邀请", "took back the invitation of the guest %s to the co-creation space", d.Name)
		}
		return say("邀请来宾 %s 进入共创空间", "invited the guest %s to the co-creation space", d.Name)
	}),
}

func keyAccount(names Names, d catalogue.KeyAccountChanged) lang.Text {
	k := d.After
	switch d.Changed {
	case "designated":
		return because(say("设为大客户，专属客户经理 %s", "made it a key account of %s", names.of(k.Manager)), k.Reason)
	case "manager":
		return say("大客户的专属客户经理改为 %s", "the key account's manager is %s now", names.of(k.Manager))
	case "success":
		return say("大客户的客户成功负责人改为 %s", "%s of customer success answers for the key account now", names.of(k.Success))
	case "gap":
		return with(lang.T("检查大客户流程漏洞", "checked a process gap of the key account"), gapOf(k, d.ID))
	case "recheck":
		return with(lang.T("要求复查大客户流程漏洞", "asked for another check of a process gap"), gapOf(k, d.ID))
	case "recheck_late":
		return with(lang.T("大客户流程漏洞复查逾期", "the check of a process gap is overdue"), gapOf(k, d.ID))
	case "indicator":
		for _, i := range k.Indicators {
			if i.ID == d.ID {
				return say("更新大客户指标：%s", "updated an indicator of the key account: %s", i.Name)
			}
		}
		return lang.T("更新大客户指标", "updated an indicator of the key account")
	case "plan":
		for _, p := range k.Plans {
			if p.ID == d.ID {
				return say("增值计划 %s：%s", "value-add plan %s: %s", p.Title, word(planStates, p.State))
			}
		}
		return lang.T("更新增值计划", "updated the value-add plan")
	default:
		return because(lang.T("不再是大客户", "no key account any more"), k.Reason)
	}
}

func gapOf(k catalogue.KeyAccount, id string) lang.Text {
	for _, g := range k.Gaps {
		if g.ID == id {
			return g.Name
		}
	}
	return lang.Text{}
}

var planStates = map[string]lang.Text{"planned": lang.T("已计划", "planned"), "delivered": lang.T("已交付", "delivered"), "dropped": lang.T("已放弃", "dropped")}

var accountNotes = map[string]lang.Text{"industry_news": lang.T("行业动态", "industry news"), "need_change": lang.T("需求变化", "a change of need"), "other": lang.T("其他", "other")}

var cocreations = map[string]lang.Text{
	"idea": lang.T("想法", "an idea"), "feedback": lang.T("反馈", "feedback"), "iteration": lang.T("迭代", "an iteration"),
	"seminar": lang.T("研讨会", "a seminar"), "custom_solution": lang.T("定制方案", "a custom solution"),
}

var cocreationStates = map[string]lang.Text{
	"proposed": lang.T("已提出", "proposed"), "considered": lang.T("评估中", "under consideration"), "planned": lang.T("已计划", "planned"),
	"in_progress": lang.T("进行中", "in progress"), "done": lang.T("已完成", "done"), "declined": lang.T("未采纳", "declined"),
}
