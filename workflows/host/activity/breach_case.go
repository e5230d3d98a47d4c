package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// BreachCaseInput is the effect with its body.
type BreachCaseInput struct {
	Ask
	Body effects.BreachCase `json:"body"`
}

// BreachCase records that a clock of a case ran down.
func (a *Activities) BreachCase(ctx context.Context, in BreachCaseInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "cases", in.On.ID, "breaches", in.Body.Clock)
}
