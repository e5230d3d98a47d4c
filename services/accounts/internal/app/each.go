package app

import (
	"context"

	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/store"
)

// Customers hands over every customer that is no other one's, by when its file was opened.
func (a *Accounts) Customers(ctx context.Context, take func(id string) error) error {
	ids := store.Of[struct{}](a.docs.Customers.Engine(), store.Spec{Name: storage.Customers}) // nobody looks into them
	q := store.Query{Index: storage.ByCreated, Equal: []any{""}, Limit: 500}
	for {
		page, err := ids.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := take(d.ID); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
