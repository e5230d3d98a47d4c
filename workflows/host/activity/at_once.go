package activity

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"go.temporal.io/sdk/activity"
)

// Input is an effect as it leaves the journey: the body stays JSON on its way, so
// that nothing is decoded in replayed code; each activity's own input is typed.
type Input struct {
	Ask
	Mark string          `json:"mark,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// AtOnceName is the local activity that carries any effect out.
const AtOnceName = "AtOnce"

// AtOnce gives what carries any effect out within a workflow task. A local
// activity is handed its input as it is, not as JSON, so that it needs to be told
// which activity is meant.
func AtOnce(a *Activities) func(ctx context.Context, name string, in Input) error {
	all := reflect.ValueOf(a)
	return func(ctx context.Context, name string, in Input) error {
		method := all.MethodByName(name)
		if !method.IsValid() {
			return fmt.Errorf("no activity %q", name)
		}
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		typed := reflect.New(method.Type().In(1))
		if err := json.Unmarshal(text, typed.Interface()); err != nil {
			return err
		}
		answer := method.Call([]reflect.Value{reflect.ValueOf(context.WithValue(ctx, nameKey{}, name)), typed.Elem()})
		err, _ = answer[len(answer)-1].Interface().(error)
		return err
	}
}

type nameKey struct{}

// nameOf gives the name of the activity that runs, also within AtOnce.
func nameOf(ctx context.Context) string {
	if name, ok := ctx.Value(nameKey{}).(string); ok {
		return name
	}
	return activity.GetInfo(ctx).ActivityType.Name
}
