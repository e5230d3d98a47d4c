package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// PushOffersInput is the effect with its body.
type PushOffersInput struct {
	Ask
	Body effects.PushOffers `json:"body"`
}

// PushOffers gives a customer the offers that time made due.
func (a *Activities) PushOffers(ctx context.Context, in PushOffersInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "contracts", in.On.ID, "offers")
}
