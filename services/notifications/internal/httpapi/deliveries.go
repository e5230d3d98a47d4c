package httpapi

import (
	"context"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Delivery is one reminder on its way by one channel.
type Delivery struct {
	ID       string       `json:"id"`
	Reminder string       `json:"reminder"`
	Outreach string       `json:"outreach,omitempty" doc:"What a customer is told, instead of a reminder"`
	Customer string       `json:"customer,omitempty"`
	Level    string       `json:"level"`
	Person   string       `json:"person,omitempty"`
	Webhook  string       `json:"webhook,omitempty"`
	Channel  string       `json:"channel" enum:"in_app,email,webhook,robot"`
	Status   string       `json:"status" enum:"pending,sending,delivered,failed,withheld"`
	Next     instant.Time `json:"next_attempt_at,omitempty"`
	Attempts int          `json:"attempts"`
	Error    string       `json:"error,omitempty"`
	Digest   bool         `json:"digest,omitempty" doc:"Leaves with the person's daily digest"`
	At       instant.Time `json:"at"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	Version  int64        `json:"version"`
}

func delivery(doc *store.Doc[outbox.Delivery]) Delivery {
	v := doc.Body
	out := Delivery{ID: v.ID, Reminder: v.Reminder.ID, Level: v.Reminder.Level, Person: v.Person, Webhook: v.Hook, Channel: v.Channel, Status: v.Status,
		Attempts: v.Attempts, Error: v.Error, Digest: v.Digest, At: v.At, EndedAt: v.EndedAt, Version: doc.Version}
	if v.Outreach != nil {
		out.Outreach, out.Customer = v.Outreach.ID, v.Outreach.Customer
	}
	if v.Open {
		out.Next = v.Next
	}
	return out
}

type listDeliveriesInput struct {
	httpx.PageParams
	Status string `query:"status" enum:"pending,sending,delivered,failed,withheld" default:"failed"`
	Person string `query:"person" maxLength:"60" doc:"Only those to a person; who may not see everybody's needs it"`
}

func (a *API) listDeliveries(ctx context.Context, in *listDeliveriesInput) (*httpx.List[Delivery], error) {
	p := auth.From(ctx)
	q := store.Query{Index: storage.ByState, Equal: []any{in.Status}, Desc: true, Limit: in.Limit, After: in.After}
	if in.Person == "" && access.ScopeOf(p, access.DeliveryRead) != access.All {
		in.Person = p.ID
	}
	if in.Person != "" {
		q.Index, q.Equal = storage.ByPerson, []any{in.Person, in.Status}
	}
	if err := a.Desk.Guard.May(p, access.DeliveryRead, in.Person); err != nil {
		return nil, err
	}
	page, err := a.Desk.Docs.Deliveries.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]Delivery, 0, len(page.Docs))
	for _, doc := range page.Docs {
		out = append(out, delivery(doc))
	}
	return httpx.NewList(out, page.Next), nil
}

func (a *API) retryDelivery(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"512"`
}) (*httpx.Item[Delivery], error) {
	if err := a.Desk.Guard.MayAtAll(auth.From(ctx), access.DeliveryRetry); err != nil {
		return nil, err
	}
	doc, err := a.Desk.Retry(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(delivery(doc), doc.Version), nil
}
