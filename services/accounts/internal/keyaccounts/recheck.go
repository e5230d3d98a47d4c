package keyaccounts

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// What becomes due on a key account's sheet by time alone: a gap is to be checked
// again, a check that was asked for is late, an indicator is to be judged
// . Each sheet says when the next of these comes; whoever looks reads the
// sheets that are due and no others.

// longest is how long the next one is waited for at most: another process may have
// stored an earlier one.
const longest = 30 * time.Second

// soonest comes after sheets on which nothing becomes due.
const soonest = "0001"

// keep fires what is due when it is, until ctx ends.
func (p Part) keep(ctx context.Context) error {
	if p.Deps.Directory.Wait(ctx) != nil {
		return nil // stopped before people were known
	}
	for {
		wait := longest
		next, err := p.Due(store.Background(ctx))
		if err != nil && ctx.Err() == nil {
			p.Deps.Log.WarnContext(ctx, "sheets of key accounts", "error", err)
		}
		if err == nil && next != 0 {
			wait = min(max(next.Sub(p.Clock()), time.Millisecond), longest)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// Due fires everything that is due, each once, and gives when the next is.
func (k *KeyAccounts) Due(ctx context.Context) (instant.Time, error) {
	for {
		page, err := k.docs.Page(ctx, store.Query{Index: byNext, Range: store.Range{From: soonest}, Limit: 100})
		if err != nil {
			return 0, err
		}
		for _, d := range page.Docs {
			if d.Body.NextAt > k.Clock() {
				return d.Body.NextAt, nil
			}
			if err := k.fire(ctx, d); err != nil && !errors.Is(err, store.ErrConflict) {
				return 0, err
			}
		}
		if len(page.Docs) == 0 {
			return 0, nil
		}
	}
}

// fire does what is due on one sheet. Of two files that became one, the sheet that
// goes on is kept; the other is looked at again later, for they may come apart.
func (k *KeyAccounts) fire(ctx context.Context, d *store.Doc[Body]) error {
	v, now, err := k.view()
	if err != nil {
		return err
	}
	kept, err := k.of(ctx, d.Body.Customer)
	var missing *problem.Error
	if err != nil && !(errors.As(err, &missing) && missing.Code == problem.NotFound) {
		return err
	}
	if kept == nil || kept.ID != d.ID {
		d.Body.NextAt = v.After(now, v.Sections.KeyAccounts.CheckEvery)
		return k.docs.Commit(ctx, d, "")
	}
	o := &d.Body.Account
	o.Customer = d.Body.Customer
	var told []catalogue.Data
	for _, c := range due(o, v, now) {
		told = append(told, &catalogue.KeyAccountChanged{After: *o, Changed: c[0], ID: c[1]})
	}
	_, err = k.commit(ctx, d, "", v, now, told...)
	return err
}

// due notes on the sheet what is due by now and gives what changed of what, in order.
func due(o *catalogue.KeyAccount, v *policy.View, now instant.Time) (changed [][2]string) {
	s := v.Sections.KeyAccounts
	for i := range o.Gaps {
		g := &o.Gaps[i]
		if at := recheckAt(*o, *g, v); g.AskedAt == 0 && at <= now {
			g.AskedAt = now
			changed = append(changed, [2]string{"recheck", g.ID})
		}
		if g.AskedAt != 0 && g.LateAt == 0 && v.After(g.AskedAt, s.ActWithin) <= now {
			g.LateAt = now
			changed = append(changed, [2]string{"recheck_late", g.ID})
		}
	}
	for i := range o.Indicators {
		if r := &o.Indicators[i]; r.Known && r.NextCheck <= now && check(r, s, v, now) {
			changed = append(changed, [2]string{"indicator", r.ID})
		}
	}
	return changed
}

// recheckAt is when a gap is to be checked again: a check holds for a while, and one
// that nobody made is due as soon as an action is.
func recheckAt(o catalogue.KeyAccount, g catalogue.KeyAccountGap, v *policy.View) instant.Time {
	if g.CheckedAt == 0 {
		return v.After(o.Since, v.Sections.KeyAccounts.ActWithin)
	}
	return v.After(g.CheckedAt, v.Sections.KeyAccounts.CheckEvery)
}

// next is when something becomes due on a sheet, zero where nothing does.
func next(o catalogue.KeyAccount, v *policy.View) instant.Time {
	if !o.EndedAt.IsZero() {
		return 0
	}
	var out instant.Time
	earlier := func(at instant.Time) {
		if at != 0 && (out == 0 || at < out) {
			out = at
		}
	}
	for _, g := range o.Gaps {
		switch {
		case g.AskedAt == 0:
			earlier(recheckAt(o, g, v))
		case g.LateAt == 0:
			earlier(v.After(g.AskedAt, v.Sections.KeyAccounts.ActWithin))
		}
	}
	for _, r := range o.Indicators {
		if r.Known {
			earlier(r.NextCheck)
		}
	}
	return out
}

// check judges an indicator by its last value, and tells whether it crossed its
// threshold, either way.
func check(r *catalogue.KeyAccountIndicator, s policy.KeyAccounts, v *policy.View, now instant.Time) bool {
	rule := s.Indicator(r.ID)
	if rule == nil { // the book has it no more
		r.NextCheck = 0
		return false
	}
	breached := rule.Breached(r.Value)
	crossed := breached != r.Breached
	r.Breached, r.CheckedAt, r.NextCheck = breached, now, v.After(now, rule.Frequency)
	return crossed
}
