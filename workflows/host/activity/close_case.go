package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// CloseCaseInput is the effect with its body.
type CloseCaseInput struct {
	Ask
	Body effects.CloseCase `json:"body"`
}

// CloseCase closes a case that nobody objects to, or whose customer does not answer.
func (a *Activities) CloseCase(ctx context.Context, in CloseCaseInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "cases", in.On.ID, "closing")
}
