package access_test

import (
	"testing"

	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
	"liuke.dev/workflows/access"
)

// everybody sees where a journey stands and who acts next.
func TestMatrix(t *testing.T) {
	may := func(p auth.Principal, a access.Action) error { return access.May(auth.With(t.Context(), p), a) }
	accesstest.Matrix[access.Action, string]{Cells: `
                  sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
journey.read        a    a    a   a   a    a   a   a    a    a   a    a    a     a
journey.oversee     -    -    a   a   a    -   -   -    -    -   -    -    a     a
journey.retry       -    -    a   a   a    -   -   -    -    -   -    -    a     -
`, Actions: access.Actions, MayAtAll: may,
		May:       func(p auth.Principal, a access.Action, _ string) error { return may(p, a) },
		Relations: []accesstest.Relation[string]{{Name: "anybody's", Reached: "a", Thing: "stranger"}}}.Check(t)
}
