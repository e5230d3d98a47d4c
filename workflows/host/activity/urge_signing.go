package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// UrgeSigningInput is the effect with its body.
type UrgeSigningInput struct {
	Ask
	Body effects.UrgeSigning `json:"body"`
}

// UrgeSigning reminds the customer to sign a contract.
func (a *Activities) UrgeSigning(ctx context.Context, in UrgeSigningInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "contracts", in.On.ID, "signing-reminders")
}
