package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// RemindInput is the effect with its body.
type RemindInput struct {
	Ask
	Body effects.Remind `json:"body"`
}

// Remind reminds, warns or escalates.
func (a *Activities) Remind(ctx context.Context, in RemindInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "reminders", in.ID)
}
