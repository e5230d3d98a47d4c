package app

import (
	"context"
	"errors"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
)

// Transfer gives a transfer that the caller may see: the two sides, whoever
// asked for it, and those who may approve it.
func (a *App) Transfer(ctx context.Context, id string) (*TransferDoc, error) {
	d, err := a.transferDoc(ctx, id)
	if err != nil {
		return nil, err
	}
	return d, a.maySee(ctx, d.Body.Transfer)
}

func (a *App) maySee(ctx context.Context, t catalogue.Transfer) error {
	if p := caller(ctx); p.Is(auth.System) || p.ID == t.RequestedBy {
		return nil
	}
	err := a.Guard.May(ctx, access.Request, t.From)
	if err != nil && a.Guard.May(ctx, access.Accept, t.To) == nil {
		return nil
	}
	if err != nil && a.Guard.May(ctx, access.Approve, t.To) == nil {
		return nil
	}
	return err
}

func (a *App) transferDoc(ctx context.Context, id string) (*TransferDoc, error) {
	d, err := a.Transfers.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("转交", "transfer", id)
	}
	return d, err
}

// ListTransfers lists transfers, newest first, of a person's side, a customer or a status.
func (a *App) ListTransfers(ctx context.Context, q store.Query) ([]*TransferDoc, string, error) {
	q.Desc = true
	page, err := a.Transfers.Page(ctx, q)
	if err != nil {
		return nil, "", err
	}
	var seen []*TransferDoc
	for _, d := range page.Docs {
		if a.maySee(ctx, d.Body.Transfer) == nil {
			seen = append(seen, d)
		}
	}
	return seen, page.Next, nil
}
