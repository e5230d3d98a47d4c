package attachments

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/leftovers"
	"liuke.dev/shared/store"
)

// unsettled are the notes about content that is being put or taken away; their ids
// are the attachments'.
const unsettled = "attachment_pending"

// Run clears away what uploads that never ended left behind, until ctx ends.
func (a *Attachments) Run(ctx context.Context) error { return a.left.Run(ctx) }

// Sweep removes content whose document was never committed, or says that it was
// taken away, once it is older than the policy allows; it tells how much.
func (a *Attachments) Sweep(ctx context.Context) (removed int, err error) { return a.left.Sweep(ctx) }

// sweeps makes what looks for content that no attachment names.
func (a *Attachments) sweeps(ctx context.Context) (err error) {
	a.left, err = leftovers.New(ctx, leftovers.Config{Collection: unsettled, Engine: a.Engine, Objects: a.Objects, Policy: a.Policy, Clock: a.Clock, Log: a.Log, Key: key, Named: a.named})
	return err
}

func (a *Attachments) named(ctx context.Context, id string) (bool, error) {
	d, err := a.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && d.Body.File.RemovedAt == 0, err
}
