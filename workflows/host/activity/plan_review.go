package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// PlanReviewInput is the effect with its body.
type PlanReviewInput struct {
	Ask
	Body effects.PlanReview `json:"body"`
}

// PlanReview has the next occasion of a scheduled review planned.
func (a *Activities) PlanReview(ctx context.Context, in PlanReviewInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "reviews", in.ID)
}
