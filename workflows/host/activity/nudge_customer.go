package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// NudgeCustomerInput is the effect with its body.
type NudgeCustomerInput struct {
	Ask
	Body effects.NudgeCustomer `json:"body"`
}

// NudgeCustomer reminds the customer that a case waits for an answer.
func (a *Activities) NudgeCustomer(ctx context.Context, in NudgeCustomerInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "cases", in.On.ID, "nudges", in.ID)
}
