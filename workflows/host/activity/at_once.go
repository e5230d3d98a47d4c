package activity

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"go.temporal.io/sdk/activity"

	"liuke.dev/shared/courtesy"
)

// Input is an effect as it leaves the journey: the body stays JSON on its way, so
// that nothing is decoded in replayed code; each activity's own input is typed.
type Input struct {
	Ask
	Mark string          `json:"mark,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// AtOnceName is the name of the local activity that carries out at once what the
// named activity carries out.
func AtOnceName(activity string) string { return activity + " at once" }

// AtOnce gives what carries an effect out within a workflow task, by the name of
// its activity. A local activity is handed its input as it is, not as JSON, so
// that it must take what the journey gives and make the activity's own of it.
func AtOnce(a *Activities, name string) func(ctx context.Context, in Input) error {
	method := reflect.ValueOf(a).MethodByName(name)
	return func(ctx context.Context, in Input) error {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		typed := reflect.New(method.Type().In(1))
		if err := json.Unmarshal(text, typed.Interface()); err != nil {
			return err
		}
		ctx, leave, err := firstTry(ctx)
		if err != nil {
			return err
		}
		defer leave()
		answer := method.Call([]reflect.Value{reflect.ValueOf(context.WithValue(ctx, nameKey{}, name)), typed.Elem()})
		err, _ = answer[len(answer)-1].Interface().(error)
		return err
	}
}

// within is how long a first try may take, patient how long it waits for its turn:
// as long as some four thousand decisions take that came due in one instant, since
// a first try between them makes both slower. The worker tells Temporal meanwhile
// that the workflow task is alive. AtOnceWithin is both together.
const (
	within       = 3 * time.Second
	patient      = 20 * time.Second
	AtOnceWithin = patient + within + time.Second
)

// places bounds how many first tries are under way: decisions have places of
// their own, so that none waits for a service.
var places = make(chan struct{}, 32)

var errBusy = errors.New("no place for a first try")

// firstTry waits until decisions that are late have been made, then for a place.
func firstTry(ctx context.Context) (context.Context, func(), error) {
	wait, stop := context.WithTimeout(ctx, patient)
	defer stop()
	courtesy.AfterPromises(wait, patient-time.Second)
	select {
	case places <- struct{}{}:
	case <-wait.Done():
		return ctx, nil, errBusy
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	return ctx, func() { cancel(); <-places }, nil
}

type nameKey struct{}

// nameOf gives the name of the activity that runs, also within AtOnce.
func nameOf(ctx context.Context) string {
	if name, ok := ctx.Value(nameKey{}).(string); ok {
		return name
	}
	return activity.GetInfo(ctx).ActivityType.Name
}
