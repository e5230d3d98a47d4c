package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// OpenCaseInput is the effect with its body.
type OpenCaseInput struct {
	Ask
	Body effects.OpenCase `json:"body"`
}

// OpenCase opens a case for a customer, once under the effect's id.
func (a *Activities) OpenCase(ctx context.Context, in OpenCaseInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "cases", in.ID)
}
