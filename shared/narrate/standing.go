package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutStanding say where customers stand.
var aboutStanding = []telling{
	of(standing),
	of(func(_ Names, d catalogue.LifecycleOverridden) lang.Text {
		if d.After == nil {
			return because(lang.T("取消手工设置的生命周期状态", "took back the life-cycle state that was set by hand"), d.Reason)
		}
		return because(say("手工设置生命周期状态：%s", "set the life-cycle state by hand: %s", word(lifecycles, d.After.State)), d.Reason)
	}),
	of(func(_ Names, d catalogue.RiskReviewed) lang.Text {
		return say("管理层审阅流失风险名单：审阅 %d 位客户，标红 %d 位", "management went through the list of customers at risk: %d of them, %d in red", len(d.After.Customers), d.After.Red)
	}),
}

// lifecycles are the life-cycle states in words.
var lifecycles = map[string]lang.Text{
	catalogue.LifecycleNew: lang.T("新客户", "new"), catalogue.LifecycleActive: lang.T("活跃", "active"), catalogue.LifecycleSilent: lang.T("沉默", "silent"),
	catalogue.LifecycleChurnRisk: lang.T("流失风险", "at risk of churn"), catalogue.LifecycleChurned: lang.T("确认流失", "churned"), catalogue.LifecycleWonBack: lang.T("已挽回", "won back"),
}

func standing(_ Names, d catalogue.StandingAssessed) lang.Text {
	t := say("健康分 %d", "health %d", d.After.Health)
	if d.Before != nil && d.Before.Health != d.After.Health {
		t = say("健康分 %d → %d", "health %d → %d", d.Before.Health, d.After.Health)
	}
	t = say("%s，%s", "%s, %s", t, word(lifecycles, d.After.Lifecycle))
	if d.After.Red {
		t = say("%s，标红", "%s, shown in red", t)
	}
	return t
}
