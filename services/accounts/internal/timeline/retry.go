package timeline

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// RetriedEntries tells what came of trying to place what was kept aside.
type RetriedEntries struct {
	Placed int      `json:"placed"`
	Left   int      `json:"left"`
	Failed []string `json:"failed,omitempty" doc:"Ids that are not kept aside any more"`
}

// Retry tries again to find the customers of entries that were kept aside: those
// named, or the oldest. With a customer they are placed there: somebody knows.
func (t *Timeline) Retry(ctx context.Context, p auth.Principal, ids []string, customer string) (RetriedEntries, error) {
	if err := t.Guard.MayAtAll(p, access.Unmatched); err != nil {
		return RetriedEntries{}, err
	}
	if customer != "" {
		if len(ids) == 0 {
			return RetriedEntries{}, problem.InvalidFields(problem.Required("ids"))
		}
		f, err := t.Files.Root(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			return RetriedEntries{}, problem.Missing("客户", "customer", customer)
		}
		if err != nil {
			return RetriedEntries{}, err
		}
		customer = f.ID
	}
	if len(ids) == 0 {
		page, err := t.unmatched.Page(ctx, store.Query{Index: bySince, Limit: mostRetried})
		if err != nil {
			return RetriedEntries{}, err
		}
		for _, d := range page.Docs {
			ids = append(ids, d.ID)
		}
	}
	var out RetriedEntries
	for _, id := range ids {
		if err := t.retry(ctx, id, customer, &out); err != nil {
			return out, err
		}
	}
	return out, nil
}

const mostRetried = 500

func (t *Timeline) retry(ctx context.Context, id, customer string, out *RetriedEntries) error {
	d, err := t.unmatched.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		out.Failed = append(out.Failed, id)
		return nil
	}
	if err != nil {
		return err
	}
	if customer == "" {
		if customer, err = t.Files.Find(ctx, d.Body.Keys.Known(), d.Body.Keys.External); err != nil {
			return err
		}
	}
	if customer == "" && d.Body.Entry.Customer != "" {
		f, err := t.Files.Root(ctx, d.Body.Entry.Customer)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		customer = f.ID
	}
	if customer == "" {
		out.Left++
		return nil
	}
	out.Placed++
	return t.place(ctx, d, customer)
}
