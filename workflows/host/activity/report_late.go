package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// ReportLateInput is the effect with its body.
type ReportLateInput struct {
	Ask
	Body effects.ReportLate `json:"body"`
}

// ReportLate reports a first contact without record.
func (a *Activities) ReportLate(ctx context.Context, in ReportLateInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "first-contacts", in.On.ID, "lateness")
}
