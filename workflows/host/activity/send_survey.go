package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// SendSurveyInput is the effect with its body.
type SendSurveyInput struct {
	Ask
	Body effects.SendSurvey `json:"body"`
}

// SendSurvey sends a customer a survey, once under the effect's id.
func (a *Activities) SendSurvey(ctx context.Context, in SendSurveyInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "surveys", in.ID)
}
