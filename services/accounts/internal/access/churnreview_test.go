package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// who may confirm a loss, work on its review, learn from it, hold reviews.
func TestChurnReviewMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                  sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
churn.confirm       o    o    t   a   a    -   -   a    -    -   -    -    -     -
churn.read          o    a    t   a   a    -   a   a    a    a   a    a    -     a
churn.work          o    o    t   a   a    -   -   a    -    -   -    -    -     -
churn.open          -    -    -   -   -    -   -   -    -    -   -    -    -     a
churn.report        -    -    a   a   a    a   a   a    -    a   a    -    -     -
experience.read     a    a    a   a   a    a   a   a    a    a   a    a    a     a
experience.write    a    a    a   a   a    a   a   a    a    a   a    a    -     -
review.read         a    a    a   a   a    a   a   a    a    a   a    a    a     a
review.hold         -    -    a   a   a    -   -   -    -    -   -    -    -     -
review.plan         -    -    -   -   -    -   -   -    -    -   -    -    -     a
`, Actions: []access.Action{access.ChurnConfirm, access.ChurnRead, access.ChurnWork, access.ChurnOpen, access.ChurnReport, access.LessonRead, access.LessonWrite,
		access.ReviewRead, access.ReviewHold, access.ReviewPlan},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
			{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
			{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
			{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
			{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
		}}.Check(t)
}
