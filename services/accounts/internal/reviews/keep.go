package reviews

import (
	"context"
	"errors"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// lookEvery is how often rhythms without a coming occasion are looked for: those
// that the policy has just got, and those whose journey was lost. It reads one
// document for each rhythm.
const lookEvery = 15 * time.Second

// Keep sees that every rhythm of the policy has a coming occasion, until ctx ends.
func (r *Reviews) Keep(ctx context.Context) error {
	if err := r.People.Wait(ctx); err != nil {
		return nil //nolint:nilerr // ctx ended
	}
	for {
		if err := r.Look(store.Background(ctx)); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "scheduled reviews", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// held sees that a coming occasion is held by somebody who works here, and by who should as soon as there is one.
func (r *Reviews) held(ctx context.Context, d *Doc, rhythm policy.Rhythm, v *policy.View) error {
	p, ok := r.People.Person(d.Body.Owner)
	suits := ok && p.Active && (p.ID == rhythm.Owner || slices.Contains(p.Roles, rhythm.Role))
	owner := r.owner(rhythm)
	if d.Body.Status != catalogue.ReviewPlanned || suits || owner == "" || owner == d.Body.Owner {
		return nil
	}
	d.Body.Owner = owner
	if err := r.commit(ctx, d, "", v); err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	return nil
}

// Look plans what is missing once, and gives what nobody holds any more to somebody else.
func (r *Reviews) Look(ctx context.Context) error {
	at, v, err := r.settings()
	if err != nil {
		return err
	}
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "reviews", Kind: catalogue.ActorProcess})
	for _, rhythm := range v.Sections.Reviews.Rhythms {
		page, err := r.docs.Page(ctx, store.Query{Index: byRhythm, Equal: []any{rhythm.ID}, Desc: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Docs) > 0 && page.Docs[0].Body.NextDue > at {
			if err := r.held(ctx, page.Docs[0], rhythm, v); err != nil { // coming, or its journey has the next one planned
				return err
			}
			continue
		}
		if r.owner(rhythm) == "" {
			continue // nobody works here yet
		}
		if _, err := r.plan(ctx, rhythm, at, v); err != nil {
			return err
		}
	}
	return nil
}
