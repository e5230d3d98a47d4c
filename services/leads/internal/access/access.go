// Package access holds the one permission table of services/leads: which role
// may do what, to whose leads, deals and customers.
package access

import (
	"context"

	"liuke.dev/shared/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Scope says over whose things a role may do an action.
type Scope = access.Scope

// The scopes. Team mates are also those with the same supervisor; a team is
// oneself and those below, without the mates; the public pool is in both.
const (
	None, Own, Mates, Team, All = access.None, access.Own, access.Mates, access.Team, access.All
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
	OwnerUndo    Action = "ownership.undo"   // take the last change of owner back
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
	DealQuote, Intervene, Board, Import, OwnerRead, OwnerChange, OwnerUndo, PoolRead, PoolClaim, Request, Approve, HandOver, Accept, Cancel, Holdings, QueueRead,
	FormRead, FormChange, Effect}

type rights = access.Rights[Action]

// table is who may do what. Selling roles read widely and write what they own
// (C-17); managers read and change their team's, directors and management all;
// the other departments read, and may note a contact that they had.
var table = access.Table[Action]{Joint: ":", Texts: texts, Rights: map[auth.Role]rights{
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
		OwnerRead: All, OwnerChange: Team, OwnerUndo: Team, PoolRead: All, PoolClaim: Own,
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
	auth.System: {Request: All, LeadRead: All, FollowUp: All, Capture: All, DealRead: All, OwnerRead: All, Effect: All},
}}

func seniorRights() rights {
	return rights{LeadRead: All, LeadCreate: All, LeadChange: All, LeadAssign: All, LeadConvert: All, FollowUp: All, FirstContact: All,
		DealRead: All, DealOpen: All, DealChange: All, DealMove: All, DealQuote: All, Intervene: All, Board: All, Import: All,
		OwnerRead: All, OwnerChange: All, OwnerUndo: All, PoolRead: All, PoolClaim: Own,
		Request: All, Approve: All, HandOver: All, Accept: Own, Cancel: All, Holdings: All, QueueRead: All, FormRead: All, FormChange: All}
}

func servingRights() rights {
	return rights{LeadRead: All, LeadCreate: All, FollowUp: All, FirstContact: Own, DealRead: All, OwnerRead: All, PoolRead: All}
}

// Guard answers by the table.
type Guard struct{ access.Relations }

// New makes the guard.
func New(people *directory.Directory, clock instant.Clock) Guard {
	return Guard{access.Relations{People: people, Clock: clock}}
}

// ScopeOf gives the widest scope that any role of the principal gives.
func ScopeOf(p auth.Principal, a Action) Scope { return table.ScopeOf(p, a) }

// May answers whether the caller may do the action to a thing of owner; the
// error names the rule that refused. An empty owner is the public pool.
func (g Guard) May(ctx context.Context, a Action, owner string) error {
	p := auth.From(ctx)
	return table.May(p, a, func(s Scope) bool {
		switch {
		case owner == "":
			return s >= Mates
		case g.Owns(p.ID, owner):
			return true
		case s == Mates:
			return g.Mates(p.ID, owner) || g.colleagues(p.ID, owner)
		}
		return s == Team && g.People.Leads(p.ID, owner)
	})
}

// MayAtAll answers whether the caller may do the action to anything.
func (g Guard) MayAtAll(ctx context.Context, a Action) error {
	return table.MayAtAll(auth.From(ctx), a)
}

// colleagues tells whether two persons have one supervisor.
func (g Guard) colleagues(a, b string) bool {
	p, _ := g.People.Person(a)
	q, _ := g.People.Person(b)
	return p.Supervisor != "" && p.Supervisor == q.Supervisor
}

var texts = map[Scope]lang.Text{
	None:  lang.T("您的角色不能做这件事", "your role does not allow this"),
	Own:   lang.T("只能对自己负责的做这件事", "you may do this only to what you are responsible for"),
	Mates: lang.T("只能对本团队的做这件事", "you may do this only within your team"),
	Team:  lang.T("只能对下属负责的做这件事", "you may do this only to what you or people below you are responsible for"),
}
