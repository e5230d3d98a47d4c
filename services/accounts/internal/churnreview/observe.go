package churnreview

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

func typeOf(d catalogue.Data) string { return d.Kind().Type }

// Types are the facts that reviews read.
var Types = []string{typeOf(&catalogue.CustomerCreated{}), typeOf(&catalogue.CustomerChanged{}), typeOf(&catalogue.CustomerFolded{}), typeOf(&catalogue.TimelineRecorded{}),
	typeOf(&catalogue.ChurnConfirmed{}), typeOf(&catalogue.ChurnWithdrew{}), typeOf(&catalogue.CustomerWonBack{}),
	typeOf(&catalogue.CustomersMerged{}), typeOf(&catalogue.MergeTakenBack{})}

// Observe keeps what customers are compared by, and notes when a lost customer
// orders again. It works on the one customer that the fact is about.
func (r *Reviews) Observe(ctx context.Context, e facts.Event) error {
	ctx = store.Background(ctx)
	switch e.Type {
	case Types[2]:
		d, err := facts.Decode[catalogue.CustomerFolded](e)
		if err != nil {
			return facts.Final(err)
		}
		return r.know(ctx, d.From)
	case Types[3]:
		d, err := facts.Decode[catalogue.TimelineRecorded](e)
		if err != nil {
			return facts.Final(err)
		}
		if d.After.Kind != catalogue.EntryOrder || d.After.SameAs != "" {
			return nil
		}
		if err := r.winBack(ctx, d.After.Customer, d.After.OccurredAt, d.After.ID); err != nil {
			return err
		}
		return r.know(ctx, d.After.Customer)
	case Types[7], Types[8]:
		d, err := facts.Decode[struct {
			After catalogue.Merge `json:"after"`
		}](e)
		if err != nil {
			return facts.Final(err)
		}
		if err := r.know(ctx, d.After.From); err != nil {
			return err
		}
		return r.know(ctx, d.After.Into)
	}
	if e.Customer == "" {
		d, err := facts.Decode[struct {
			After struct {
				ID string `json:"id"`
			} `json:"after"`
		}](e)
		if err != nil {
			return facts.Final(err)
		}
		return r.know(ctx, d.After.ID)
	}
	return r.know(ctx, e.Customer)
}

// winBack notes on the customer's newest loss before an order that it came back.
func (r *Reviews) winBack(ctx context.Context, customer string, at instant.Time, entry string) error {
	f, err := r.Files.Root(ctx, customer)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for range 8 {
		docs, err := r.of(ctx, f.ID)
		if err != nil {
			return err
		}
		err = nil
		for _, d := range docs {
			if d.Body.Status == catalogue.ChurnWithdrawn || at <= d.Body.ChurnedOn {
				continue
			}
			if d.Body.WinBack(at, entry) {
				err = r.commit(ctx, d, "", &catalogue.CustomerWonBack{After: d.Body.ChurnReview})
			}
			break
		}
		var stale *problem.Error
		if !errors.As(err, &stale) || stale.Code != problem.Stale {
			return err
		}
	}
	return store.ErrConflict
}

// WonBack notes that a customer came back, told by a person.
func (r *Reviews) WonBack(ctx context.Context, p auth.Principal, id string, at instant.Time, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnConfirm, id)
	if err != nil {
		return nil, err
	}
	if at == 0 {
		at = r.Clock()
	}
	return r.change(ctx, d, match, func(v *Review) error {
		if at > r.Clock() || !v.WinBack(at, p.ID) {
			return problem.InvalidFields(problem.FieldError("at", "after_loss", "必须晚于流失日期、不在将来，且早于已记录的挽回时间", "must be after the loss, not in the future, and earlier than a return that is known"))
		}
		return nil
	}, func(c catalogue.ChurnReview) catalogue.Data { return &catalogue.CustomerWonBack{After: c} })
}
