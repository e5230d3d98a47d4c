// Package access holds the one permission table of services/accounts: which role
// may do what, to whose customers.
package access

import (
	"liuke.dev/shared/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Scope says over whose customers a role may do an action.
type Scope = access.Scope

// The scopes. One's own are also those that one opened while nobody owns them; the
// public pool is the team mates'.
const (
	None, Own, Mates, Team, All = access.None, access.Own, access.Mates, access.Team, access.All
)

// Action that the table rules.
type Action string

// The actions.
const (
	Match      Action = "customer.match"       // what journeys ask for
	MatchBatch Action = "customer.match_batch" // many at once, for imports
	LookUp     Action = "customer.look_up"     // while typing: does it exist? Masked for those who may not read
	Create     Action = "customer.create"
	Search     Action = "customer.search" // masked for those who may not read
	Read       Action = "customer.read"
	Change     Action = "customer.change"
)

// Actions lists all actions in the order of the table.
var Actions = []Action{Match, MatchBatch, LookUp, Create, Search, Read, Change}

type rights = access.Rights[Action]

// table is who may do what: each part of the service has a file of its rights.
var table = access.Table[Action]{Texts: texts, Rights: access.Join(fileRights, churnRights, caseRights, surveyRights, careRights, maintenanceRights, mergeRights, contractRights, keyAccountRights, timelineRights, outreachRights, attachmentRights, standingRights, interventionRights, needChangeRights)}

// fileRights are those over the customer's file. Anybody may ask whether a customer exists, so that no
// second file is made; selling roles read their team's and write their own (C-17);
// departments that serve customers read all.
var fileRights = map[auth.Role]rights{
	auth.Salesperson:    {LookUp: All, Create: All, Search: All, Read: Mates, Change: Own},
	auth.AccountManager: {LookUp: All, Create: All, Search: All, Read: All, Change: Own},
	auth.SalesManager:   {LookUp: All, Create: All, Search: All, Read: Team, Change: Team, MatchBatch: All},
	auth.SalesDirector:  {LookUp: All, Create: All, Search: All, Read: All, Change: All, MatchBatch: All},
	auth.Management:     {LookUp: All, Create: All, Search: All, Read: All, Change: All, MatchBatch: All},
	auth.Marketing:      {LookUp: All, Create: All, Search: All, Read: All, MatchBatch: All},
	auth.Service:        {LookUp: All, Create: All, Search: All, Read: All},
	auth.Success:        {LookUp: All, Create: All, Search: All, Read: All},
	auth.Implementation: {LookUp: All, Create: All, Search: All, Read: All},
	auth.Operations:     {LookUp: All, Search: All, Read: All},
	auth.Product:        {LookUp: All, Search: All},
	auth.Technical:      {LookUp: All, Search: All},
	auth.Administrator:  {LookUp: All, Search: All, Read: All, MatchBatch: All},
	auth.System:         {Match: All, MatchBatch: All, LookUp: All, Search: All, Read: All},
}

// Holder is who answers for a customer.
type Holder struct {
	Owner  string // empty: nobody yet, or the pool
	Opener string // who opened the file
	Pooled bool
}

// Guard answers by the table.
type Guard struct{ access.Relations }

// New makes the guard.
func New(people *directory.Directory, clock instant.Clock) Guard {
	return Guard{access.Relations{People: people, Clock: clock}}
}

// May tells whether the principal may do the action to a customer of holder; the
// error names the rule that refused.
func (g Guard) May(p auth.Principal, a Action, h Holder) error {
	return table.May(p, a, func(s Scope) bool {
		if h.Owner == "" {
			return h.Pooled && s >= Mates || h.Opener == p.ID
		}
		return g.Covers(s, p.ID, h.Owner)
	})
}

// MayAtAll tells whether the principal may do the action to anything.
func (g Guard) MayAtAll(p auth.Principal, a Action) error { return table.MayAtAll(p, a) }

var texts = map[Scope]lang.Text{
	None:  allowed("不允许", "not at all"),
	Own:   allowed("仅限本人负责的客户", "only own customers"),
	Mates: allowed("仅限本组客户和公共资源", "only customers of the own team and the public pool"),
	Team:  allowed("仅限本人及下属的客户", "only customers of oneself and those below"),
}

func allowed(zh, en string) lang.Text {
	return lang.T("您的角色对此操作的权限："+zh, "Your roles allow this: "+en)
}
