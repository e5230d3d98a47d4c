package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// NurtureInput is the effect with its body.
type NurtureInput struct {
	Ask
	Body effects.Nurture `json:"body"`
}

// Nurture moves a lead to long-term nurture.
func (a *Activities) Nurture(ctx context.Context, in NurtureInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "leads", in.On.ID, "nurture")
}
