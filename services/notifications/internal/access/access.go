// Package access holds the one permission table of services/notifications: which
// role may do what, to whose tasks, reminders and deliveries.
package access

import (
	"fmt"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Scope says over whose things a role may do an action.
type Scope int

// The scopes, each containing the one before it.
const (
	None  Scope = iota
	Own         // one's own, and those one does for somebody absent
	Mates       // also those of one's team mates
	Team        // also those of everybody below one in the tree of supervisors
	All
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
)

// Actions lists all actions in the order of the table.
var Actions = []Action{Effect, TaskRead, TaskCreate, TaskDo, TaskReassign, ReminderRead, DeliveryRead, DeliveryRetry, WebhookManage, EventsFollow,
	SubjectTasks, EverybodyTasks}

type rights map[Action]Scope

// table is who may do what. Everybody does their own tasks and sees who acts next
// managers direct their team's, directors and management all.
var table = map[auth.Role]rights{
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
}

func worker(reads Scope) rights {
	return rights{TaskRead: reads, TaskCreate: Mates, TaskDo: Own, ReminderRead: Own, DeliveryRead: Own, EventsFollow: Own, SubjectTasks: All}
}

func director() rights {
	return rights{TaskRead: All, TaskCreate: All, TaskDo: All, TaskReassign: All, ReminderRead: Own, DeliveryRead: All, DeliveryRetry: All,
		EventsFollow: Own, SubjectTasks: All, EverybodyTasks: All}
}

// Guard answers by the table.
type Guard struct {
	People *directory.Directory
	Clock  instant.Clock
}

// ScopeOf gives the widest scope that any role of the principal gives.
func ScopeOf(p auth.Principal, a Action) Scope {
	best := None
	for _, r := range p.Roles {
		best = max(best, table[r][a])
	}
	return best
}

// May tells whether the principal may do the action to a thing that any of these
// people answers for; the error names the rule that refused.
func (g Guard) May(p auth.Principal, a Action, holders ...string) error {
	scope := ScopeOf(p, a)
	if scope == All {
		return nil
	}
	for _, h := range holders {
		if h != "" && g.within(scope, p.ID, h) {
			return nil
		}
	}
	return refusal(a, scope)
}

// MayAtAll tells whether the principal may do the action to anything.
func (g Guard) MayAtAll(p auth.Principal, a Action) error {
	if ScopeOf(p, a) == None {
		return refusal(a, None)
	}
	return nil
}

func (g Guard) within(scope Scope, person, holder string) bool {
	switch {
	case scope == None:
		return false
	case holder == person || g.People.Delegate(holder, g.Clock()) == person:
		return true
	case scope >= Mates && g.mates(person, holder):
		return true
	}
	return scope >= Team && g.People.Leads(person, holder)
}

func (g Guard) mates(a, b string) bool {
	x, _ := g.People.Person(a)
	y, _ := g.People.Person(b)
	return x.Team != "" && x.Team == y.Team
}

var whose = map[Scope][2]string{None: {"不允许", "not at all"}, Own: {"仅限本人", "only what is one's own"},
	Mates: {"仅限本组", "only what is of one's own team"}, Team: {"仅限本人及下属", "only what is of oneself and those below"}}

func refusal(a Action, s Scope) error {
	return problem.Forbid(fmt.Sprintf("%s.%s", a, [...]string{"none", "own", "mates", "team", "all"}[s]),
		"您的角色对此操作的权限："+whose[s][0], "Your roles allow this: "+whose[s][1])
}
