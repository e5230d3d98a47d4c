package transfer

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// approval is the clock of the approval of a transfer.
var approval = step{
	name: "approve", status: catalogue.TransferRequested, kind: catalogue.TaskApprove,
	title:  lang.T("审批客户转交", "Approve the transfer"),
	within: func(o policy.Ownership) policy.Duration { return o.ApproveWithin },
	path:   "ownership.approve_within",
}
