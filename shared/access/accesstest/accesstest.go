// Package accesstest holds a service's permission table against the matrix that
// the service expects: every action of every role in every relation.
package accesstest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// columns are the roles by their names in a matrix.
var columns = map[string]auth.Role{"sales": auth.Salesperson, "acct": auth.AccountManager, "mgr": auth.SalesManager, "dir": auth.SalesDirector,
	"mgmt": auth.Management, "mkt": auth.Marketing, "svc": auth.Service, "succ": auth.Success, "impl": auth.Implementation, "ops": auth.Operations,
	"prod": auth.Product, "tech": auth.Technical, "admin": auth.Administrator, "system": auth.System}

// Me is the caller whom the matrix is about.
const Me = "me"

// People are those whom Me may stand to: boss above, mate in the same team, peer
// under the same boss in another team, below and deeper in the tree under Me,
// stranger, and away, whose delegate Me is for an hour from the instant.
func People(at instant.Time) *directory.Directory {
	return directory.Of(
		catalogue.Person{ID: "boss", Active: true},
		catalogue.Person{ID: Me, Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "mate", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "peer", Active: true, Team: "centre", Supervisor: "boss"},
		catalogue.Person{ID: "below", Active: true, Team: "south", Supervisor: Me},
		catalogue.Person{ID: "deeper", Active: true, Team: "south-1", Supervisor: "below"},
		catalogue.Person{ID: "stranger", Active: true, Team: "west", Supervisor: "other"},
		catalogue.Person{ID: "away", Active: true, Team: "north", Supervisor: "other",
			Absences: []catalogue.Absence{{ID: "a", From: at, To: at.Add(time.Hour), Delegate: Me}}})
}

// Relation is how Me stands to a thing, with the letters of the scopes that reach it.
type Relation[T any] struct {
	Name, Reached string
	Thing         T
}

// Matrix is what a service expects.
type Matrix[A ~string, T any] struct {
	// Cells has a row for each action and a column for each role, in any order of
	// roles: - nothing, o own, m team mates', t of those below, a all.
	Cells     string
	Actions   []A
	Relations []Relation[T]
	May       func(p auth.Principal, a A, thing T) error
	MayAtAll  func(p auth.Principal, a A) error
}

// Check fails the test where the answers differ from the matrix, where a refusal
// does not name its rule, and where a role or an action has no cell.
func (m Matrix[A, T]) Check(t *testing.T) {
	t.Helper()
	rows := strings.Split(strings.TrimSpace(m.Cells), "\n")
	roles := header(t, strings.Fields(rows[0]))
	if rows = rows[1:]; len(rows) != len(m.Actions) {
		t.Fatalf("%d actions, %d rows", len(m.Actions), len(rows))
	}
	for i, row := range rows {
		cells := strings.Fields(row)
		if cells[0] != string(m.Actions[i]) || len(cells) != len(roles)+1 {
			t.Fatalf("row %q is not that of %s", row, m.Actions[i])
		}
		for j, role := range roles {
			m.check(t, auth.Principal{ID: Me, Roles: []auth.Role{role}}, m.Actions[i], cells[j+1])
		}
		m.check(t, auth.Principal{ID: Me}, m.Actions[i], "-") // without any role
	}
}

// header gives the roles of the columns, which are all roles that exist.
func header(t *testing.T, names []string) []auth.Role {
	t.Helper()
	var roles []auth.Role
	for _, n := range names {
		roles = append(roles, columns[n])
	}
	all := append(slices.Clone(auth.Roles), auth.System)
	slices.Sort(all)
	if got := slices.Sorted(slices.Values(roles)); !slices.Equal(got, all) {
		t.Fatalf("the columns %v are not the roles %v", got, all)
	}
	return roles
}

func (m Matrix[A, T]) check(t *testing.T, p auth.Principal, a A, cell string) {
	t.Helper()
	if len(cell) != 1 || !strings.Contains("-omta", cell) {
		t.Fatalf("%s of %v: %q is no scope", a, p.Roles, cell)
	}
	for _, r := range m.Relations {
		err := m.May(p, a, r.Thing)
		if want := strings.Contains(r.Reached, cell); (err == nil) != want {
			t.Errorf("%s of %v to what is %s: %v, want %v", a, p.Roles, r.Name, err, want)
		}
		if err != nil {
			named(t, string(a), err)
		}
	}
	if m.MayAtAll == nil {
		return
	}
	if err := m.MayAtAll(p, a); (err == nil) != (cell != "-") {
		t.Errorf("%s of %v at all: %v", a, p.Roles, err)
	}
}

func named(t *testing.T, action string, err error) {
	t.Helper()
	var e *problem.Error
	if !errors.As(err, &e) || e.Code != problem.Forbidden || !strings.HasPrefix(e.Rule, action) || e.Text.Zh == "" || e.Text.En == "" {
		t.Errorf("%s: the refusal names no rule: %v", action, err)
	}
}
