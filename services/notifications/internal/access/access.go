// Package access holds the one permission table of services/notifications: which
// role may do what, to whose tasks, reminders and deliveries.
package access

import (
	"slices"

	"liuke.dev/shared/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Scope says over whose things a role may do an action.
type Scope = access.Scope

// The scopes.
const (
	None, Own, Mates, Team, All = access.None, access.Own, access.Mates, access.Team, access.All
)

// Action that the table rules.
type Action string

// The actions.
const (
	Effect         Action = "effect" // what journeys ask for
	TaskRead       Action = "task.read"
	TaskCreate     Action = "task.create" // for whom
	TaskDo         Action = "task.do"     // complete, postpone
	TaskReassign   Action = "task.reassign"
	ReminderRead   Action = "reminder.read"
	DeliveryRead   Action = "delivery.read"
	DeliveryRetry  Action = "delivery.retry"
	WebhookManage  Action = "webhook.manage"
	EventsFollow   Action = "events.follow"
	SubjectTasks   Action = "task.list_subject"
	EverybodyTasks Action = "task.list_all"
	ChannelsChoose Action = "channels.choose" // how one is reached
)

// Actions lists all actions in the order of the table.
var Actions = []Action{Effect, TaskRead, TaskCreate, TaskDo, TaskReassign, ReminderRead, DeliveryRead, DeliveryRetry, WebhookManage, EventsFollow,
	SubjectTasks, EverybodyTasks, ChannelsChoose}

type rights = access.Rights[Action]

// table is who may do what. Everybody does their own tasks and sees who acts next
// managers direct their team's, directors and management all.
var table = access.Table[Action]{Texts: texts, Rights: map[auth.Role]rights{
	access.Everyone:     {ChannelsChoose: Own},
	auth.Salesperson:    worker(Mates),
	auth.AccountManager: worker(Mates),
	auth.Service:        worker(All),
	auth.Success:        worker(All),
	auth.Implementation: worker(All),
	auth.Marketing:      worker(All),
	auth.Operations:     worker(All),
	auth.Product:        worker(Own),
	auth.Technical:      worker(Own),
	auth.SalesManager: {TaskRead: Team, TaskCreate: All, TaskDo: Team, TaskReassign: Team, ReminderRead: Own, DeliveryRead: Team, EventsFollow: Own,
		SubjectTasks: All},
	auth.SalesDirector: director(),
	auth.Management:    director(),
	auth.Administrator: {TaskRead: All, TaskDo: Own, ReminderRead: Own, DeliveryRead: All, DeliveryRetry: All, WebhookManage: All, EventsFollow: Own,
		SubjectTasks: All, EverybodyTasks: All},
	auth.System: {Effect: All, TaskRead: All, SubjectTasks: All, EverybodyTasks: All},
}}

func worker(reads Scope) rights {
	return rights{TaskRead: reads, TaskCreate: Mates, TaskDo: Own, ReminderRead: Own, DeliveryRead: Own, EventsFollow: Own, SubjectTasks: All}
}

func director() rights {
	return rights{TaskRead: All, TaskCreate: All, TaskDo: All, TaskReassign: All, ReminderRead: Own, DeliveryRead: All, DeliveryRetry: All,
		EventsFollow: Own, SubjectTasks: All, EverybodyTasks: All}
}

// Guard answers by the table.
type Guard struct{ access.Relations }

// New makes the guard.
func New(people *directory.Directory, clock instant.Clock) Guard {
	return Guard{access.Relations{People: people, Clock: clock}}
}

// ScopeOf gives the widest scope that any role of the principal gives.
func ScopeOf(p auth.Principal, a Action) Scope { return table.ScopeOf(p, a) }

// May tells whether the principal may do the action to a thing that any of these
// people answers for; the error names the rule that refused.
func (g Guard) May(p auth.Principal, a Action, holders ...string) error {
	return table.May(p, a, func(s Scope) bool {
		return slices.ContainsFunc(holders, func(h string) bool { return g.Covers(s, p.ID, h) })
	})
}

// MayAtAll tells whether the principal may do the action to anything.
func (g Guard) MayAtAll(p auth.Principal, a Action) error { return table.MayAtAll(p, a) }

var texts = map[Scope]lang.Text{
	None:  allowed("不允许", "not at all"),
	Own:   allowed("仅限本人", "only what is one's own"),
	Mates: allowed("仅限本组", "only what is of one's own team"),
	Team:  allowed("仅限本人及下属", "only what is of oneself and those below"),
}

func allowed(zh, en string) lang.Text {
	return lang.T("您的角色对此操作的权限："+zh, "Your roles allow this: "+en)
}
