package access_test

import (
	"testing"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/access/accesstest"
)

// departments that serve customers ask them; who answers for a customer reads what they said.
func TestSurveyMatrix(t *testing.T) {
	accesstest.Matrix[access.Action, access.Holder]{Cells: `
               sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
survey.send     o     o    t   a   a    a   a   a    o    a   -    -    -     a
survey.read     m     a    t   a   a    a   a   a    a    a   a    -    a     a
survey.figure   -     a    a   a   a    a   a   a    -    a   a    -    -     -
`, Actions: access.SurveyActions, May: guard().May, MayAtAll: guard().MayAtAll, Relations: []accesstest.Relation[access.Holder]{
		{Name: "own", Reached: "omta", Thing: access.Holder{Owner: "me"}},
		{Name: "a team mate's", Reached: "mta", Thing: access.Holder{Owner: "mate"}},
		{Name: "a subordinate's", Reached: "ta", Thing: access.Holder{Owner: "below"}},
		{Name: "a stranger's", Reached: "a", Thing: access.Holder{Owner: "stranger"}},
	}}.Check(t)
}
