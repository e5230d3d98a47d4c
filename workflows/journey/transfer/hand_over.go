package transfer

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// handOver is the clock of the hand-over note of a transfer.
var handOver = step{
	name: "hand_over", status: catalogue.TransferApproved, kind: catalogue.TaskHandOver,
	title:  lang.T("写交接说明", "Write the hand-over note"),
	within: func(o policy.Ownership) policy.Duration { return o.HandOverWithin },
	path:   "ownership.hand_over_within",
}
