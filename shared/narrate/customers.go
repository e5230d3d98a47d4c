package narrate

import (
	"encoding/json"
	"fmt"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// states are the life-cycle states in words.
var states = map[string]lang.Text{
	catalogue.LifecycleNew: lang.T("新客户", "new"), catalogue.LifecycleActive: lang.T("活跃", "active"), catalogue.LifecycleSilent: lang.T("沉默", "silent"),
	catalogue.LifecycleChurnRisk: lang.T("流失风险", "at risk of churn"), catalogue.LifecycleChurned: lang.T("确认流失", "churned"), catalogue.LifecycleWonBack: lang.T("已挽回", "won back"),
}

// results of interventions in words.
var results = map[string]lang.Text{"recovered": lang.T("已挽回", "recovered"), "ongoing": lang.T("持续跟进", "ongoing"), "churned": lang.T("流失", "churned")}

// aboutCustomers say what happens to customers after the first win.
var aboutCustomers = map[string]func(Names, json.RawMessage) (lang.Text, error){
	typeOf(&catalogue.StandingAssessed{}): teller(standing),
	typeOf(&catalogue.MaintenanceBegan{}): teller(func(Names, catalogue.MaintenanceBegan) lang.Text {
		return lang.T("转入客户维护", "maintenance begins")
	}),
	typeOf(&catalogue.OrderRecorded{}): teller(func(_ Names, d catalogue.OrderRecorded) lang.Text {
		return lang.T("下单 "+d.After.Amount.String(), "ordered for "+d.After.Amount.String())
	}),
	typeOf(&catalogue.CaseOpened{}): teller(func(_ Names, d catalogue.CaseOpened) lang.Text {
		return lang.T("工单："+d.After.Title, "case: "+d.After.Title)
	}),
	typeOf(&catalogue.ContractSignedFact{}): teller(func(_ Names, d catalogue.ContractSignedFact) lang.Text {
		total := d.After.Total.String()
		return lang.T("合同已签署："+total, "contract signed: "+total)
	}),
	typeOf(&catalogue.OutreachStepped{}): teller(func(_ Names, d catalogue.OutreachStepped) lang.Text {
		return lang.T("触达（"+d.Change+"）："+d.After.Subject.Zh, "outreach ("+d.Change+"): "+d.After.Subject.En)
	}),
	typeOf(&catalogue.InterventionOpened{}): teller(func(names Names, d catalogue.InterventionOpened) lang.Text {
		var people []string
		for _, m := range d.After.Team {
			people = append(people, nameOf(names, m.Person))
		}
		return lang.T("召集干预小组："+strings.Join(people, "、"), "intervention team: "+strings.Join(people, ", "))
	}),
	typeOf(&catalogue.InterventionRecovered{}): teller(func(Names, catalogue.InterventionRecovered) lang.Text {
		return lang.T("客户回来了，未执行的触达与任务已撤回", "the customer is back: whatever was pending is withdrawn")
	}),
	typeOf(&catalogue.InterventionClosed{}): teller(func(_ Names, d catalogue.InterventionClosed) lang.Text {
		r := results[d.After.Result]
		return lang.T("干预结束："+r.Zh, "intervention closed: "+r.En)
	}),
	typeOf(&catalogue.ChurnConfirmed{}): teller(func(_ Names, d catalogue.ChurnConfirmed) lang.Text {
		return lang.T("确认流失："+d.After.Evidence, "churn confirmed: "+d.After.Evidence)
	}),
	typeOf(&catalogue.ReviewStepped{}): teller(func(_ Names, d catalogue.ReviewStepped) lang.Text {
		switch r := d.After; r.Status {
		case catalogue.ReviewHeld:
			return lang.T("已召开："+r.Name.Zh+"："+r.Findings, "held: "+r.Name.En+": "+r.Findings)
		case catalogue.ReviewMissed:
			return lang.T("无人召开："+r.Name.Zh, "nobody held it: "+r.Name.En)
		default:
			return lang.T("已排期："+r.Name.Zh, "planned: "+r.Name.En)
		}
	}),
	typeOf(&catalogue.ChurnReviewClosed{}): teller(func(_ Names, d catalogue.ChurnReviewClosed) lang.Text {
		return lang.T("流失复盘完成："+d.After.Summary, "churn review closed: "+d.After.Summary)
	}),
}

func standing(_ Names, d catalogue.StandingAssessed) lang.Text {
	zh, en := "健康分 "+fmt.Sprint(d.After.Health), "health "+fmt.Sprint(d.After.Health)
	if d.Before != nil && d.Before.Health != d.After.Health {
		zh, en = fmt.Sprintf("健康分 %d → %d", d.Before.Health, d.After.Health), fmt.Sprintf("health %d → %d", d.Before.Health, d.After.Health)
	}
	state := states[d.After.Lifecycle]
	zh, en = zh+"，"+state.Zh, en+", "+state.En
	if d.After.Red {
		zh, en = zh+"，标红", en+", shown in red"
	}
	return lang.T(zh, en)
}
