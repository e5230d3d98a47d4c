package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// CarryStepInput is the effect with its body.
type CarryStepInput struct {
	Ask
	Body effects.CarryStep `json:"body"`
}

// CarryStep tells that an automatic step of a process was asked for.
func (a *Activities) CarryStep(ctx context.Context, in CarryStepInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "customers", in.On.ID, "processes", in.Body.Process, "steps", in.Body.Step, "carried")
}
