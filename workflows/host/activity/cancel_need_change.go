package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// CancelNeedChangeInput is the effect with its body.
type CancelNeedChangeInput struct {
	Ask
	Body effects.CancelNeedChange `json:"body"`
}

// CancelNeedChange cancels a change of need that nobody decided about.
func (a *Activities) CancelNeedChange(ctx context.Context, in CancelNeedChangeInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "need-changes", in.On.ID, "cancellation")
}
