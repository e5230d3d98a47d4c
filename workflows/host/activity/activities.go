// Package activity holds the effects of journeys as Temporal activities, one
// typed activity per file. Each repeats harmlessly: the effect's id is the key
// under which the service stores what it changes.
package activity

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/telemetry"
	"liuke.dev/workflows/client"
)

// Caller carries calls to services out.
type Caller interface {
	Do(ctx context.Context, call client.Call) error
}

// Activities carry effects out.
type Activities struct {
	Services Caller
	Metrics  *Metrics // nil: nobody counts
}

// Ask is what every effect has.
type Ask struct {
	ID    string            `json:"id"`
	Cause string            `json:"cause"`
	On    catalogue.Subject `json:"on"`
	Trace string            `json:"trace,omitempty"` // that the effect goes on with, see shared/telemetry
}

// Types of the errors that end an effect.
const (
	TypeRefused = "refused" // the service's state forbids it
	TypeFailed  = "failed"  // it will never work as it is
)

// patience is how often an answer is asked for again that may come from a
// service which has not heard of something yet.
const patience = 6

// again are answers that the same call may not get next time.
var again = []int{http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}

// hurried are answers of a service that may not have read the latest facts.
var hurried = []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusForbidden}

func (a *Activities) call(ctx context.Context, ask Ask, method string, body any, path ...string) error {
	return a.ask(ctx, ask, client.Call{Method: method, Path: path, Key: ask.ID, Cause: ask.Cause, Body: body})
}

// ask carries a call out, as a step of the effect's trace.
func (a *Activities) ask(ctx context.Context, ask Ask, call client.Call) error {
	info := activity.GetInfo(ctx)
	names := telemetry.Names{Journey: info.WorkflowExecution.ID, Effect: ask.ID}
	if ask.On.Kind == catalogue.KindCustomer {
		names.Customer = ask.On.ID
	}
	ctx = telemetry.With(ctx, names)
	ctx, step := telemetry.Begin(telemetry.Continue(ctx, ask.Trace), telemetry.Calls, "effect", nameOf(ctx))
	step.Note("liuke.journey", info.WorkflowExecution.ID).Note("liuke.effect", ask.ID).Count("liuke.attempt", int(info.Attempt))
	begun := time.Now()
	stop := alive(ctx)
	err := a.judge(ctx, call)
	stop()
	step.End(err)
	a.Metrics.asked(nameOf(ctx), err, begun)
	return err
}

// judge tells errors that repeating may mend from those it will not.
func (a *Activities) judge(ctx context.Context, call client.Call) error {
	err := a.Services.Do(ctx, call)
	var answer *client.Error
	if err == nil || !errors.As(err, &answer) {
		return err
	}
	switch attempt := activity.GetInfo(ctx).Attempt; {
	case answer.Status >= 500 || slices.Contains(again, answer.Status):
		return err
	case answer.Status == http.StatusConflict && answer.Rule == "concurrent_change":
		return err
	case answer.Status == http.StatusConflict:
		return temporal.NewNonRetryableApplicationError(answer.Error(), TypeRefused, nil)
	case slices.Contains(hurried, answer.Status) && attempt < patience:
		return err
	}
	return temporal.NewNonRetryableApplicationError(answer.Error(), TypeFailed, nil)
}

// plural gives the resource of a subject.
func plural(kind string) string { return kind + "s" }
