package churnreview

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

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

// together is how many customers of a batch are worked on side by side.
const together = 4

// Observe keeps what customers are compared by, and notes when a lost customer
// orders again. Facts of one customer that come together, as an import tells them,
// cost it once; a fact that cannot be taken in fails by itself.
func (r *Reviews) Observe(ctx context.Context, batch []facts.Event) []error {
	ctx = store.Background(ctx)
	outcome := make([]error, len(batch))
	of, order := map[string][]int{}, []string{}
	for i, e := range batch {
		var about []string
		if about, outcome[i] = r.about(ctx, e); outcome[i] != nil {
			continue
		}
		for _, id := range about {
			if of[id] == nil {
				order = append(order, id)
			}
			of[id] = append(of[id], i)
		}
	}
	knew := make([]error, len(order))
	var g errgroup.Group
	g.SetLimit(together)
	for n, id := range order {
		g.Go(func() error {
			knew[n] = r.know(ctx, id)
			return nil
		})
	}
	_ = g.Wait() // each customer's outcome is its facts'
	for n, id := range order {
		for _, i := range of[id] {
			outcome[i] = errors.Join(outcome[i], knew[n])
		}
	}
	return outcome
}

// about gives the customers whose traits a fact may change. A lost customer's order
// is noted at once.
func (r *Reviews) about(ctx context.Context, e facts.Event) ([]string, error) {
	switch e.Type {
	case Types[2]:
		d, err := facts.Decode[catalogue.CustomerFolded](e)
		return []string{d.From}, facts.Final(err)
	case Types[3]:
		d, err := facts.Decode[catalogue.TimelineRecorded](e)
		if err != nil || d.After.Kind != catalogue.EntryOrder || d.After.SameAs != "" {
			return nil, facts.Final(err)
		}
		return []string{d.After.Customer}, r.winBack(facts.WithCause(ctx, e.ID), d.After.Customer, d.After.OccurredAt, d.After.ID)
	case Types[7], Types[8]:
		d, err := facts.Decode[struct {
			After catalogue.Merge `json:"after"`
		}](e)
		return []string{d.After.From, d.After.Into}, facts.Final(err)
	}
	if e.Customer != "" {
		return []string{e.Customer}, nil
	}
	d, err := facts.Decode[struct {
		After struct {
			ID string `json:"id"`
		} `json:"after"`
	}](e)
	return []string{d.After.ID}, facts.Final(err)
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
