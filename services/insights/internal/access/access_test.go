package access_test

import (
	"testing"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
)

const now = instant.Time(1_800_000_000_000)

// who sees whose figures.
func TestMatrix(t *testing.T) {
	guard := access.New(accesstest.People(now), func() instant.Time { return now })
	accesstest.Matrix[access.Action, string]{Cells: `
                    sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
late_records.read     o    o    t   a   a    o   o   o    o    o   o    o    o     -
performance.read      o    o    t   a   a    o   o   o    o    o   o    o    o     -
outages.read          -    -    a   a   a    -   -   -    -    -   -    -    a     a
learning.read         -    -    -   a   a    -   -   a    -    a   -    -    a     -
learning.propose      -    -    -   a   a    -   -   a    -    -   -    -    -     -
learning.approve      -    -    -   a   a    -   -   -    -    -   -    -    -     -
`, Actions: access.Actions, May: guard.May,
		MayAtAll: func(p auth.Principal, a access.Action) error { _, err := guard.Reached(p, a, nil); return err },
		Relations: []accesstest.Relation[string]{
			{Name: "own", Reached: "omta", Thing: "me"},
			{Name: "an absent person's", Reached: "omta", Thing: "away"},
			{Name: "a team mate's", Reached: "mta", Thing: "mate"},
			{Name: "a subordinate's", Reached: "ta", Thing: "below"},
			{Name: "two below", Reached: "ta", Thing: "deeper"},
			{Name: "a superior's", Reached: "a", Thing: "boss"},
			{Name: "a stranger's", Reached: "a", Thing: "stranger"},
		}}.Check(t)
}
