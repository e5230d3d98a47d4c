package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutOwnership say who answers for customers, and how that changes.
var aboutOwnership = []telling{
	of(func(names Names, d catalogue.OwnerChanged) lang.Text {
		return with(handed(names, lang.T("客户负责人", "customer's owner"), d.Before.Owner, d.After.Owner, d.Reason), same(d.Remark))
	}),
	of(func(_ Names, d catalogue.CustomerPooled) lang.Text {
		return with(lang.T("客户收回公共资源", "customer went to the public pool"), reasonOf(d.Reason))
	}),
	of(func(names Names, d catalogue.CustomerClaimed) lang.Text {
		return say("%s 从公共资源领取客户", "%s claimed the customer from the public pool", names.of(d.After.Owner))
	}),
	of(transfer),
}

func transfer(names Names, d catalogue.TransferStepped) lang.Text {
	switch t := d.After; t.Status {
	case catalogue.TransferRequested:
		return because(say("申请转交客户：%s → %s", "requested the transfer of the customer: %s → %s", names.of(t.From), names.of(t.To)), t.Reason)
	case catalogue.TransferApproved:
		return because(lang.T("批准转交", "approved the transfer"), t.Remark)
	case catalogue.TransferHandedOver:
		return with(lang.T("提交交接说明", "gave the hand-over note"), same(t.Note))
	case catalogue.TransferAccepted:
		return because(say("%s 接受转交", "%s accepted the transfer", names.of(t.To)), t.Remark)
	case catalogue.TransferRejected:
		return because(lang.T("驳回转交", "rejected the transfer"), t.Remark)
	default:
		return because(lang.T("取消转交", "cancelled the transfer"), t.Remark)
	}
}
