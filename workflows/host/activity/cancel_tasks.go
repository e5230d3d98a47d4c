package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// CancelTasksInput is the effect with its body.
type CancelTasksInput struct {
	Ask
	Body effects.CancelTasks `json:"body"`
}

// CancelTasks withdraws tasks that became pointless.
func (a *Activities) CancelTasks(ctx context.Context, in CancelTasksInput) error {
	return a.call(ctx, in.Ask, http.MethodPost, in.Body, "tasks", "cancellations")
}
