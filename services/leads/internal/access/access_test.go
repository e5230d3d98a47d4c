package access_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/access"
)

var now = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

// matrix says what each role may do (R-159, C-17): - nothing, o own, m own and
// team mates', t own and those below, a all.
const matrix = `
                    sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
lead.read             m    a    t   a   a    a   a   a    a    a   a    a    a     a
lead.create           a    a    a   a   a    a   a   a    a    -   -    -    -     -
lead.change           o    o    t   a   a    -   -   -    -    -   -    -    -     -
lead.assign           -    -    t   a   a    a   -   -    -    -   -    -    -     -
lead.convert          o    o    t   a   a    -   -   -    -    -   -    -    -     -
follow_up             m    a    a   a   a    a   a   a    a    a   -    a    a     a
follow_up.capture     -    -    -   -   -    -   -   -    -    a   -    a    a     a
first_contact         o    o    t   a   a    o   o   o    o    -   -    -    -     -
deal.read             m    a    t   a   a    a   a   a    a    a   a    a    a     a
deal.open             o    o    t   a   a    -   -   -    -    -   -    -    -     -
deal.change           o    o    t   a   a    -   -   -    -    -   -    -    -     -
deal.move             o    o    t   a   a    -   -   -    -    -   -    -    -     -
deal.quote            o    o    t   a   a    -   -   -    -    -   -    -    -     -
deal.intervene        -    -    t   a   a    -   -   -    -    -   -    -    -     -
board.read            o    o    t   a   a    -   -   -    -    -   -    -    a     -
import                -    -    a   a   a    a   -   -    -    -   -    -    a     -
ownership.read        a    a    a   a   a    a   a   a    a    a   a    a    a     a
ownership.change      o    o    t   a   a    -   -   -    -    -   -    -    -     -
pool.read             a    a    a   a   a    a   a   a    a    a   a    a    a     -
pool.claim            o    o    o   o   o    -   -   -    -    -   -    -    -     -
transfer.request      o    o    t   a   a    -   -   -    -    -   -    -    -     -
transfer.approve      -    -    t   a   a    -   -   -    -    -   -    -    -     -
transfer.hand_over    o    o    t   a   a    -   -   -    -    -   -    -    -     -
transfer.accept       o    o    o   o   o    -   -   -    -    -   -    -    -     -
transfer.cancel       o    o    t   a   a    -   -   -    -    -   -    -    -     -
holdings.read         o    o    t   a   a    -   -   -    -    -   -    -    a     -
queue.read            o    o    t   a   a    -   -   -    -    -   -    -    -     -
form.read             -    -    -   a   a    a   -   -    -    -   -    -    a     -
form.change           -    -    -   a   a    a   -   -    -    -   -    -    a     -
effect                -    -    -   -   -    -   -   -    -    -   -    -    -     a
`

var roles = []auth.Role{auth.Salesperson, auth.AccountManager, auth.SalesManager, auth.SalesDirector, auth.Management, auth.Marketing, auth.Service, auth.Success,
	auth.Implementation, auth.Operations, auth.Product, auth.Technical, auth.Administrator, auth.System}

// owners are what somebody's relation to a thing's owner can be, and which scopes reach it.
var owners = map[string]struct{ owner, scopes string }{
	"own":            {"me", "omta"},
	"absent owner's": {"away", "omta"}, // me is the delegate
	"team mate's":    {"mate", "ma"},
	"subordinate's":  {"below", "ta"},
	"two below":      {"deeper", "ta"},
	"stranger's":     {"stranger", "a"},
	"superior's":     {"boss", "a"},
	"in the pool":    {"", "mta"},
}

func people() *directory.Directory {
	return directory.Of(
		catalogue.Person{ID: "boss", Active: true},
		catalogue.Person{ID: "me", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "mate", Active: true, Team: "east", Supervisor: "boss"},
		catalogue.Person{ID: "below", Active: true, Team: "south", Supervisor: "me"},
		catalogue.Person{ID: "deeper", Active: true, Team: "south-1", Supervisor: "below"},
		catalogue.Person{ID: "stranger", Active: true, Team: "west", Supervisor: "other"},
		catalogue.Person{ID: "away", Active: true, Team: "north", Supervisor: "other",
			Absences: []catalogue.Absence{{ID: "a", From: now.Add(-time.Hour), To: now.Add(time.Hour), Delegate: "me"}}})
}

// The full matrix: every role, every action, every relation to the owner.
func TestMatrix(t *testing.T) {
	guard := access.Guard{People: people(), Clock: func() instant.Time { return now }}
	rows := strings.Split(strings.TrimSpace(matrix), "\n")[1:]
	if len(rows) != len(access.Actions) {
		t.Fatalf("%d actions, %d rows", len(access.Actions), len(rows))
	}
	checked := 0
	for i, row := range rows {
		cells := strings.Fields(row)
		if cells[0] != string(access.Actions[i]) || len(cells) != len(roles)+1 {
			t.Fatalf("row %q is not that of %s", row, access.Actions[i])
		}
		for j, role := range roles {
			ctx := auth.With(context.Background(), auth.Principal{ID: "me", Roles: []auth.Role{role}})
			for name, o := range owners {
				err := guard.May(ctx, access.Actions[i], o.owner)
				if want := strings.Contains(o.scopes, cells[j+1]); (err == nil) != want {
					t.Errorf("%s of %s to what is %s: %v, want %v", access.Actions[i], role, name, err, want)
				}
				checked++
				var e *problem.Error
				if err != nil && (!errors.As(err, &e) || e.Code != problem.Forbidden || !strings.HasPrefix(e.Rule, cells[0]+":") || e.Text.Zh == "" || e.Text.En == "") {
					t.Errorf("the refusal names no rule: %v", err)
				}
			}
			if err := guard.MayAtAll(ctx, access.Actions[i]); (err == nil) != (cells[j+1] != "-") {
				t.Errorf("%s of %s at all: %v", access.Actions[i], role, err)
			}
		}
	}
	if want := len(rows) * len(roles) * len(owners); checked != want {
		t.Errorf("%d of %d checked", checked, want)
	}
}

// Every role of R-159 stands in the matrix.
func TestEveryRoleIsRuled(t *testing.T) {
	for _, r := range auth.Roles {
		if access.ScopeOf(auth.Principal{ID: "x", Roles: []auth.Role{r}}, access.LeadRead) == access.None {
			t.Errorf("%s may not even read", r)
		}
	}
	if access.ScopeOf(auth.Principal{}, access.LeadRead) != access.None {
		t.Error("nobody may read")
	}
}

// Somebody with two roles may do what either allows; a delegate only while the owner is away.
func TestRolesAddUpAndDelegatesEnd(t *testing.T) {
	at := now
	guard := access.Guard{People: people(), Clock: func() instant.Time { return at }}
	both := auth.With(context.Background(), auth.Principal{ID: "me", Roles: []auth.Role{auth.Product, auth.Salesperson}})
	if err := guard.May(both, access.LeadChange, "me"); err != nil {
		t.Error(err)
	}
	if err := guard.May(both, access.LeadChange, "away"); err != nil {
		t.Error(err)
	}
	at = now.Add(time.Hour)
	if guard.May(both, access.LeadChange, "away") == nil {
		t.Error("a delegate acts after the owner is back")
	}
}
