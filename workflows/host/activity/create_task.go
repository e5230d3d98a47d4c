package activity

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
)

// CreateTaskInput is the effect with its body.
type CreateTaskInput struct {
	Ask
	Body effects.CreateTask `json:"body"`
}

// CreateTask gives a person a task.
func (a *Activities) CreateTask(ctx context.Context, in CreateTaskInput) error {
	return a.call(ctx, in.Ask, http.MethodPut, in.Body, "tasks", in.ID)
}
