// Package access holds the permission table of services/insights: whose figures a
// role may see. What explains the work (why, journeys, the ledger) is everybody's.
package access

import (
	"liuke.dev/shared/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Action that the table rules.
type Action string

// LateRecords is to see how punctually somebody records, Outages what
// became of promises while the program was down.
const (
	LateRecords Action = "late_records.read"
	Performance Action = "performance.read" // figures for performance reviews
	Outages     Action = "outages.read"

	Learning Action = "learning.read"    // proposals of the health score, their figures and shadow scores (D-8)
	Propose  Action = "learning.propose" // learn one, run it in shadow, reject it
	Approve  Action = "learning.approve" // approve one that ran in shadow
)

// Actions lists all actions in the order of the table.
var Actions = []Action{LateRecords, Performance, Outages, Learning, Propose, Approve}

type rights = access.Rights[Action]

// table is who may see what. Figures about a person are for the person, for those
// above, and for who answers for all of sales.
var table = access.Table[Action]{Texts: texts, Rights: map[auth.Role]rights{
	access.Everyone:    {LateRecords: access.Own, Performance: access.Own},
	auth.SalesManager:  {LateRecords: access.Team, Performance: access.Team, Outages: access.All},
	auth.SalesDirector: {LateRecords: access.All, Performance: access.All, Outages: access.All, Learning: access.All, Propose: access.All, Approve: access.All},
	auth.Management:    {LateRecords: access.All, Performance: access.All, Outages: access.All, Learning: access.All, Propose: access.All, Approve: access.All},
	auth.Success:       {Learning: access.All, Propose: access.All},
	auth.Operations:    {Learning: access.All},
	auth.Administrator: {Outages: access.All, Learning: access.All},
	auth.System:        {Outages: access.All}, // the operator's command line
}}

// Guard answers by the table.
type Guard struct{ access.Relations }

// New makes the guard.
func New(people *directory.Directory, clock instant.Clock) Guard {
	return Guard{access.Relations{People: people, Clock: clock}}
}

// May tells whether the principal may do the action to what is about a person; the
// error names the rule that refused.
func (g Guard) May(p auth.Principal, a Action, person string) error {
	return table.May(p, a, func(s access.Scope) bool { return g.Covers(s, p.ID, person) })
}

// Reached gives those of these people to whom the principal may do the action; the
// error names the rule where it is nobody whatever.
func (g Guard) Reached(p auth.Principal, a Action, people []string) ([]string, error) {
	if err := table.May(p, a, func(access.Scope) bool { return true }); err != nil {
		return nil, err
	}
	scope := table.ScopeOf(p, a)
	var out []string
	for _, id := range people {
		if g.Covers(scope, p.ID, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

var texts = map[access.Scope]lang.Text{
	access.None: lang.T("您的角色不能查看此报表", "Your roles do not show this report"),
	access.Own:  lang.T("您只能查看本人的数据", "You may see your own figures only"),
	access.Team: lang.T("您只能查看本人及下属的数据", "You may see the figures of yourself and of those below only"),
}
