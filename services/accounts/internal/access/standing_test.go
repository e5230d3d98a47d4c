package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// who sees where customers stand, who overrides the
// computed state, and who reviews the list of those at risk.
func TestStandingMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
standing.read            m    a    t   a   a    a   a   a    a    a   a    -    a     a
standing.assess          o    a    t   a   a    -   a   a    -    -   -    -    a     a
standing.override        -    o    t   a   a    -   -   a    -    -   -    -    -     -
standing.review          -    -    a   a   a    -   -   a    -    -   -    -    -     -
standing.score           -    -    -   -   -    -   -   -    -    -   -    -    a     a
`, Actions: []access.Action{access.StandingRead, access.StandingAssess, access.StandingOverride, access.StandingReview, access.StandingScore},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: customers}.Check(t)
}
