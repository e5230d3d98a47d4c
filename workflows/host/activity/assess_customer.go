package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// AssessCustomerInput is the effect with its body.
type AssessCustomerInput struct {
	Ask
	Body effects.AssessCustomer `json:"body"`
}

// AssessCustomer has a customer assessed when time alone can have changed how it stands.
func (a *Activities) AssessCustomer(ctx context.Context, in AssessCustomerInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "customers", in.On.ID, "assessments")
}
