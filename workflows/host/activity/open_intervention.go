package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// OpenInterventionInput is the effect with its body.
type OpenInterventionInput struct {
	Ask
	Body effects.OpenIntervention `json:"body"`
}

// OpenIntervention opens a team for an endangered customer.
func (a *Activities) OpenIntervention(ctx context.Context, in OpenInterventionInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "interventions", in.ID)
}
