package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// who may record care and plan activities.
func TestCareMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
              sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
care.record    o     o    t   a   a    a   a   a    o    a   -    -    -     a
care.read      m     a    t   a   a    a   a   a    a    a   -    -    a     a
care.plan      -     -    -   a   a    a   -   a    -    a   -    -    -     -
`, Actions: access.CareActions, May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
		{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
		{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
		{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
		{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
	}}.Check(t)
}
