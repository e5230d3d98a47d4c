package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// who may tell what of whose customers.
func TestTimelineMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
timeline.append          m    a    t   a   a    a   a   a    a    a   -    -    a     a
timeline.unmatched       -    -    -   a   a    a   a   a    -    a   -    -    a     a
order.record             o    o    t   a   a    a   -   a    -    a   -    -    a     a
finding.list             o    a    t   a   a    a   a   a    a    a   -    -    a     a
finding.settle           o    o    t   a   a    -   -   a    -    a   -    -    -     -
`, Actions: []access.Action{access.TimelineAppend, access.Unmatched, access.OrderRecord, access.FindingList, access.FindingSettle},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
			{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
			{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
			{Name: "in the pool", Reached: "mta", Thing: access.Holder{Pooled: true}},
			{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
			{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
		}}.Check(t)
}
