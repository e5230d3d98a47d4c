package transfer

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// acceptance is the clock of the acceptance of a transfer.
var acceptance = step{
	name: "accept", status: catalogue.TransferHandedOver, kind: catalogue.TaskAccept,
	title:  lang.T("接受客户转交", "Accept the transfer"),
	within: func(o policy.Ownership) policy.Duration { return o.AcceptWithin },
	path:   "ownership.accept_within",
}
