package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
)

const now = instant.Time(1_800_000_000_000)

func guard() access.Guard {
	return access.New(accesstest.People(now), func() instant.Time { return now })
}

// C-17: who may do what, and to whose customers.
func TestMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
customer.match           -    -    -   -   -    -   -   -    -    -   -    -    -     a
customer.match_batch     -    -    a   a   a    a   -   -    -    -   -    -    a     a
customer.look_up         a    a    a   a   a    a   a   a    a    a   a    a    a     a
customer.create          a    a    a   a   a    a   a   a    a    -   -    -    -     -
customer.search          a    a    a   a   a    a   a   a    a    a   a    a    a     a
customer.read            m    a    t   a   a    a   a   a    a    a   -    -    a     a
customer.change          o    o    t   a   a    -   -   -    -    -   -    -    -     -
`, Actions: access.Actions, May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
		{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
		{Name: "an absent owner's", Reached: "omta", Thing: access.Holder{Owner: "away"}},
		{Name: "nobody's, opened by me", Reached: "omta", Thing: access.Holder{Opener: "me"}},
		{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
		{Name: "in the pool", Reached: "mta", Thing: access.Holder{Pooled: true}},
		{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
		{Name: "two below", Reached: "ta", Thing: access.Holder{Owner: "deeper"}},
		{Name: "of another team under the same superior", Reached: "a", Thing: access.Holder{Owner: "peer"}},
		{Name: "a superior's", Reached: "a", Thing: access.Holder{Owner: "boss"}},
		{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
		{Name: "nobody's, opened by a stranger", Reached: "a", Thing: access.Holder{Opener: "stranger"}},
	}}.Check(t)
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
