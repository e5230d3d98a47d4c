package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutCare say what is done for customers, what they are invited to, and by which contacts they hear of us.
var aboutCare = []telling{
	of(func(_ Names, d catalogue.CareRecorded) lang.Text {
		if d.Change == "response" {
			return say("客户对关怀（%s）的回应：%s", "the customer's response to the care (%s): %s", word(cares, d.After.Kind), word(responses, d.After.Response))
		}
		return with(say("客户关怀（%s）", "care for the customer (%s)", word(cares, d.After.Kind)), same(d.After.Text))
	}),
	of(func(_ Names, d catalogue.ActivityChanged) lang.Text {
		what := lang.T("活动", "the event")
		if d.After.Kind == "value_added" {
			what = lang.T("增值服务", "the value-added service")
		}
		return say("%s %s：%s", "%s %s is %s", what, d.After.Name, word(activityStates, d.After.Status))
	}),
	of(func(_ Names, d catalogue.InvitationChanged) lang.Text {
		return say("活动邀请 %s：%s", "invitation to %s: %s", d.After.Name, word(invitations, d.After.Status))
	}),
	of(func(_ Names, d catalogue.OutreachStepped) lang.Text {
		t := say("触达（%s）：%s", "outreach (%s): %s", word(outreachSteps, d.Change), d.After.Subject)
		if d.After.Reason.IsZero() {
			return t
		}
		return say("%s（%s）", "%s (%s)", t, d.After.Reason)
	}),
}

var cares = map[string]lang.Text{
	"greeting": lang.T("问候", "a greeting"), "gift": lang.T("礼品", "a gift"), "visit": lang.T("拜访", "a visit"), "service": lang.T("服务", "a service"), "other": lang.T("其他", "other"),
}

var responses = map[string]lang.Text{
	"thanked": lang.T("表示感谢", "thanked"), "ignored": lang.T("未回应", "did not respond"), "declined": lang.T("婉拒", "declined"), "complained": lang.T("不满", "complained"),
}

var activityStates = map[string]lang.Text{
	"planned": lang.T("已策划", "planned"), "inviting": lang.T("正在邀请客户", "inviting customers"), "invited": lang.T("客户已邀请", "ready: its customers are invited"),
	"cancelled": lang.T("已取消", "cancelled"),
}

var invitations = map[string]lang.Text{
	catalogue.InvitationSent: lang.T("已邀请", "invited"), catalogue.InvitationRefused: lang.T("无法联系", "may not be reached"),
	catalogue.InvitationAccepted: lang.T("客户接受", "the customer accepted"), catalogue.InvitationDeclined: lang.T("客户婉拒", "the customer declined"),
	catalogue.InvitationAttended: lang.T("客户到场", "the customer came"), catalogue.InvitationAbsent: lang.T("客户未到场", "the customer did not come"),
}

var outreachSteps = map[string]lang.Text{
	catalogue.OutreachPlanned: lang.T("已计划", "planned"), catalogue.OutreachDeferred: lang.T("推迟", "deferred"), "moved": lang.T("改期", "moved"),
	catalogue.OutreachRefused: lang.T("不得发送", "refused"), catalogue.OutreachSent: lang.T("已发送", "sent"), catalogue.OutreachDelivered: lang.T("已送达", "delivered"),
	catalogue.OutreachFailed: lang.T("发送失败", "failed"), catalogue.OutreachWithdrawn: lang.T("已撤回", "withdrawn"),
}
