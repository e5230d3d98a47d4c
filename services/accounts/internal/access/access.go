// Package access holds the one permission table of services/accounts: which role
// may do what, to whose customers.
package access

import (
	"fmt"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Scope says over whose customers a role may do an action.
type Scope int

// The scopes, each containing the one before it.
const (
	None  Scope = iota
	Own         // one's own, those of an absent owner whose delegate one is, and those one opened while nobody owns them
	Mates       // also those of one's team mates, and the public pool
	Team        // also those of everybody below one in the tree of supervisors
	All
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

type rights map[Action]Scope

// table is who may do what. Anybody may ask whether a customer exists, so that no
// second file is made; selling roles read their team's and write their own (C-17);
// departments that serve customers read all.
var table = map[auth.Role]rights{
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

// May tells whether the principal may do the action to a customer of holder; the
// error names the rule that refused.
func (g Guard) May(p auth.Principal, a Action, h Holder) error {
	scope := ScopeOf(p, a)
	if g.within(scope, p.ID, h) {
		return nil
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

func (g Guard) within(scope Scope, person string, h Holder) bool {
	switch {
	case scope == All:
		return true
	case scope == None:
		return false
	case h.Owner == "":
		return h.Pooled && scope >= Mates || h.Opener == person
	case h.Owner == person || g.People.Delegate(h.Owner, g.Clock()) == person:
		return true
	case scope >= Mates && g.mates(person, h.Owner):
		return true
	}
	return scope >= Team && g.People.Leads(person, h.Owner)
}

func (g Guard) mates(a, b string) bool {
	x, _ := g.People.Person(a)
	y, _ := g.People.Person(b)
	return x.Team != "" && x.Team == y.Team
}

var whose = map[Scope][2]string{None: {"不允许", "not at all"}, Own: {"仅限本人负责的客户", "only own customers"},
	Mates: {"仅限本组客户和公共资源", "only customers of the own team and the public pool"}, Team: {"仅限本人及下属的客户", "only customers of oneself and those below"}}

func refusal(a Action, s Scope) error {
	return problem.Forbid(fmt.Sprintf("%s.%s", a, [...]string{"none", "own", "mates", "team", "all"}[s]),
		"您的角色对此操作的权限："+whose[s][0], "Your roles allow this: "+whose[s][1])
}
