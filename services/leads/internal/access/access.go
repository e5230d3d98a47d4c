// Package access holds the one permission table of services/leads: which role
// may do what, to whose leads, deals and customers.
package access

import (
	"context"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Scope says over whose things a role may do an action.
type Scope int

// The scopes, each containing the one before it.
const (
	None  Scope = iota
	Own         // one's own, and those of an absent owner whose delegate one is
	Mates       // also those of one's team mates, and the public pool
	Team        // also those of everybody below one in the tree of supervisors
	All
)

// Action that the table rules.
type Action string

// The actions.
const (
	LeadRead     Action = "lead.read"
	LeadCreate   Action = "lead.create"
	LeadChange   Action = "lead.change"       // fields, status, nurture, close
	LeadAssign   Action = "lead.assign"       // name an owner other than oneself at intake
	LeadConvert  Action = "lead.convert"      // into a deal
	FollowUp     Action = "follow_up"         // record one; outbound by somebody else than the owner needs a reason
	Capture      Action = "follow_up.capture" // what a telephone or mail system records by itself, for somebody else's customer
	FirstContact Action = "first_contact"     // signal a contact with somebody unknown
	DealRead     Action = "deal.read"
	DealOpen     Action = "deal.open"
	DealChange   Action = "deal.change" // fields, answers, objections
	DealMove     Action = "deal.move"   // stages, won, lost, reopened
	DealQuote    Action = "deal.quote"
	Intervene    Action = "deal.intervene" // step in where it is stuck, give it to somebody else
	Board        Action = "board.read"     // manager view
	Import       Action = "import"
	OwnerRead    Action = "ownership.read"
	OwnerChange  Action = "ownership.change" // window, decider, follower
	PoolRead     Action = "pool.read"
	PoolClaim    Action = "pool.claim"
	Request      Action = "transfer.request"
	Approve      Action = "transfer.approve"
	HandOver     Action = "transfer.hand_over"
	Accept       Action = "transfer.accept"
	Cancel       Action = "transfer.cancel"
	Holdings     Action = "holdings.read"
	QueueRead    Action = "queue.read"
	FormRead     Action = "form.read"
	FormChange   Action = "form.change"
	Effect       Action = "effect" // what journeys ask for
)

// Actions lists all actions in the order of the table.
var Actions = []Action{LeadRead, LeadCreate, LeadChange, LeadAssign, LeadConvert, FollowUp, Capture, FirstContact, DealRead, DealOpen, DealChange, DealMove,
	DealQuote, Intervene, Board, Import, OwnerRead, OwnerChange, PoolRead, PoolClaim, Request, Approve, HandOver, Accept, Cancel, Holdings, QueueRead,
	FormRead, FormChange, Effect}

type rights map[Action]Scope

// table is who may do what. Selling roles read widely and write what they own
// (C-17); managers read and change their team's, directors and management all;
// the other departments read, and may note a contact that they had.
var table = map[auth.Role]rights{
	auth.Salesperson: {LeadRead: Mates, LeadCreate: All, LeadChange: Own, LeadConvert: Own, FollowUp: Mates, FirstContact: Own,
		DealRead: Mates, DealOpen: Own, DealChange: Own, DealMove: Own, DealQuote: Own, Board: Own, Import: None,
		OwnerRead: All, OwnerChange: Own, PoolRead: All, PoolClaim: Own,
		Request: Own, HandOver: Own, Accept: Own, Cancel: Own, Holdings: Own, QueueRead: Own},
	auth.AccountManager: {LeadRead: All, LeadCreate: All, LeadChange: Own, LeadConvert: Own, FollowUp: All, FirstContact: Own,
		DealRead: All, DealOpen: Own, DealChange: Own, DealMove: Own, DealQuote: Own, Board: Own,
		OwnerRead: All, OwnerChange: Own, PoolRead: All, PoolClaim: Own,
		Request: Own, HandOver: Own, Accept: Own, Cancel: Own, Holdings: Own, QueueRead: Own},
	auth.SalesManager: {LeadRead: Team, LeadCreate: All, LeadChange: Team, LeadAssign: Team, LeadConvert: Team, FollowUp: All, FirstContact: Team,
		DealRead: Team, DealOpen: Team, DealChange: Team, DealMove: Team, DealQuote: Team, Intervene: Team, Board: Team, Import: All,
		OwnerRead: All, OwnerChange: Team, PoolRead: All, PoolClaim: Own,
		Request: Team, Approve: Team, HandOver: Team, Accept: Own, Cancel: Team, Holdings: Team, QueueRead: Team},
	auth.SalesDirector: seniorRights(),
	auth.Management:    seniorRights(),
	auth.Marketing: {LeadRead: All, LeadCreate: All, LeadAssign: All, FollowUp: All, FirstContact: Own, DealRead: All, Import: All,
		OwnerRead: All, PoolRead: All, FormRead: All, FormChange: All},
	auth.Service:        servingRights(),
	auth.Success:        servingRights(),
	auth.Implementation: servingRights(),
	auth.Operations:     {LeadRead: All, FollowUp: All, Capture: All, DealRead: All, OwnerRead: All, PoolRead: All},
	auth.Product:        {LeadRead: All, DealRead: All, OwnerRead: All, PoolRead: All},
	auth.Technical:      {LeadRead: All, FollowUp: All, Capture: All, DealRead: All, OwnerRead: All, PoolRead: All},
	auth.Administrator: {LeadRead: All, FollowUp: All, Capture: All, DealRead: All, Board: All, Import: All, OwnerRead: All, PoolRead: All, Holdings: All,
		FormRead: All, FormChange: All},
	auth.System: {LeadRead: All, FollowUp: All, Capture: All, DealRead: All, OwnerRead: All, Effect: All},
}

func seniorRights() rights {
	return rights{LeadRead: All, LeadCreate: All, LeadChange: All, LeadAssign: All, LeadConvert: All, FollowUp: All, FirstContact: All,
		DealRead: All, DealOpen: All, DealChange: All, DealMove: All, DealQuote: All, Intervene: All, Board: All, Import: All,
		OwnerRead: All, OwnerChange: All, PoolRead: All, PoolClaim: Own,
		Request: All, Approve: All, HandOver: All, Accept: Own, Cancel: All, Holdings: All, QueueRead: All, FormRead: All, FormChange: All}
}

func servingRights() rights {
	return rights{LeadRead: All, LeadCreate: All, FollowUp: All, FirstContact: Own, DealRead: All, OwnerRead: All, PoolRead: All}
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

// May answers whether the caller may do the action to a thing of owner; the
// error names the rule that refused. An empty owner is the public pool.
func (g Guard) May(ctx context.Context, a Action, owner string) error {
	p := auth.From(ctx)
	scope := ScopeOf(p, a)
	if g.within(scope, p.ID, owner) {
		return nil
	}
	return refusal(a, scope)
}

// MayAtAll answers whether the caller may do the action to anything.
func (g Guard) MayAtAll(ctx context.Context, a Action) error {
	if ScopeOf(auth.From(ctx), a) == None {
		return refusal(a, None)
	}
	return nil
}

func (g Guard) within(scope Scope, person, owner string) bool {
	switch {
	case scope == All:
		return true
	case scope == None:
		return false
	case owner == "":
		return scope >= Mates
	case g.Owns(person, owner):
		return true
	case scope == Mates:
		return g.mates(person, owner)
	}
	return scope == Team && g.People.Leads(person, owner)
}

// Owns tells whether a person is the owner or stands in for the absent owner.
func (g Guard) Owns(person, owner string) bool {
	return owner != "" && (person == owner || g.People.Delegate(owner, g.Clock()) == person)
}

// mates tells whether two persons are of one team or have one supervisor.
func (g Guard) mates(a, b string) bool {
	p, known := g.People.Person(a)
	q, known2 := g.People.Person(b)
	return known && known2 && (p.Team != "" && p.Team == q.Team || p.Supervisor != "" && p.Supervisor == q.Supervisor)
}

var scopeNames = map[Scope]struct{ id, zh, en string }{
	None:  {"none", "您的角色不能做这件事", "your role does not allow this"},
	Own:   {"own", "只能对自己负责的做这件事", "you may do this only to what you are responsible for"},
	Mates: {"mates", "只能对本团队的做这件事", "you may do this only within your team"},
	Team:  {"team", "只能对下属负责的做这件事", "you may do this only to what you or people below you are responsible for"},
}

func refusal(a Action, s Scope) error {
	n := scopeNames[s]
	return &problem.Error{Code: problem.Forbidden, Rule: string(a) + ":" + n.id, Text: lang.T(n.zh, n.en)}
}
