package app

import (
	"context"
	"errors"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Retry lets a failed delivery be tried again from the beginning.
func (d *Desk) Retry(ctx context.Context, id string) (*store.Doc[outbox.Delivery], error) {
	var doc *store.Doc[outbox.Delivery]
	err := retry(ctx, func() (err error) {
		doc, err = d.Docs.Deliveries.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return problem.Missing("投递", "delivery", id)
		}
		if err != nil {
			return err
		}
		if doc.Body.Status != outbox.Failed {
			return problem.Refuse("delivery_not_failed", "只有失败的投递可以重试", "Only a failed delivery can be tried again")
		}
		v := &doc.Body
		v.Status, v.Open, v.Next, v.Attempts, v.EndedAt = outbox.Pending, true, d.Clock(), 0, 0
		return d.Docs.Deliveries.Commit(ctx, doc, "")
	})
	d.Wake()
	return doc, err
}

// SwitchOff stops a webhook.
func (d *Desk) SwitchOff(ctx context.Context, id, why string) error {
	if id == configured {
		return nil // only the configuration can
	}
	return retry(ctx, func() error {
		doc, err := d.Docs.Hooks.Get(ctx, id)
		if err != nil || !doc.Body.Active {
			return err
		}
		doc.Body.Active, doc.Body.Gone = false, why
		return d.Docs.Hooks.Commit(ctx, doc, "")
	})
}

// Standing tells how many deliveries wait for a target, and why the one due first does.
func (d *Desk) Standing(ctx context.Context, target string) (waiting int64, lastError string, err error) {
	due := store.Query{Index: storage.Due, Equal: []any{target, true}}
	if waiting, err = d.Docs.Deliveries.Count(ctx, due); err != nil || waiting == 0 {
		return waiting, "", err
	}
	due.Limit = 1
	page, err := d.Docs.Deliveries.Page(ctx, due)
	if len(page.Docs) > 0 {
		lastError = page.Docs[0].Body.Error
	}
	return waiting, lastError, err
}
