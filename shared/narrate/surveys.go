package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutSurveys say what customers are asked, and what they answer.
var aboutSurveys = []telling{
	of(func(_ Names, d catalogue.SurveySent) lang.Text {
		return say("发送调查：%s", "sent a survey: %s", d.After.Name)
	}),
	of(func(_ Names, d catalogue.SurveySkipped) lang.Text {
		return with(say("未发送调查 %s", "did not send the survey %s", d.After.Name), d.After.Reason)
	}),
	of(func(_ Names, d catalogue.SurveyAnswered) lang.Text {
		t := say("客户回答调查 %s", "the customer answered the survey %s", d.After.Name)
		if d.After.NPS != "" {
			t = say("%s，净推荐值：%s", "%s, as a %s by NPS", t, word(promoters, d.After.NPS))
		}
		if d.After.Score != nil {
			t = say("%s，满意度 %d", "%s, satisfaction %d", t, *d.After.Score)
		}
		if d.After.Low {
			t = say("%s，评分过低", "%s, which is too low to wait", t)
		}
		return t
	}),
}

var promoters = map[string]lang.Text{
	"promoter": lang.T("推荐者", "promoter"), "passive": lang.T("中立者", "passive"), "detractor": lang.T("贬损者", "detractor"),
}
