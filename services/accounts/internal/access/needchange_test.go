package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// who may request and decide about a change of whose needs.
func TestNeedChangeMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                     sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
need_change.request    o    o    t   a   a    a   a   a    a    a   -    -    -     -
need_change.approve    -    -    t   a   a    -   -   -    -    -   -    -    -     -
need_change.cancel     -    -    t   a   a    -   -   -    -    -   -    -    -     -
need_change.expire     -    -    -   -   -    -   -   -    -    -   -    -    -     a
`, Actions: []access.Action{access.NeedRequest, access.NeedApprove, access.NeedCancel, access.NeedExpire},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
			{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
			{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
			{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
			{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
		}}.Check(t)
}
