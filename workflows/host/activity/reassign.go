package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// ReassignInput is the effect with its body.
type ReassignInput struct {
	Ask
	Body effects.Reassign `json:"body"`
}

// Reassign gives the lead or deal to the next available person.
func (a *Activities) Reassign(ctx context.Context, in ReassignInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, plural(in.On.Kind), in.On.ID, "reassignment")
}
