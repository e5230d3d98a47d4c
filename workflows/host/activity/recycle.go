package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// RecycleInput is the effect with its body.
type RecycleInput struct {
	Ask
	Body effects.Recycle `json:"body"`
}

// Recycle gives the customer back to the public pool.
func (a *Activities) Recycle(ctx context.Context, in RecycleInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, plural(in.On.Kind), in.On.ID, "recycling")
}
