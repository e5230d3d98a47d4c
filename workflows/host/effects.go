package host

import (
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
		r.settled.Send(ctx, outcome(e, r.carryOut(ctx, e)))
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

	journey.OpenCase:      "OpenCase",
	journey.SendSurvey:    "SendSurvey",
	journey.BreachCase:    "BreachCase",
	journey.CloseCase:     "CloseCase",
	journey.NudgeCustomer: "NudgeCustomer",

	journey.AssessCustomer:  "AssessCustomer",
	journey.BeginProcess:    "BeginProcess",
	journey.CarryStep:       "CarryStep",
	journey.RequestTransfer: "RequestTransfer",

	journey.ReachCustomer:    "ReachCustomer",
	journey.WithdrawOutreach: "WithdrawOutreach",
	journey.OpenIntervention: "OpenIntervention",

	journey.AdvanceContract: "AdvanceContract",
	journey.UrgeSigning:     "UrgeSigning",
	journey.PushOffers:      "PushOffers",

	journey.CancelNeedChange: "CancelNeedChange",

	journey.OpenChurnReview: "OpenChurnReview",
	journey.PlanReview:      "PlanReview",
}

// carryOut runs the activity of an effect's verb. It is tried at once within the
// workflow task, which costs the server one event; only what does not succeed
// there becomes an activity of its own, which lives as long as it takes and shows
// in the Temporal UI what it waits for.
func (r *run) carryOut(ctx workflow.Context, e journey.Effect) error {
	in := activity.Input{Ask: activity.Ask{ID: e.ID, Cause: e.Cause, On: e.On, Trace: e.Trace}, Mark: e.Mark, Body: e.Body}
	if r.in.Version >= 3 {
		err := workflow.ExecuteLocalActivity(workflow.WithLocalActivityOptions(ctx, atOnce(e)), activity.AtOnceName(activityOf[e.Verb]), in).Get(ctx, nil)
		if err == nil || final(err) || ctx.Err() != nil {
			return err
		}
	}
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, untilServed(e)), activityOf[e.Verb], in).Get(ctx, nil)
}

// final tells an answer from a failure that may pass.
func final(err error) bool {
	var answer *temporal.ApplicationError
	return errors.As(err, &answer) && answer.NonRetryable()
}
