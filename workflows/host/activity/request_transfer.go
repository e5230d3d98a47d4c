package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// RequestTransferInput is the effect with its body.
type RequestTransferInput struct {
	Ask
	Body effects.RequestTransfer `json:"body"`
}

// RequestTransfer asks that a customer goes to who looks after it now (R-049, C-12).
func (a *Activities) RequestTransfer(ctx context.Context, in RequestTransferInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "transfers")
}
