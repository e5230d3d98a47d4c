// Package access says who may do what in organization.
package access

import (
	"liuke.dev/shared/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/lang"
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

// Actions lists all actions in the order of the table.
var Actions = []Action{ReadPeople, ReadContact, AddPerson, ChangePerson, ChangeSettings, SetPassword, RecordAbsence, Deactivate, ChangeTeam,
	ReadPolicy, DraftPolicy, PublishPolicy}

// The scopes: over oneself, over oneself and everybody below in the tree of supervisors, over all.
const (
	own, team, all = access.Own, access.Team, access.All
)

type rights = access.Rights[Action]

// table is who may do what; "everyone" is anybody who works here, which Liuke's own
// processes do not. It is the whole truth: what is not in it is refused.
var table = access.Table[Action]{Texts: texts, Rights: map[auth.Role]rights{
	access.Everyone: {ReadPeople: all, ReadContact: team, ChangeSettings: own, SetPassword: own, RecordAbsence: team, ReadPolicy: all},

	auth.SalesDirector: {ReadContact: all, DraftPolicy: all, PublishPolicy: all},
	auth.Management:    {ReadContact: all, DraftPolicy: all, PublishPolicy: all},
	auth.Administrator: {ReadContact: all, AddPerson: all, ChangePerson: all, ChangeSettings: all, SetPassword: all, RecordAbsence: all,
		Deactivate: all, ChangeTeam: all, DraftPolicy: all, PublishPolicy: all},
}}

// Leads tells whether a person stands above another in the tree of supervisors.
type Leads func(person, other string) bool

// May answers whether the principal may do it to the person (empty where it
// concerns nobody in particular): nil, or the rule that refused. A delegate is not
// the person: nobody sets another's password for being away.
func May(p auth.Principal, a Action, person string, leads Leads) error {
	return table.May(p, a, func(s access.Scope) bool { return person == p.ID || s == team && leads(p.ID, person) })
}

var texts = map[access.Scope]lang.Text{
	own:  lang.T("只能对本人操作", "only for oneself"),
	team: lang.T("只能对本人和下级操作", "only for oneself and the people one leads"),
}
