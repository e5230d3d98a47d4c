package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
	"liuke.dev/workflows/client"
)

// LinkCustomerInput is the effect with what the customer is matched by.
type LinkCustomerInput struct {
	Ask
	Body effects.MatchCustomer `json:"body"`
}

// LinkCustomer has accounts match or make the customer's file, and leads link
// it. Both steps repeat harmlessly: the match is kept under the lead's id.
func (a *Activities) LinkCustomer(ctx context.Context, in LinkCustomerInput) error {
	var matched effects.Matched
	err := a.ask(ctx, in.Ask, client.Call{Method: http.MethodPut, Path: []string{"customers", "matches", in.On.ID}, Key: in.ID, Cause: in.Cause, Body: in.Body, Into: &matched})
	if err != nil {
		return err
	}
	return a.call(ctx, in.Ask, http.MethodPut, effects.LinkCustomer{Customer: matched.Customer}, plural(in.On.Kind), in.On.ID, "customer")
}
