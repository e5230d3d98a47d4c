package timeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Told is what became of one draft of many: an outcome, or what is wrong with it.
type Told struct {
	Outcome
	Err error
}

// Tell takes what a person or another department's system tells of a customer.
// Nothing is recorded of a draft that breaks a rule.
func (t *Timeline) Tell(ctx context.Context, p auth.Principal, d EntryDraft) (Outcome, error) {
	if err := t.Guard.MayAtAll(p, access.TimelineAppend); err != nil {
		return Outcome{}, err
	}
	now, tolerance, err := t.settings()
	if err != nil {
		return Outcome{}, err
	}
	return t.take(ctx, p, d, now, tolerance)
}

// TellMany takes many drafts; each is answered by itself.
func (t *Timeline) TellMany(ctx context.Context, p auth.Principal, list []EntryDraft) ([]Told, error) {
	if err := t.Guard.MayAtAll(p, access.TimelineAppend); err != nil {
		return nil, err
	}
	now, tolerance, err := t.settings()
	if err != nil {
		return nil, err
	}
	out := make([]Told, len(list))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, d := range list {
		g.Go(func() error {
			o, err := t.take(ctx, p, d, now, tolerance)
			out[i] = Told{o, err}
			var refused *problem.Error
			if err == nil || errors.As(err, &refused) && refused.Status() < 500 {
				return nil
			}
			return err
		})
	}
	return out, g.Wait()
}

// atOnce is how many of a batch are stored side by side: the store's one writer groups them.
const atOnce = 16

func (t *Timeline) take(ctx context.Context, p auth.Principal, d EntryDraft, now instant.Time, tolerance time.Duration) (Outcome, error) {
	e, wrong := d.Check(now, tolerance)
	if err := problem.InvalidFields(wrong...); err != nil {
		return Outcome{}, err
	}
	var keys CustomerKeys
	if d.Match != nil {
		keys = *d.Match
	}
	// Who may tell of all customers need not be held against this one.
	if t.Guard.Everywhere(p, access.TimelineAppend) {
		return t.Take(ctx, e, keys)
	}
	if e.Customer == "" {
		id, err := t.Files.Find(ctx, keys.Known(), keys.External)
		if err != nil {
			return Outcome{}, err
		}
		if e.Customer = id; id == "" {
			return t.Take(ctx, e, keys)
		}
	}
	f, _, err := t.Files.Permitted(ctx, p, access.TimelineAppend, e.Customer)
	var missing *problem.Error
	if errors.As(err, &missing) && missing.Code == problem.NotFound {
		return t.Take(ctx, e, keys)
	}
	if err != nil {
		return Outcome{}, err
	}
	e.Customer = f.ID
	return t.Take(ctx, e, keys)
}

// settings gives the present instant and how far ahead of it entries may lie.
func (t *Timeline) settings() (instant.Time, time.Duration, error) {
	now := t.Clock()
	v, err := t.Policy.At(now)
	if err != nil {
		return 0, 0, problem.Away(fmt.Errorf("policy: %w", err))
	}
	return now, v.Sections.Timeline.FutureTolerance.Elapsed(), nil
}

// Entry gives one entry to whoever may read its customer. Errors: not found.
func (t *Timeline) Entry(ctx context.Context, p auth.Principal, id string) (Entry, error) {
	d, err := t.entries.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Entry{}, problem.Missing("时间轴记录", "timeline entry", id)
	}
	if err != nil {
		return Entry{}, err
	}
	_, _, err = t.Files.Permitted(ctx, p, access.Read, d.Body.Customer)
	return d.Body, err
}
