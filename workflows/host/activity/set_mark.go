package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// SetMarkInput is the effect with its body.
type SetMarkInput struct {
	Ask
	Mark string          `json:"mark"`
	Body effects.SetMark `json:"body"`
}

// SetMark marks a lead or deal, with evidence.
func (a *Activities) SetMark(ctx context.Context, in SetMarkInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, plural(in.On.Kind), in.On.ID, "marks", in.Mark)
}
