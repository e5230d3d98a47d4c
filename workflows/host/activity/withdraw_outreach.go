package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// WithdrawOutreachInput is the effect with its body.
type WithdrawOutreachInput struct {
	Ask
	Body effects.WithdrawOutreach `json:"body"`
}

// WithdrawOutreach takes back what a subject planned to say to a customer.
func (a *Activities) WithdrawOutreach(ctx context.Context, in WithdrawOutreachInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "outreach", "withdrawals", in.ID)
}
