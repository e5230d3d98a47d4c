package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
)

const now = instant.Time(1_800_000_000_000)

func guard() access.Guard {
	return access.Guard{Clock: func() instant.Time { return now }, People: directory.Of(
		catalogue.Person{ID: "me", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "mate", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "junior", Active: true, Team: "south", Supervisor: "me"},
		catalogue.Person{ID: "stranger", Active: true, Team: "west", Supervisor: "other"},
		catalogue.Person{ID: "away", Active: true, Team: "west", Absences: []catalogue.Absence{{From: now - 1, To: now + 1, Delegate: "me"}}},
	)}
}

// The customers of the matrix, in the order of its letters.
var holders = []access.Holder{{Owner: "me"}, {Owner: "away"}, {Opener: "me"}, {Owner: "mate"}, {Pooled: true}, {Owner: "junior"}, {Owner: "stranger"}, {Opener: "stranger"}}

// Each row: role, action, and for every holder above whether it is allowed.
// C-17.
var matrix = map[auth.Role]map[access.Action]string{
	auth.Salesperson:    {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyynnn", access.Change: "yyynnnnn"},
	auth.AccountManager: {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy", access.Change: "yyynnnnn"},
	auth.SalesManager: {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyynn", access.Change: "yyyyyynn",
		access.MatchBatch: "yyyyyyyy"},
	auth.SalesDirector: {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy", access.Change: "yyyyyyyy",
		access.MatchBatch: "yyyyyyyy"},
	auth.Management: {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy", access.Change: "yyyyyyyy",
		access.MatchBatch: "yyyyyyyy"},
	auth.Marketing:      {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy", access.MatchBatch: "yyyyyyyy"},
	auth.Service:        {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy"},
	auth.Success:        {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy"},
	auth.Implementation: {access.LookUp: "yyyyyyyy", access.Create: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy"},
	auth.Operations:     {access.LookUp: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy"},
	auth.Product:        {access.LookUp: "yyyyyyyy", access.Search: "yyyyyyyy"},
	auth.Technical:      {access.LookUp: "yyyyyyyy", access.Search: "yyyyyyyy"},
	auth.Administrator:  {access.LookUp: "yyyyyyyy", access.Search: "yyyyyyyy", access.Read: "yyyyyyyy", access.MatchBatch: "yyyyyyyy"},
	auth.System: {access.Match: "yyyyyyyy", access.MatchBatch: "yyyyyyyy", access.LookUp: "yyyyyyyy", access.Search: "yyyyyyyy",
		access.Read: "yyyyyyyy"},
}

func TestMatrix(t *testing.T) {
	g := guard()
	for _, role := range append(auth.Roles, auth.System) {
		row, ok := matrix[role]
		if !ok {
			t.Errorf("no row for %s", role)
		}
		for _, action := range access.Actions {
			want := row[action]
			if want == "" {
				want = "nnnnnnnn"
			}
			for i, h := range holders {
				err := g.May(auth.Principal{ID: "me", Roles: []auth.Role{role}}, action, h)
				if (err == nil) != (want[i] == 'y') {
					t.Errorf("%s %s %+v: %v, want %c", role, action, h, err, want[i])
				}
			}
		}
	}
}

func TestWidestRoleDecides(t *testing.T) {
	p := auth.Principal{ID: "me", Roles: []auth.Role{auth.Technical, auth.SalesDirector}}
	if err := guard().May(p, access.Change, access.Holder{Owner: "stranger"}); err != nil {
		t.Error(err)
	}
	if err := guard().May(auth.Principal{ID: "me"}, access.LookUp, access.Holder{}); err == nil {
		t.Error("nobody's role may nothing")
	}
}
