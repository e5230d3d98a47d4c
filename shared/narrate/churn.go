package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutChurn say how losses are confirmed and learnt from.
var aboutChurn = []telling{
	of(func(_ Names, d catalogue.ChurnConfirmed) lang.Text {
		return with(lang.T("确认流失", "churn confirmed"), same(d.After.Evidence))
	}),
	of(func(_ Names, d catalogue.ChurnReviewOpened) lang.Text {
		return with(lang.T("流失复盘开始", "the churn review began"), same(d.After.Company))
	}),
	of(func(_ Names, d catalogue.ChurnReviewChanged) lang.Text {
		return say("流失复盘：%s", "churn review: %s", word(churnChanges, d.Changed))
	}),
	of(func(_ Names, d catalogue.ChurnReviewClosed) lang.Text {
		return with(lang.T("流失复盘完成", "churn review closed"), same(d.After.Summary))
	}),
	of(func(_ Names, d catalogue.ChurnWithdrew) lang.Text {
		return because(lang.T("撤回流失确认", "the confirmed churn was withdrawn"), d.After.Withdrawn)
	}),
	of(func(_ Names, d catalogue.CustomerWonBack) lang.Text {
		return with(lang.T("流失客户已挽回", "the lost customer was won back"), same(d.After.Company))
	}),
	of(func(_ Names, d catalogue.LessonRecorded) lang.Text {
		return say("记入经验库：%s", "recorded in the experience base: %s", d.After.Title)
	}),
	of(func(_ Names, d catalogue.ReviewStepped) lang.Text {
		switch r := d.After; r.Status {
		case catalogue.ReviewHeld:
			return with(say("已召开：%s", "held: %s", r.Name), same(r.Findings))
		case catalogue.ReviewMissed:
			return say("无人召开：%s", "nobody held it: %s", r.Name)
		default:
			return say("已排期：%s", "planned: %s", r.Name)
		}
	}),
}

var churnChanges = map[string]lang.Text{
	"findings": lang.T("补充复盘意见", "findings were added"), "reasons": lang.T("更新流失原因", "the reasons changed"), "interview": lang.T("记录客户访谈", "the interview was recorded"),
	"participants": lang.T("调整参与人", "other people take part"), "facts": lang.T("补充依据", "evidence was added"),
}
