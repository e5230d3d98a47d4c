package host

import (
	"encoding/json"
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host/activity"
	"liuke.dev/workflows/journey"
)

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

// input is an effect as it goes to its activity: the body stays JSON on its way,
// so that nothing is decoded in replayed code; the activity's own input is typed.
type input struct {
	activity.Ask
	Mark string          `json:"mark,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// activityOf names the activity of each verb.
var activityOf = map[journey.Verb]string{
	journey.CreateTask:     "CreateTask",
	journey.CancelTasks:    "CancelTasks",
	journey.Remind:         "Remind",
	journey.LinkCustomer:   "LinkCustomer",
	journey.Reassign:       "Reassign",
	journey.Recycle:        "Recycle",
	journey.SetMark:        "SetMark",
	journey.ClearMark:      "ClearMark",
	journey.Nurture:        "Nurture",
	journey.ReportLate:     "ReportLate",
	journey.CancelTransfer: "CancelTransfer",
}

// carryOut runs the activity of an effect's verb.
func carryOut(ctx workflow.Context, e journey.Effect) error {
	ctx = workflow.WithActivityOptions(ctx, untilServed(e))
	in := input{Ask: activity.Ask{ID: e.ID, Cause: e.Cause, On: e.On, Trace: e.Trace}, Mark: e.Mark, Body: e.Body}
	return workflow.ExecuteActivity(ctx, activityOf[e.Verb], in).Get(ctx, nil)
}
