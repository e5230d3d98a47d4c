// Package httpapi puts the use cases of notifications under /v1/tasks,
// /v1/reminders, /v1/deliveries, /v1/webhooks and /v1/events.
package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/app"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/eventstream"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
)

// API answers HTTP for notifications.
type API struct {
	Desk *app.Desk
	// Journey gives the address of a subject's journey in the Temporal UI.
	Journey func(kind, id string) string
	// Stream settings of event streams.
	Stream eventstream.Manner
}

// Register adds the operations.
func (a *API) Register(s *httpx.Server) {
	op := func(method, path, id, tag, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	answers := func(o httpx.Op) httpx.Op { o.Status = http.StatusOK; return o }
	const tasks, reminders, deliveries = "Tasks", "Reminders", "Deliveries"
	creates := func(o httpx.Op) httpx.Op { o.Creates = true; return o }
	httpx.Handle(s, creates(op("PUT", "/v1/tasks/{id}", "open-task", tasks, "Open a task under an id", "For journeys; repeating it changes nothing (R-007).")), a.openTask)
	httpx.Handle(s, answers(op("POST", "/v1/tasks/cancellations", "cancel-tasks", tasks, "Cancel a subject's open tasks", "For journeys.")), a.cancelTasks)
	httpx.Handle(s, op("POST", "/v1/tasks", "create-task", tasks, "Give somebody a task", ""), a.createTask)
	httpx.Handle(s, op("GET", "/v1/tasks", "list-tasks", tasks, "List tasks by due time", "Mine, my team's, all, or those of a subject: who acts next (R-160)."), a.listTasks)
	httpx.Handle(s, op("GET", "/v1/tasks/{id}", "get-task", tasks, "Read a task", "With why it exists and where its journey is."), a.getTask)
	httpx.Handle(s, answers(op("POST", "/v1/tasks/{id}/completion", "complete-task", tasks, "Complete a task", "Tasks that a recorded follow-up or a transfer's step ends cannot be completed by hand (R-012).")), a.completeTask)
	httpx.Handle(s, answers(op("POST", "/v1/tasks/{id}/postponement", "postpone-task", tasks, "Move a task's due time", "")), a.postponeTask)
	httpx.Handle(s, answers(op("POST", "/v1/tasks/{id}/reassignment", "reassign-task", tasks, "Give a task to somebody else", "")), a.reassignTask)
	httpx.Handle(s, creates(op("PUT", "/v1/reminders/{id}", "issue-reminder", reminders, "Issue a reminder under an id", "For journeys; repeating it changes nothing (R-020, R-164).")), a.remind)
	httpx.Handle(s, op("GET", "/v1/reminders", "list-reminders", reminders, "My reminders, newest first", ""), a.listReminders)
	httpx.Handle(s, op("GET", "/v1/reminders/channels", "get-channels", reminders, "How I am reached", "Who chose nothing is reached as the policy says."), a.getChannels)
	httpx.Handle(s, answers(op("PUT", "/v1/reminders/channels", "choose-channels", reminders, "Choose how I am reached",
		"Mail or not, and a robot of my own. The app's list stays, the policy's channels bound it, and its quiet hours hold (R-020).")), a.chooseChannels)
	read := op("POST", "/v1/reminders/{id}/read", "read-reminder", reminders, "Mark a reminder as read", "")
	read.Status = http.StatusNoContent
	httpx.Handle(s, read, a.readReminder)
	httpx.Handle(s, op("GET", "/v1/deliveries", "list-deliveries", deliveries, "Deliveries by status, newest first", "Failures are listed with status=failed."), a.listDeliveries)
	httpx.Handle(s, answers(op("POST", "/v1/deliveries/{id}/retry", "retry-delivery", deliveries, "Try a failed delivery again", "")), a.retryDelivery)
	httpx.Handle(s, op("POST", "/v1/webhooks", "create-webhook", deliveries, "Register a webhook", "The secret is shown once."), a.createHook)
	httpx.Handle(s, op("GET", "/v1/webhooks", "list-webhooks", deliveries, "List webhooks", ""), a.listHooks)
	httpx.Handle(s, op("DELETE", "/v1/webhooks/{id}", "delete-webhook", deliveries, "Switch a webhook off", ""), a.deleteHook)
	s.Routes.GET("/v1/events", a.events)
}

// effect lets journeys through.
func (a *API) effect(ctx context.Context) error {
	return a.Desk.Guard.MayAtAll(auth.From(ctx), access.Effect)
}

// why gives the obligation that causes a call, or the call's own id.
func why(ctx context.Context, id string) string {
	if c := facts.CauseFrom(ctx); c != "" {
		return c
	}
	return id
}
