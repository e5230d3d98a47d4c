package host

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey"
)

var activities *activity.Activities

// lane is a queue of effects that must keep their order.
type lane struct {
	waiting []journey.Effect
	busy    bool
}

// dispatch puts effects into their lanes; lanes run side by side.
func (r *run) dispatch(ctx workflow.Context, effects []journey.Effect) {
	for _, e := range effects {
		if r.inHand[e.ID] {
			continue
		}
		r.inHand[e.ID] = true
		name := e.Lane()
		l := r.lanes[name]
		if l == nil {
			l = &lane{}
			r.lanes[name] = l
		}
		l.waiting = append(l.waiting, e)
		if !l.busy {
			l.busy = true
			workflow.GoNamed(ctx, "lane "+name, func(ctx workflow.Context) { r.work(ctx, l) })
		}
	}
}

func (r *run) work(ctx workflow.Context, l *lane) {
	for len(l.waiting) > 0 {
		e := l.waiting[0]
		l.waiting = l.waiting[1:]
		r.settled.Send(ctx, outcome(e, carryOut(ctx, e)))
	}
	l.busy = false
}

// outcome tells how an effect ended. Nothing a service answers stops a journey.
func outcome(e journey.Effect, err error) decisions.Outcome {
	if err == nil {
		return decisions.Outcome{ID: e.ID}
	}
	o := decisions.Outcome{ID: e.ID, Status: decisions.Failed, Error: err.Error()}
	var answer *temporal.ApplicationError
	if errors.As(err, &answer) {
		o.Error = answer.Message()
		if answer.Type() == activity.TypeRefused {
			o.Status = decisions.Refused
		}
	}
	return o
}

// carryOut runs the activity of an effect's verb.
func carryOut(ctx workflow.Context, e journey.Effect) error {
	ctx = workflow.WithActivityOptions(ctx, untilServed(e))
	ask := activity.Ask{ID: e.ID, Cause: e.Cause, On: e.On}
	switch e.Verb {
	case journey.CreateTask:
		in := activity.CreateTaskInput{Ask: ask}
		return do(ctx, activities.CreateTask, e, &in, &in.Body)
	case journey.CancelTasks:
		in := activity.CancelTasksInput{Ask: ask}
		return do(ctx, activities.CancelTasks, e, &in, &in.Body)
	case journey.Remind:
		in := activity.RemindInput{Ask: ask}
		return do(ctx, activities.Remind, e, &in, &in.Body)
	case journey.LinkCustomer:
		in := activity.LinkCustomerInput{Ask: ask}
		return do(ctx, activities.LinkCustomer, e, &in, &in.Body)
	case journey.Reassign:
		in := activity.ReassignInput{Ask: ask}
		return do(ctx, activities.Reassign, e, &in, &in.Body)
	case journey.Recycle:
		in := activity.RecycleInput{Ask: ask}
		return do(ctx, activities.Recycle, e, &in, &in.Body)
	case journey.SetMark:
		in := activity.SetMarkInput{Ask: ask, Mark: e.Mark}
		return do(ctx, activities.SetMark, e, &in, &in.Body)
	case journey.ClearMark:
		return workflow.ExecuteActivity(ctx, activities.ClearMark, activity.ClearMarkInput{Ask: ask, Mark: e.Mark}).Get(ctx, nil)
	case journey.Nurture:
		in := activity.NurtureInput{Ask: ask}
		return do(ctx, activities.Nurture, e, &in, &in.Body)
	case journey.ReportLate:
		in := activity.ReportLateInput{Ask: ask}
		return do(ctx, activities.ReportLate, e, &in, &in.Body)
	case journey.CancelTransfer:
		in := activity.CancelTransferInput{Ask: ask}
		return do(ctx, activities.CancelTransfer, e, &in, &in.Body)
	}
	return fmt.Errorf("no activity for %s", e.Verb)
}

// do reads the effect's body into its place in the input and runs the activity.
func do[In, Body any](ctx workflow.Context, run any, e journey.Effect, in *In, body *Body) error {
	if err := json.Unmarshal(e.Body, body); err != nil {
		return fmt.Errorf("effect %s: %w", e.ID, err)
	}
	return workflow.ExecuteActivity(ctx, run, *in).Get(ctx, nil)
}
