package host

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey"
)

// decideQuickly is the profile of Decide: a few attempts within a second or two;
// what takes longer is waited for with a timer, see decide.
func decideQuickly(summary string) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		StartToCloseTimeout: 10 * time.Second, Summary: summary,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Second, MaximumAttempts: 4},
	}
}

// atOnce is the profile of an effect's first try: one, which waits a few seconds
// while decisions are late and is itself short enough that a service that hangs
// does not hold the workflow task.
func atOnce(e journey.Effect) workflow.LocalActivityOptions {
	return workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: activity.AtOnceWithin, Summary: string(e.Verb) + " · " + e.ID,
		RetryPolicy: &temporal.RetryPolicy{MaximumAttempts: 1},
	}
}

// untilServed is the profile of effects: a service that is away is asked until it
// is back, ever more slowly; final answers end it at once. An effect whose worker
// died is tried by another as soon as its heartbeats stay away, long before a slow
// service would be given up.
func untilServed(e journey.Effect) workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 20 * time.Second, HeartbeatTimeout: activity.AliveWithin, Summary: string(e.Verb) + " · " + e.ID,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
	}
}

// How long to wait before a decision that failed is asked for again.
const (
	troubleFirst = 2 * time.Second
	troubleMost  = 2 * time.Minute
)
