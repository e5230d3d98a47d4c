package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutMaintenance say how customers are looked after.
var aboutMaintenance = []telling{
	always(&catalogue.MaintenanceBegan{}, "转入客户维护", "maintenance begins"),
	of(maintained),
}

func maintained(names Names, d catalogue.MaintenanceChanged) lang.Text {
	process, step := processOf(d)
	switch d.Change {
	case "owner":
		return say("客户维护负责人为 %s", "%s is responsible for the customer's maintenance", names.of(d.After.Owner))
	case "link":
		return because(say("售后环节：%s", "post-sale link: %s", word(links, d.After.Link)), d.Reason)
	case "standing":
		return say("客户维护得知客户状况：%s", "maintenance took note of the customer's standing: %s", word(lifecycles, d.After.Standing.Lifecycle))
	case "step", "note":
		return because(with(say("%s%s", "%s%s", word(changes, d.Change), process), step), d.Reason)
	case "process_began", "process_ended":
		return because(say("%s%s", "%s%s", word(changes, d.Change), process), d.Reason)
	}
	if t, ok := changes[d.Change]; ok {
		return because(t, d.Reason)
	}
	return because(lang.T("客户维护有变化", "maintenance changed"), d.Reason)
}

// processOf gives the names of the process and the step that a change is of, the process's in quotes.
func processOf(d catalogue.MaintenanceChanged) (process, step lang.Text) {
	running := d.After.Running
	if d.Ended != nil {
		running = append([]catalogue.ProcessInstance{*d.Ended}, running...)
	}
	for _, p := range running {
		if p.ID != d.Process {
			continue
		}
		process = say("“%s”", " “%s”", p.Name)
		for _, s := range p.Steps {
			if s.ID == d.Step {
				step = s.Name
			}
		}
		return process, step
	}
	return process, step
}

// changes are what changes in how a customer is looked after, in words.
var changes = map[string]lang.Text{
	"won": lang.T("成交计入客户维护", "a win was taken up"), "hand_over": lang.T("请求三方交接", "the three-party hand-over was asked for"),
	"confirmed": lang.T("确认三方交接", "the three-party hand-over was confirmed"), "file": lang.T("客户档案变化计入客户维护", "a change of the customer's file was taken up"),
	"process_began": lang.T("开始服务流程", "began the service process"), "process_ended": lang.T("结束服务流程", "ended the service process"),
	"step": lang.T("服务流程步骤有进展", "a step moved on in the service process"), "note": lang.T("服务流程步骤有备注", "a step was noted in the service process"),
	"contact": lang.T("更新后续联系约定", "the follow-on contact or cadence changed"), "referral": lang.T("记录转介绍", "recorded a referral"),
	"bought": lang.T("再次购买计入客户维护", "a purchase was taken up"), "term": lang.T("合同期限计入客户维护", "a contract's term was taken up"),
	"still": lang.T("客户维护暂停", "maintenance stands still"), "resumed": lang.T("客户维护恢复", "maintenance goes on"),
	"left": lang.T("客户离开售后环节", "the customer left a post-sale link"), "ended": lang.T("客户维护结束", "maintenance ended"),
}

var links = map[string]lang.Text{
	catalogue.LinkSigning: lang.T("签约", "signing"), catalogue.LinkImplementation: lang.T("实施", "implementation"),
	catalogue.LinkAfterSales: lang.T("售后", "after-sales"), catalogue.LinkRepurchase: lang.T("复购", "repurchase"),
}
