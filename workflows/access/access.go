// Package access holds the permission table of the journeys' API: who may look at
// one journey, at all of them at once, and have what failed tried again.
package access

import (
	"context"

	"liuke.dev/shared/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/lang"
)

// Action that the table rules.
type Action string

// The actions. Oversee is to list and count journeys, and to ask what a policy
// would make of them before it is published; Retry is to have an effect tried
// again that failed, or a journey decide again whose rules did.
const (
	Read    Action = "journey.read"
	Oversee Action = "journey.oversee"
	Retry   Action = "journey.retry"
)

// Actions lists all actions in the order of the table.
var Actions = []Action{Read, Oversee, Retry}

type rights = access.Rights[Action]

// oversees is of those who answer for what is stuck, and who publish policies.
var oversees = rights{Oversee: access.All, Retry: access.All}

// table is who may do what. Where one journey stands and who acts next is
// everybody's to see: a colleague who answers the telephone has to know.
var table = access.Table[Action]{Texts: texts, Rights: map[auth.Role]rights{
	access.Everyone:    {Read: access.All},
	auth.SalesManager:  oversees,
	auth.SalesDirector: oversees,
	auth.Management:    oversees,
	auth.Administrator: oversees,
	auth.System:        {Read: access.All, Oversee: access.All},
}}

var texts = map[access.Scope]lang.Text{
	access.None: lang.T("只有主管、管理层和管理员可以查看全部旅程、重试失败的动作", "only managers, directors, management and administrators see all journeys at once and have things tried again"),
}

// May tells whether the caller may do the action; the error names the rule that refused.
func May(ctx context.Context, a Action) error { return table.MayAtAll(auth.From(ctx), a) }
