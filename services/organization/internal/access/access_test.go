package access

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/problem"
)

// leads says that "boss" stands above "report", and nobody above anybody else.
func leads(person, other string) bool { return person == "boss" && other == "report" }

// The whole matrix: action × role × whom it concerns. What is not listed here is refused.
func TestMatrix(t *testing.T) {
	anyone := func(auth.Role) bool { return true }
	only := func(roles ...auth.Role) func(auth.Role) bool {
		return func(r auth.Role) bool { return slices.Contains(roles, r) }
	}
	admin := only(auth.Administrator)
	heads := only(auth.SalesDirector, auth.Management, auth.Administrator)
	nobody := only()
	for action, want := range map[Action]struct{ self, report, other, none func(auth.Role) bool }{
		ReadPeople:     {anyone, anyone, anyone, anyone},
		ReadContact:    {anyone, anyone, heads, heads},
		AddPerson:      {admin, admin, admin, admin},
		ChangePerson:   {admin, admin, admin, admin},
		ChangeSettings: {anyone, admin, admin, admin},
		SetPassword:    {anyone, admin, admin, admin},
		RecordAbsence:  {anyone, anyone, admin, admin},
		Deactivate:     {admin, admin, admin, admin},
		ChangeTeam:     {admin, admin, admin, admin},
		ReadPolicy:     {anyone, anyone, anyone, anyone},
		DraftPolicy:    {heads, heads, heads, heads},
		PublishPolicy:  {heads, heads, heads, heads},
	} {
		for _, role := range append(append([]auth.Role{}, auth.Roles...), auth.System, "") {
			p := auth.Principal{ID: "boss"}
			if role != "" {
				p.Roles = []auth.Role{role}
			}
			isPerson := role != "" && role != auth.System
			for whom, may := range map[string]func(auth.Role) bool{"boss": want.self, "report": want.report, "stranger": want.other, "": want.none} {
				if !isPerson {
					may = nobody
				}
				err := May(p, action, whom, leads)
				if (err == nil) != may(role) {
					t.Errorf("%s by %q on %q: %v", action, role, whom, err)
				}
				var refused *problem.Error
				if err != nil && (!errors.As(err, &refused) || refused.Code != problem.Forbidden || !strings.HasPrefix(refused.Rule, string(action)) || refused.Text.Zh == "" || refused.Text.En == "") {
					t.Errorf("%s by %q: the refusal does not say which rule: %v", action, role, err)
				}
			}
		}
	}
	if len(Actions()) != 12 {
		t.Errorf("%d actions, not all of them are in this matrix", len(Actions()))
	}
}

// Who has several roles may do what any of them may.
func TestRolesAddUp(t *testing.T) {
	p := auth.Principal{ID: "x", Roles: []auth.Role{auth.Salesperson, auth.Administrator}}
	if err := May(p, AddPerson, "", leads); err != nil {
		t.Error(err)
	}
}
