// Package storage declares the collections of notifications and their indexes.
package storage

import (
	"context"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Subject is what notifications must know of a lead, deal or customer, as facts
// told: who answers for it, whether it is closed, when it was last touched.
type Subject struct {
	Owner   string       `json:"owner,omitempty"`
	Closed  bool         `json:"closed,omitempty"`
	Touched instant.Time `json:"touched,omitempty"` // newest outbound follow-up that counts
	Version int64        `json:"version"`           // of the aggregate, for owner and closed
	N       int          `json:"n,omitempty"`       // place within the commit
	Known   bool         `json:"known,omitempty"`   // told of by a fact that has no part in the above
}

// Cancellation remembers when tasks were first asked to be cancelled under a key,
// so that asking again cancels none that were opened since.
type Cancellation struct {
	At instant.Time `json:"at"`
}

// Indexes.
const (
	ByAssignee = "by_assignee"
	ByOwner    = "by_owner"
	ByStatus   = "by_status"
	BySubject  = "by_subject"
	Changes    = "changes"

	Spreading = "spreading"

	Due       = "due"
	ByState   = "by_state"
	Inbox     = "inbox"
	Unread    = "unread"
	ByPerson  = "by_person"
	ByCreated = "by_created"
)

var (
	tasks = store.Spec{Name: "task", Indexes: []store.Index{
		{Name: ByAssignee, Equal: []string{"assignee", "status"}, Order: "due"},
		{Name: ByOwner, Equal: []string{"owner", "status"}, Order: "due"},
		{Name: ByStatus, Equal: []string{"status"}, Order: "due"},
		{Name: BySubject, Equal: []string{"subject.kind", "subject.id", "status"}, Order: "due"},
		{Name: Changes, Equal: []string{"assignee"}, Order: "changed_at"},
	}}
	reminders  = store.Spec{Name: "reminder", Indexes: []store.Index{{Name: Spreading, Equal: []string{"spreading"}}}}
	deliveries = store.Spec{Name: "delivery", Indexes: []store.Index{
		{Name: Due, Equal: []string{"target", "open"}, Order: "next"},
		{Name: ByState, Equal: []string{"status"}, Order: "at"},
		{Name: Inbox, Equal: []string{"person", "channel"}, Order: "at"},
		{Name: Unread, Equal: []string{"person", "channel", "unread"}, Order: "at"},
		{Name: ByPerson, Equal: []string{"person", "status"}, Order: "at"},
	}}
	hooks    = store.Spec{Name: "webhook", Indexes: []store.Index{{Name: ByCreated, Order: "created_at"}}}
	subjects = store.Spec{Name: "subject"}
	cancels  = store.Spec{Name: "cancellation"}
	choices  = store.Spec{Name: "choice"}
)

// Collections of notifications.
type Collections struct {
	Tasks      store.Collection[task.Task]
	Reminders  store.Collection[outbox.Reminder]
	Deliveries store.Collection[outbox.Delivery]
	Hooks      store.Collection[outbox.Hook]
	Subjects   store.Collection[Subject]
	Cancels    store.Collection[Cancellation]
	Choices    store.Collection[outbox.Choice]
}

// Open declares the collections.
func Open(ctx context.Context, e store.Engine) (*Collections, error) {
	if err := e.Declare(ctx, tasks, reminders, deliveries, hooks, subjects, cancels, choices); err != nil {
		return nil, err
	}
	return &Collections{Tasks: store.Of[task.Task](e, tasks), Reminders: store.Of[outbox.Reminder](e, reminders),
		Deliveries: store.Of[outbox.Delivery](e, deliveries), Hooks: store.Of[outbox.Hook](e, hooks), Subjects: store.Of[Subject](e, subjects), Cancels: store.Of[Cancellation](e, cancels),
		Choices: store.Of[outbox.Choice](e, choices)}, nil
}
