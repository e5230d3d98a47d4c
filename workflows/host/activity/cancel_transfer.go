package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// CancelTransferInput is the effect with its body.
type CancelTransferInput struct {
	Ask
	Body effects.CancelTransfer `json:"body"`
}

// CancelTransfer cancels a transfer that stands still.
func (a *Activities) CancelTransfer(ctx context.Context, in CancelTransferInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "transfers", in.On.ID, "cancellation")
}
