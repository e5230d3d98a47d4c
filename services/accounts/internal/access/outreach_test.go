package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// D-9, R-159: who may contact whose customers; only journeys send on their own.
func TestOutreachMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
outreach.reach           -    -    -   -   -    -   -   -    -    -   -    -    -     a
outreach.cancel          -    -    -   -   -    -   -   -    -    -   -    -    -     a
outreach.plan            o    a    t   a   a    a   a   a    a    a   -    -    -     -
outreach.withdraw        o    o    t   a   a    -   -   a    -    a   -    -    -     -
outreach.read            m    a    t   a   a    a   a   a    a    a   -    -    a     a
contact_budget.read      m    a    t   a   a    a   a   a    a    a   a    a    a     a
contact_budget.reserve   m    a    t   a   a    a   a   a    a    a   a    a    -     -
`, Actions: []access.Action{access.OutreachReach, access.OutreachCancel, access.OutreachPlan, access.OutreachWithdraw, access.OutreachRead,
		access.BudgetRead, access.BudgetReserve},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
			{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
			{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
			{Name: "in the pool", Reached: "mta", Thing: access.Holder{Pooled: true}},
			{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
			{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
		}}.Check(t)
}
