package activity_test

import (
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/testsuite"

	"liuke.dev/workflows/client"
	effect "liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/host/hosttest"
)

// Temporal hears of an effect that takes long before it gives its worker up for
// dead, so that a worker that was killed delays its effects by seconds only.
func TestAnEffectThatTakesLongGivesSignsOfLife(t *testing.T) {
	w := hosttest.New(t, 1)
	w.Services.Answer(func(client.Call, int) error {
		time.Sleep(effect.AliveWithin / 2)
		return nil
	})
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	a := w.Activities()
	env.RegisterActivity(a)
	var signs atomic.Int64
	env.SetOnActivityHeartbeatListener(func(*activity.Info, converter.EncodedValues) { signs.Add(1) })
	if _, err := env.ExecuteActivity(a.CreateTask, effect.CreateTaskInput{Ask: effect.Ask{ID: "lead:a:idle.0:1:0"}}); err != nil {
		t.Fatal(err)
	}
	if signs.Load() == 0 {
		t.Error("no sign of life in half of the time within which one must come")
	}
}
