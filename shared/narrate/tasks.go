package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutTasks say what people are asked and reminded to do.
var aboutTasks = []telling{
	of(func(names Names, d catalogue.TaskCreated) lang.Text {
		return say("任务：%s（%s，%s）", "task: %s (%s, due %s)", d.After.Title, names.of(d.After.Assignee), d.After.Due.String())
	}),
	of(func(names Names, d catalogue.TaskChanged) lang.Text {
		if d.Before.Assignee != d.After.Assignee {
			return because(say("任务改由 %s 办理：%s", "task goes to %s: %s", names.of(d.After.Assignee), d.After.Title), d.Reason)
		}
		return because(say("任务改期至 %s：%s", "task is due %s now: %s", d.After.Due.String(), d.After.Title), d.Reason)
	}),
	of(func(_ Names, d catalogue.TaskEnded) lang.Text {
		if d.After.Status == catalogue.TaskDone {
			return because(say("任务完成：%s", "task done: %s", d.After.Title), d.After.Outcome)
		}
		return because(say("任务取消：%s", "task cancelled: %s", d.After.Title), d.After.Outcome)
	}),
	of(func(_ Names, d catalogue.ReminderIssued) lang.Text {
		if d.After.Text.IsZero() {
			return word(levels, d.After.Level)
		}
		return d.After.Text
	}),
	of(func(_ Names, d catalogue.DeliveryEnded) lang.Text {
		what := lang.T("提醒", "reminder")
		if d.Outreach != "" {
			what = lang.T("触达", "outreach")
		}
		return say("%s经%s%s", "%s by %s %s", what, word(deliveryChannels, d.Channel), word(deliveries, d.Status))
	}),
}

var levels = map[string]lang.Text{
	catalogue.LevelRemind: lang.T("提醒", "reminder"), catalogue.LevelWarn: lang.T("预警", "warning"),
	catalogue.LevelEscalate: lang.T("升级", "escalation"), catalogue.LevelInform: lang.T("通知", "notice"),
}

var deliveryChannels = map[string]lang.Text{
	"in_app": lang.T("应用内消息", "the app"), "email": lang.T("邮件", "mail"), "webhook": lang.T("接口推送", "webhook"), "robot": lang.T("群机器人", "a chat robot"),
}

var deliveries = map[string]lang.Text{
	"delivered": lang.T("已送达", "was delivered"), "failed": lang.T("发送失败", "failed"), "withheld": lang.T("未发送", "was withheld"),
}
