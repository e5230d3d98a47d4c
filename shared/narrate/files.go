package narrate

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// aboutFiles say what happens to customers' files, contacts and attachments.
var aboutFiles = []telling{
	of(func(_ Names, d catalogue.CustomerCreated) lang.Text {
		return say("建立客户档案 %s", "opened the file of the customer %s", d.After.Name)
	}),
	of(func(_ Names, d catalogue.CustomerMatched) lang.Text {
		return say("线索匹配到已有客户 %s", "the lead turned out to be the known customer %s", d.After.Name)
	}),
	of(func(_ Names, d catalogue.CustomerChanged) lang.Text {
		return say("修改客户档案：%s", "edited the customer's file: %s", fieldsOf(d.Changed))
	}),
	of(func(_ Names, d catalogue.CustomerFolded) lang.Text {
		if d.Merge != "" {
			return lang.T("按合并，客户档案并入另一份档案", "by the merge, the customer's file was folded into another one")
		}
		return lang.T("两份档案为同一客户，后建的已并入", "two files are one customer: the later one was folded in")
	}),
	of(func(_ Names, d catalogue.ContactChanged) lang.Text {
		switch d.Change {
		case catalogue.ContactAdded:
			return say("新增联系人 %s", "added the contact %s", d.After.Name)
		case catalogue.ContactLeft:
			return say("联系人 %s 已离开", "the contact %s left", d.After.Name)
		default:
			return say("修改联系人 %s：%s", "edited the contact %s: %s", d.After.Name, fieldsOf(d.Changed))
		}
	}),
	of(func(_ Names, d catalogue.AttachmentStored) lang.Text {
		return say("上传附件 %s", "attached the file %s", d.After.Name)
	}),
	of(func(_ Names, d catalogue.AttachmentRemoved) lang.Text {
		return say("删除附件 %s", "took the attachment %s away", d.After.Name)
	}),
	of(needChange),
	of(func(_ Names, d catalogue.TimelineRecorded) lang.Text {
		return with(lang.T("客户行为时间轴", "the customer's timeline"), d.After.Says)
	}),
	of(func(_ Names, d catalogue.FindingRaised) lang.Text {
		return with(lang.T("数据与客户行为矛盾", "data contradict what the customer did"), d.After.Says)
	}),
	of(func(_ Names, d catalogue.FindingEnded) lang.Text {
		if d.After.Status == catalogue.FindingSetAside {
			return because(with(lang.T("确认数据无误", "found the data right as they are"), d.After.Says), d.After.Reason)
		}
		return with(lang.T("数据与客户行为已一致", "data and what the customer did agree again"), d.After.Says)
	}),
}

func needChange(_ Names, d catalogue.NeedChangeStepped) lang.Text {
	switch n := d.After; n.Status {
	case catalogue.NeedRequested:
		return with(lang.T("申请需求变更", "requested a change of need"), same(n.Reason))
	case catalogue.NeedApproved:
		if d.Before != nil && d.Before.Status == catalogue.NeedApproved {
			return with(lang.T("部门确认需求变更", "a department confirmed the change of need"), same(n.Reason))
		}
		return because(lang.T("批准需求变更，通知各部门", "approved the change of need; the departments are told"), n.Remark)
	case catalogue.NeedConfirmed:
		return with(lang.T("各部门均已确认需求变更", "every department confirmed the change of need"), same(n.Reason))
	case catalogue.NeedRejected:
		return because(lang.T("驳回需求变更", "rejected the change of need"), n.Remark)
	default:
		return because(lang.T("取消需求变更", "cancelled the change of need"), n.Remark)
	}
}
