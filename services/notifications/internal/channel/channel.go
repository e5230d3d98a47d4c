// Package channel carries reminders out of the house: by mail over SMTP and by
// signed webhook. It knows how a failure is to be taken: to be tried again, or final.
package channel

import (
	"context"
	"errors"
	"time"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
)

// Content is what one mail says.
type Content struct {
	ID        string // of the delivery; the same on every attempt
	Reminders []catalogue.Reminder
	Tasks     []task.Task // of the day, in a digest
	Digest    bool
	Outreach  *catalogue.Outreach // what a customer is told; nothing else is in the mail then
}

// Mailer sends mail.
type Mailer interface {
	Send(ctx context.Context, to catalogue.Person, c Content) error
}

// Poster posts to webhooks.
type Poster interface {
	Post(ctx context.Context, h outbox.Hook, key string, r catalogue.Reminder) error
	// Ring tells a person's robot, in the person's language.
	Ring(ctx context.Context, b outbox.Bell, key, language string, r catalogue.Reminder) error
	// Carry hands what a customer is told to the gateway of its channel.
	Carry(ctx context.Context, h outbox.Hook, key string, o catalogue.Outreach) error
}

// ErrGone says that a webhook's receiver wants nothing more.
var ErrGone = errors.New("410 Gone")

type final struct{ error }

func (f final) Unwrap() error { return f.error }

// Final marks a failure that trying again will not mend.
func Final(err error) error { return final{err} }

// IsFinal tells whether trying again is useless.
func IsFinal(err error) bool { return errors.As(err, &final{}) }

type later struct {
	error
	after time.Duration
}

func (l later) Unwrap() error { return l.error }

// Later marks a failure that is to be tried again no sooner than after a while.
func Later(err error, after time.Duration) error { return later{err, after} }

// RetryAfter gives how long the receiver asked to wait, zero if it did not.
func RetryAfter(err error) time.Duration {
	var l later
	if errors.As(err, &l) {
		return l.after
	}
	return 0
}
