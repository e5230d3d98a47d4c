// Package access says who may do what in organization.
package access

import (
	"slices"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/problem"
)

// Action is something that somebody may or may not do.
type Action string

// The actions.
const (
	ReadPeople     Action = "people.read"         // names, teams, supervisors, who is away
	ReadContact    Action = "people.read_contact" // telephone, e-mail, reasons of absence
	AddPerson      Action = "people.add"
	ChangePerson   Action = "people.change"   // name, roles, team, supervisor …
	ChangeSettings Action = "people.settings" // language, zone
	SetPassword    Action = "people.set_password"
	RecordAbsence  Action = "people.absence"
	Deactivate     Action = "people.deactivate" // and take back
	ChangeTeam     Action = "teams.change"
	ReadPolicy     Action = "policy.read"
	DraftPolicy    Action = "policy.draft"
	PublishPolicy  Action = "policy.publish" // and go back to an earlier version
)

// scope says over whom a role may do it.
type scope int

const (
	own  scope = iota + 1 // oneself
	team                  // oneself and everybody below in the tree of supervisors
	all
)

// who lists the roles an action is open to; "everyone" is anybody signed in.
// The table is the whole truth: what is not in it is refused.
var table = map[Action]map[auth.Role]scope{
	ReadPeople:     {everyone: all},
	ReadContact:    {everyone: team, auth.SalesDirector: all, auth.Management: all, auth.Administrator: all},
	AddPerson:      {auth.Administrator: all},
	ChangePerson:   {auth.Administrator: all},
	ChangeSettings: {everyone: own, auth.Administrator: all},
	SetPassword:    {everyone: own, auth.Administrator: all},
	RecordAbsence:  {everyone: team, auth.Administrator: all},
	Deactivate:     {auth.Administrator: all},
	ChangeTeam:     {auth.Administrator: all},
	ReadPolicy:     {everyone: all},
	DraftPolicy:    {auth.SalesDirector: all, auth.Management: all, auth.Administrator: all},
	PublishPolicy:  {auth.SalesDirector: all, auth.Management: all, auth.Administrator: all},
}

// everyone stands for any role that a person can have.
const everyone auth.Role = "everyone"

// Leads tells whether a person stands above another in the tree of supervisors.
type Leads func(person, other string) bool

// May answers whether the principal may do it to the person (empty where it
// concerns nobody in particular): nil, or the rule that refused.
func May(p auth.Principal, a Action, person string, leads Leads) error {
	var widest scope
	for role, s := range table[a] {
		if role == everyone && isPerson(p) || role != everyone && p.Is(role) {
			widest = max(widest, s)
		}
	}
	switch {
	case widest == all,
		widest >= own && person == p.ID,
		widest == team && leads(p.ID, person):
		return nil
	case widest == own:
		return problem.Forbid(string(a)+".own", "只能对本人操作", "only for oneself")
	case widest == team:
		return problem.Forbid(string(a)+".team", "只能对本人和下级操作", "only for oneself and the people one leads")
	}
	return problem.Forbid(string(a), "所需角色："+roles(a), "takes one of the roles "+roles(a))
}

// isPerson tells people from Liuke's own processes, which have no business here.
func isPerson(p auth.Principal) bool { return p.Is(auth.Roles...) }

func roles(a Action) string {
	var out string
	for _, r := range auth.Roles {
		if _, ok := table[a][r]; ok {
			if out != "" {
				out += ", "
			}
			out += string(r)
		}
	}
	return out
}

// Actions lists every action, for the matrix in tests and documents.
func Actions() []Action {
	var out []Action
	for a := range table {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}
