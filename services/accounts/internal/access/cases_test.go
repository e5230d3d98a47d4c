package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// anybody who hears a customer may open a case; who answers
// customers works on all, others on their own.
func TestCaseMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
              sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
case.open      a     a    a   a   a    a   a   a    a    a   a    a    -     a
case.read      m     a    t   a   a    o   a   a    a    a   a    o    a     a
case.work      o     o    t   a   a    o   a   a    o    o   o    o    -     a
case.assign    o     o    t   a   a    o   a   a    o    o   o    o    -     a
case.decide    -     -    t   a   a    -   o   o    -    -   a    -    -     -
case.invite    a     a    a   a   a    a   a   a    -    a   -    -    a     -
case.effect    -     -    -   -   -    -   -   -    -    -   -    -    -     a
`, Actions: access.CaseActions, May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
		{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
		{Name: "an absent owner's", Reached: "omta", Thing: access.Holder{Owner: "away"}},
		{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
		{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
		{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
	}}.Check(t)
}
