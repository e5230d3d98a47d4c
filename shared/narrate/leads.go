package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutLeads say what happens to leads, and what is followed up and marked on leads and deals.
var aboutLeads = []telling{
	of(func(names Names, d catalogue.FirstContactSignalled) lang.Text {
		return say("%s 通过%s首次接触客户，尚未录入", "%s had a first contact by %s with somebody who is not recorded yet", names.of(d.Person), word(channels, d.Channel))
	}),
	of(func(names Names, d catalogue.IntakeLate) lang.Text {
		return say("%s 首次接触客户后未按时录入", "%s did not record the customer in time after the first contact", names.of(d.Person))
	}),
	of(func(_ Names, d catalogue.LeadRecorded) lang.Text {
		return say("登记线索 %s（%s）", "recorded the lead %s (%s)", d.After.Company, d.After.Need)
	}),
	of(func(_ Names, d catalogue.LeadChanged) lang.Text {
		return say("修改线索：%s", "edited the lead: %s", fieldsOf(d.Changed))
	}),
	of(func(names Names, d catalogue.LeadAssigned) lang.Text {
		return handed(names, lang.T("线索负责人", "lead owner"), d.Before, d.After, d.Reason)
	}),
	of(func(_ Names, d catalogue.LeadLinked) lang.Text {
		return say("线索 %s 已关联客户档案", "the lead %s belongs to a customer's file now", d.After.Company)
	}),
	always(&catalogue.LeadFoldedIn{}, "线索重复，并入同一客户的已有线索", "the lead repeats an open lead of the same customer and was folded into it"),
	of(func(_ Names, d catalogue.FollowUpRecorded) lang.Text {
		return with(lang.T("跟进", "followed up"), same(d.FollowUp.KeyPoints))
	}),
	of(func(_ Names, d catalogue.NextTouchPlanned) lang.Text {
		return say("计划下次跟进 %s：%s", "planned the next touch for %s: %s", d.Due.String(), d.Action)
	}),
	of(func(_ Names, d catalogue.LeadStatusChanged) lang.Text {
		return because(say("线索状态 %s → %s", "lead status %s → %s", word(catalogue.LeadStatusNames, d.Before), word(catalogue.LeadStatusNames, d.After)), d.Reason)
	}),
	of(func(_ Names, d catalogue.LeadPooled) lang.Text {
		return with(lang.T("线索收回公共资源", "lead went to the public pool"), reasonOf(d.Reason))
	}),
	of(func(_ Names, d catalogue.MarkSet) lang.Text {
		return say("标记：%s", "marked: %s", markOf(d.Mark.Rule))
	}),
	of(func(_ Names, d catalogue.MarkCleared) lang.Text {
		return say("标记解除：%s", "mark cleared: %s", markOf(d.Rule))
	}),
}

// markOf gives the name of the rule that marks; one of the company's own has its id alone.
func markOf(rule string) lang.Text {
	if t, ok := catalogue.MarkNames[rule]; ok {
		return t
	}
	return same(rule)
}

// handed says that something has another owner; without one it is in the public pool.
func handed(names Names, what lang.Text, before, after, reason string) lang.Text {
	owner := func(id string) any {
		if id == "" {
			return lang.T("公共资源", "the public pool")
		}
		return names.of(id)
	}
	return because(say("%s %s → %s", "%s %s → %s", what, owner(before), owner(after)), reason)
}
