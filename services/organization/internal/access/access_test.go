package access

import (
	"testing"

	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
)

// leads says that "me" stands above "report", and nobody above anybody else.
func leads(person, other string) bool { return person == "me" && other == "report" }

// action × role × whom it concerns.
func TestMatrix(t *testing.T) {
	accesstest.Matrix[Action, string]{Cells: `
                      sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
people.read             a    a    a   a   a    a   a   a    a    a   a    a    a     -
people.read_contact     t    t    t   a   a    t   t   t    t    t   t    t    a     -
people.add              -    -    -   -   -    -   -   -    -    -   -    -    a     -
people.change           -    -    -   -   -    -   -   -    -    -   -    -    a     -
people.settings         o    o    o   o   o    o   o   o    o    o   o    o    a     -
people.set_password     o    o    o   o   o    o   o   o    o    o   o    o    a     -
people.absence          t    t    t   t   t    t   t   t    t    t   t    t    a     -
people.deactivate       -    -    -   -   -    -   -   -    -    -   -    -    a     -
teams.change            -    -    -   -   -    -   -   -    -    -   -    -    a     -
policy.read             a    a    a   a   a    a   a   a    a    a   a    a    a     -
policy.draft            -    -    -   a   a    -   -   -    -    -   -    -    a     -
policy.publish          -    -    -   a   a    -   -   -    -    -   -    -    a     -
`, Actions: Actions, May: func(p auth.Principal, a Action, person string) error { return May(p, a, person, leads) },
		Relations: []accesstest.Relation[string]{
			{Name: "oneself", Reached: "ota", Thing: "me"},
			{Name: "somebody below", Reached: "ta", Thing: "report"},
			{Name: "somebody else", Reached: "a", Thing: "stranger"},
			{Name: "nobody in particular", Reached: "a", Thing: ""},
		}}.Check(t)
	if len(Actions) != 12 {
		t.Errorf("%d actions, not all of them are in this matrix", len(Actions))
	}
}

// Who has several roles may do what any of them may.
func TestRolesAddUp(t *testing.T) {
	p := auth.Principal{ID: "x", Roles: []auth.Role{auth.Salesperson, auth.Administrator}}
	if err := May(p, AddPerson, "", leads); err != nil {
		t.Error(err)
	}
}
