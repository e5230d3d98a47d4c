// Package access decides what a caller may do: the widest scope that the caller's
// roles give for an action, held against how the caller stands to who answers for
// the thing. Which role may do what is each service's own table.
package access

import (
	"strings"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Scope says over whose things a role may do an action.
type Scope int

// The scopes, each wider than the one before it.
const (
	None  Scope = iota
	Own         // one's own, and those of an absent owner whose delegate one is
	Mates       // those of one's team mates
	Team        // those of everybody below one in the tree of supervisors
	All
)

// String gives the scope as the names of rules have it.
func (s Scope) String() string { return [...]string{"none", "own", "mates", "team", "all"}[s] }

// Everyone stands, in a table, for any role that a person can have.
const Everyone auth.Role = "everyone"

// Rights says for each action how far a role reaches; what is not in it is refused.
type Rights[A ~string] map[A]Scope

// Table is the permission table of one service.
type Table[A ~string] struct {
	Rights map[auth.Role]Rights[A]
	Texts  map[Scope]lang.Text // what the scope allows, for who is refused; without one of None the roles are named that it takes
	Joint  string              // between action and scope in the name of the rule that refused; a dot unless told
}

// Join makes one table of several parts; where two speak of one action, the wider scope holds.
func Join[A ~string](parts ...map[auth.Role]Rights[A]) map[auth.Role]Rights[A] {
	all := map[auth.Role]Rights[A]{}
	for _, part := range parts {
		for role, rights := range part {
			if all[role] == nil {
				all[role] = Rights[A]{}
			}
			for a, s := range rights {
				all[role][a] = max(all[role][a], s)
			}
		}
	}
	return all
}

// ScopeOf gives the widest scope that any role of the principal gives.
func (t Table[A]) ScopeOf(p auth.Principal, a A) Scope {
	best := None
	for _, r := range p.Roles {
		best = max(best, t.Rights[r][a])
	}
	if p.Is(auth.Roles...) {
		best = max(best, t.Rights[Everyone][a])
	}
	return best
}

// May tells whether the principal may do the action to a thing that these scopes
// cover; the error names the rule that refused.
func (t Table[A]) May(p auth.Principal, a A, covers func(Scope) bool) error {
	scope := t.ScopeOf(p, a)
	if scope == All || scope != None && covers(scope) {
		return nil
	}
	return t.refusal(a, scope)
}

// MayAtAll tells whether the principal may do the action to anything.
func (t Table[A]) MayAtAll(p auth.Principal, a A) error {
	return t.May(p, a, func(Scope) bool { return true })
}

func (t Table[A]) refusal(a A, s Scope) error {
	text, told := t.Texts[s]
	if !told {
		roles := t.roles(a)
		return problem.Forbid(string(a), "所需角色："+roles, "takes one of the roles "+roles)
	}
	joint := t.Joint
	if joint == "" {
		joint = "."
	}
	return problem.Forbid(string(a)+joint+s.String(), text.Zh, text.En)
}

func (t Table[A]) roles(a A) string {
	var able []string
	for _, r := range auth.Roles {
		if t.Rights[r][a] != None {
			able = append(able, string(r))
		}
	}
	return strings.Join(able, ", ")
}
