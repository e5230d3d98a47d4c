package access_test

import (
	"testing"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
)

const now = instant.Time(1_800_000_000_000)

// who may do what, and to whose things.
func TestMatrix(t *testing.T) {
	guard := access.New(accesstest.People(now), func() instant.Time { return now })
	accesstest.Matrix[access.Action, []string]{Cells: `
                    sales acct mgr dir mgmt mkt svc succ impl ops prod tech admin system
effect                -    -    -   -   -    -   -   -    -    -   -    -    -     a
task.read             m    m    t   a   a    a   a   a    a    a   o    o    a     a
task.create           m    m    a   a   a    m   m   m    m    m   m    m    -     -
task.do               o    o    t   a   a    o   o   o    o    o   o    o    o     -
task.reassign         -    -    t   a   a    -   -   -    -    -   -    -    -     -
reminder.read         o    o    o   o   o    o   o   o    o    o   o    o    o     -
delivery.read         o    o    t   a   a    o   o   o    o    o   o    o    a     -
delivery.retry        -    -    -   a   a    -   -   -    -    -   -    -    a     -
webhook.manage        -    -    -   -   -    -   -   -    -    -   -    -    a     -
events.follow         o    o    o   o   o    o   o   o    o    o   o    o    o     -
task.list_subject     a    a    a   a   a    a   a   a    a    a   a    a    a     a
task.list_all         -    -    -   a   a    -   -   -    -    -   -    -    a     a
channels.choose       o    o    o   o   o    o   o   o    o    o   o    o    o     -
`, Actions: access.Actions, MayAtAll: guard.MayAtAll,
		May: func(p auth.Principal, a access.Action, holders []string) error { return guard.May(p, a, holders...) },
		Relations: []accesstest.Relation[[]string]{
			{Name: "own", Reached: "omta", Thing: []string{"me"}},
			{Name: "an absent person's", Reached: "omta", Thing: []string{"away"}},
			{Name: "a team mate's", Reached: "mta", Thing: []string{"mate"}},
			{Name: "a subordinate's", Reached: "ta", Thing: []string{"below"}},
			{Name: "two below", Reached: "ta", Thing: []string{"deeper"}},
			{Name: "of another team under the same superior", Reached: "a", Thing: []string{"peer"}},
			{Name: "a superior's", Reached: "a", Thing: []string{"boss"}},
			{Name: "a stranger's", Reached: "a", Thing: []string{"stranger"}},
			{Name: "a stranger's and a team mate's", Reached: "mta", Thing: []string{"stranger", "mate"}},
			{Name: "nobody's", Reached: "a", Thing: []string{""}},
		}}.Check(t)
}
