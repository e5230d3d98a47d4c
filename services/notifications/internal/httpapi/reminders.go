package httpapi

import (
	"context"
	"net/http"
	"net/url"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/standing/shown"
)

// Reminder is an entry of a person's list.
type Reminder struct {
	catalogue.Reminder
	Unread bool         `json:"unread,omitempty"`
	ReadAt instant.Time `json:"read_at,omitempty"`
	WhyURL string       `json:"why_url"`

	CustomerStanding *shown.CustomerStanding `json:"customer_standing,omitempty" doc:"How its customer stands (R-102)"`
}

func (a *API) reminder(ctx context.Context, r catalogue.Reminder) Reminder {
	return Reminder{Reminder: r, WhyURL: "/v1/insights/why?reminder=" + url.QueryEscape(r.ID), CustomerStanding: a.standing(ctx, r.Customer, r.Subject)}
}

func (a *API) entry(ctx context.Context, v outbox.Delivery) Reminder {
	r := a.reminder(ctx, v.Reminder)
	r.Unread, r.ReadAt = v.Unread, v.ReadAt
	return r
}

type remindInput struct {
	ID   string `path:"id" minLength:"1" maxLength:"400"`
	Body effects.Remind
}

func (a *API) remind(ctx context.Context, in *remindInput) (*httpx.Item[Reminder], error) {
	if err := a.effect(ctx); err != nil {
		return nil, err
	}
	b := in.Body
	doc, created, err := a.Desk.Remind(ctx, catalogue.Reminder{ID: in.ID, Level: b.Level, Rule: b.Rule, Subject: b.Subject, Customer: b.Customer, Owner: b.Owner, Text: b.Text,
		Why: why(ctx, in.ID), Due: b.Due, Late: b.Late}, b.Owner)
	if err != nil {
		return nil, err
	}
	out := httpx.NewItem(a.reminder(ctx, doc.Body.Reminder), doc.Version)
	if created {
		out.Status = http.StatusCreated
	}
	return out, nil
}

type listRemindersInput struct {
	httpx.PageParams
	Unread bool `query:"unread" doc:"Only those not read yet"`
}

func (a *API) listReminders(ctx context.Context, in *listRemindersInput) (*httpx.List[Reminder], error) {
	p := auth.From(ctx)
	if err := a.Desk.Guard.MayAtAll(p, access.ReminderRead); err != nil {
		return nil, err
	}
	docs, next, err := a.Desk.Inbox(ctx, p.ID, in.Unread, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]Reminder, 0, len(docs))
	for _, doc := range docs {
		out = append(out, a.entry(ctx, doc.Body))
	}
	return httpx.NewList(out, next), nil
}

func (a *API) readReminder(ctx context.Context, in *TaskPath) (*httpx.None, error) {
	p := auth.From(ctx)
	if err := a.Desk.Guard.MayAtAll(p, access.ReminderRead); err != nil {
		return nil, err
	}
	if err := a.Desk.Read(ctx, p.ID, in.ID); err != nil {
		return nil, err
	}
	return httpx.NoContent(), nil
}
