package access_test

import (
	"context"
	"testing"
	"time"

	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"

	"liuke.dev/services/leads/internal/access"
)

var now = instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))

func as(p auth.Principal) context.Context { return auth.With(context.Background(), p) }

// What each role may do, and to whose things (R-159, C-17).
func TestMatrix(t *testing.T) {
	guard := access.New(accesstest.People(now), func() instant.Time { return now })
	accesstest.Matrix[access.Action, string]{Cells: `
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
ownership.undo        -    -    t   a   a    -   -   -    -    -   -    -    -     -
pool.read             a    a    a   a   a    a   a   a    a    a   a    a    a     -
pool.claim            o    o    o   o   o    -   -   -    -    -   -    -    -     -
transfer.request      o    o    t   a   a    -   -   -    -    -   -    -    -     a
transfer.approve      -    -    t   a   a    -   -   -    -    -   -    -    -     -
transfer.hand_over    o    o    t   a   a    -   -   -    -    -   -    -    -     -
transfer.accept       o    o    o   o   o    -   -   -    -    -   -    -    -     -
transfer.cancel       o    o    t   a   a    -   -   -    -    -   -    -    -     -
holdings.read         o    o    t   a   a    -   -   -    -    -   -    -    a     -
queue.read            o    o    t   a   a    -   -   -    -    -   -    -    -     -
form.read             -    -    -   a   a    a   -   -    -    -   -    -    a     -
form.change           -    -    -   a   a    a   -   -    -    -   -    -    a     -
effect                -    -    -   -   -    -   -   -    -    -   -    -    -     a
`, Actions: access.Actions,
		May:      func(p auth.Principal, a access.Action, owner string) error { return guard.May(as(p), a, owner) },
		MayAtAll: func(p auth.Principal, a access.Action) error { return guard.MayAtAll(as(p), a) },
		Relations: []accesstest.Relation[string]{
			{Name: "own", Reached: "omta", Thing: "me"},
			{Name: "an absent owner's", Reached: "omta", Thing: "away"}, // me is the delegate
			{Name: "a team mate's", Reached: "ma", Thing: "mate"},
			{Name: "of another team under the same superior", Reached: "ma", Thing: "peer"},
			{Name: "a subordinate's", Reached: "ta", Thing: "below"},
			{Name: "two below", Reached: "ta", Thing: "deeper"},
			{Name: "a stranger's", Reached: "a", Thing: "stranger"},
			{Name: "a superior's", Reached: "a", Thing: "boss"},
			{Name: "in the pool", Reached: "mta", Thing: ""},
		}}.Check(t)
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
	guard := access.New(accesstest.People(now), func() instant.Time { return at })
	both := as(auth.Principal{ID: "me", Roles: []auth.Role{auth.Product, auth.Salesperson}})
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
