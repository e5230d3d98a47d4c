package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Sweep heals what a crash left behind and nobody repeated: folds half done, and
// files opened since an instant whose ask never got its answer.
func (a *Accounts) Sweep(ctx context.Context, since instant.Time) error {
	if _, err := a.FinishFolds(ctx); err != nil {
		return err
	}
	until := a.clock().Add(-settling)
	after := ""
	for {
		page, err := a.docs.Customers.Page(ctx, store.Query{Index: storage.Opened,
			Range: store.Range{From: since.String(), To: until.String()}, Limit: 200, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			_, err := a.docs.Answers.Get(ctx, d.ID)
			if errors.Is(err, store.ErrNotFound) {
				err = a.askAgain(ctx, d.ID)
			}
			if err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}

// settling is how long an ask may be on its way before the sweep takes it up.
const settling = 10 * time.Second

// askAgain asks with what the file was opened with, which stands first in its
// lists; it may have been folded since.
func (a *Accounts) askAgain(ctx context.Context, id string) error {
	d, err := a.docs.Customers.Get(ctx, id)
	if err != nil {
		return err
	}
	f := d.Body
	ask := Ask{MatchCustomer: effects.MatchCustomer{Kind: f.Kind, Name: f.Name, TaxID: f.TaxID}}
	if len(f.Phones) > 0 {
		ask.Phone = f.Phones[0]
	}
	if len(f.Emails) > 0 {
		ask.Email = f.Emails[0]
	}
	_, err = a.MatchOrCreate(ctx, id, f.CreatedBy, ask)
	return err
}

// LastOpened gives when the newest file was opened: asks that a crash
// interrupted are from shortly before.
func (a *Accounts) LastOpened(ctx context.Context) (instant.Time, error) {
	page, err := a.docs.Customers.Page(ctx, store.Query{Index: storage.Opened, Desc: true, Limit: 1})
	if err != nil || len(page.Docs) == 0 {
		return a.clock(), err
	}
	return page.Docs[0].Body.CreatedAt, nil
}
