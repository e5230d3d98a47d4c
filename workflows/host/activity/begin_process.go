package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// BeginProcessInput is the effect with its body.
type BeginProcessInput struct {
	Ask
	Body effects.BeginProcess `json:"body"`
}

// BeginProcess begins a process of the policy book for a customer, once per effect.
func (a *Activities) BeginProcess(ctx context.Context, in BeginProcessInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "customers", in.On.ID, "processes", in.ID)
}
