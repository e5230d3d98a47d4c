package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// ReachCustomerInput is the effect with its body.
type ReachCustomerInput struct {
	Ask
	Body effects.ReachCustomer `json:"body"`
}

// ReachCustomer contacts a customer within their contact budget.
func (a *Activities) ReachCustomer(ctx context.Context, in ReachCustomerInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "outreach", in.ID)
}
