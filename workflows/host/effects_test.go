package host

import (
	"reflect"
	"testing"

	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey"
)

// Every verb has its activity, and every activity its verb.
func TestEveryVerbHasItsActivity(t *testing.T) {
	verbs := []journey.Verb{journey.CreateTask, journey.CancelTasks, journey.Remind, journey.LinkCustomer, journey.Reassign, journey.Recycle, journey.SetMark,
		journey.ClearMark, journey.Nurture, journey.ReportLate, journey.CancelTransfer}
	methods := reflect.TypeFor[*activity.Activities]()
	for _, v := range verbs {
		if _, ok := methods.MethodByName(activityOf[v]); !ok {
			t.Errorf("%s has no activity %q", v, activityOf[v])
		}
	}
	if len(activityOf) != len(verbs) || methods.NumMethod() != len(verbs) {
		t.Errorf("%d verbs, %d names, %d activities", len(verbs), len(activityOf), methods.NumMethod())
	}
}
