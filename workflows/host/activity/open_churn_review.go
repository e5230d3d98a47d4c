package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// OpenChurnReviewInput is the effect with its body.
type OpenChurnReviewInput struct {
	Ask
	Body effects.OpenChurnReview `json:"body"`
}

// OpenChurnReview opens the review of a lost customer, once under the effect's id.
func (a *Activities) OpenChurnReview(ctx context.Context, in OpenChurnReviewInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "churn-reviews", in.ID)
}
