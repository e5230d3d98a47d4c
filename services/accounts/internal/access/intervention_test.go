package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// who may do what about endangered customers; of a team's
// role its holder is the owner.
func TestInterventionMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
                       sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
intervention.ask         -    -    -   -   -    -   -   -    -    -   -    -    -     a
intervention.open        o    a    t   a   a    -   a   a    -    a   -    -    -     -
intervention.read        m    a    t   a   a    a   a   a    a    a   a    a    a     a
intervention.work        o    o    t   a   a    o   o   o    o    o   o    o    -     -
intervention.steer       o    o    t   a   a    o   o   a    o    o   o    o    -     -
wake_up.read             m    a    t   a   a    a   a   a    a    a   -    -    a     a
wake_up.make             o    a    t   a   a    a   -   a    -    a   -    -    -     -
wake_up.decide           -    o    t   a   a    a   -   a    -    a   -    -    -     -
warning_group.read       -    a    a   a   a    a   a   a    a    a   a    a    a     a
warning_group.meet       -    -    a   a   a    -   -   a    -    -   -    -    -     -
`, Actions: []access.Action{access.InterventionAsk, access.InterventionOpen, access.InterventionRead, access.InterventionWork, access.InterventionSteer,
		access.WakeUpRead, access.WakeUpMake, access.WakeUpDecide, access.GroupRead, access.GroupMeet},
		May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
			{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
			{Name: "an absent holder's", Reached: "omta", Thing: access.Holder{Owner: "away"}},
			{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
			{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
			{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
		}}.Check(t)
}
