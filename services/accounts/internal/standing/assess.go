package standing

import (
	"context"
	"errors"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// permitted follows folds and asks whether the caller may do the action to the
// customer; it gives the customer's id of today.
func (p *Part) permitted(ctx context.Context, a access.Action, id string) (string, error) {
	f, _, err := p.Files.Permitted(ctx, auth.From(ctx), a, id)
	return f.ID, err
}

// Assess judges a customer anew: for a journey when time alone can have changed
// how it stands, or for a person who wants to see it refreshed. Repeated
// it changes nothing.
func (p *Part) Assess(ctx context.Context, id string) (*store.Doc[Doc], error) {
	root, err := p.permitted(ctx, access.StandingAssess, id)
	if err != nil {
		return nil, err
	}
	return p.change(ctx, root, httpx.Command(ctx), func(*Doc, instant.Time) (bool, error) { return true, nil })
}

// Get gives where a customer stands, explained, with how it stood before.
func (p *Part) Get(ctx context.Context, id string) (*store.Doc[Doc], error) {
	root, err := p.permitted(ctx, access.StandingRead, id)
	if err != nil {
		return nil, err
	}
	doc, err := p.docs.Get(ctx, root)
	if !errors.Is(err, store.ErrNotFound) {
		return doc, err
	}
	v, err := p.Policy.At(p.Clock())
	if err != nil {
		return nil, problem.Away(err)
	}
	f, err := p.Files.Root(ctx, root)
	if err != nil {
		return nil, err
	}
	doc = store.New(root, Doc{}) // nothing has happened yet
	p.judge(doc, v, f, p.Clock())
	return doc, nil
}

// Override sets the life-cycle state by hand until an instant, with a reason
// . That a customer is lost is confirmed by a churn review and not here.
func (p *Part) Override(ctx context.Context, id, state, reason string, until instant.Time) (*store.Doc[Doc], error) {
	root, err := p.permitted(ctx, access.StandingOverride, id)
	if err != nil {
		return nil, err
	}
	if state == catalogue.LifecycleChurned {
		return nil, problem.Refuse("R-121", "确认流失须通过流失复盘", "That a customer is lost is confirmed by a churn review")
	}
	v, err := p.Policy.At(p.Clock())
	if err != nil {
		return nil, problem.Away(err)
	}
	most := v.Sections.Standing.Lifecycle.OverrideAtMost
	by := auth.From(ctx).ID
	var was, is *catalogue.LifecycleOverride
	return p.change(ctx, root, httpx.Command(ctx), func(d *Doc, now instant.Time) (bool, error) {
		if until <= now || until > now.Add(most.Elapsed()/time.Duration(v.Speed)) {
			return false, problem.InvalidFields(problem.FieldError("until", "range", "必须晚于现在，且不超过"+most.String(), "must be later than now and no further than "+most.String()))
		}
		was, is = d.Override, &catalogue.LifecycleOverride{State: state, Reason: reason, By: by, At: now, Until: until}
		d.Override = is
		return true, nil
	}, func(*Doc) catalogue.Data {
		return &catalogue.LifecycleOverridden{Before: was, After: is, Reason: reason}
	})
}

// Release takes back a state that was set by hand, with a reason.
func (p *Part) Release(ctx context.Context, id, reason string) (*store.Doc[Doc], error) {
	root, err := p.permitted(ctx, access.StandingOverride, id)
	if err != nil {
		return nil, err
	}
	var was *catalogue.LifecycleOverride
	return p.change(ctx, root, httpx.Command(ctx), func(d *Doc, _ instant.Time) (bool, error) {
		if was = d.Override; was == nil {
			return false, problem.Refuse("R-078", "没有手工设置的状态", "No state was set by hand")
		}
		d.Override = nil
		return true, nil
	}, func(*Doc) catalogue.Data { return &catalogue.LifecycleOverridden{Before: was, Reason: reason} })
}
