package outage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

const (
	// apart is how far interruptions must be apart to be two outages.
	apart = 30 * time.Second
	// look is how often it is looked whether a receipt is to be drawn up.
	look = 5 * time.Second
	// soon is how long after the end a receipt is counted again at every look, then
	// every slowly; what was read late may add to it.
	soon   = 2 * time.Minute
	slowly = time.Minute
	// A receipt is final when nothing is open this long after the end; one with
	// something open after a week, which is for people to look into.
	finalAfter = 10 * time.Minute
	giveUp     = 7 * 24 * time.Hour
	// known bounds how many interruptions are looked at, shown how many promises a
	// receipt names of each sort.
	known = 200
	shown = 200
)

// Run draws receipts up until ctx ends.
func (b *Book) Run(ctx context.Context, clock instant.Clock, log *slog.Logger) error {
	ctx = store.Background(ctx)
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := b.Draw(ctx, clock()); err != nil && ctx.Err() == nil {
			log.Warn("outages: a receipt could not be drawn up", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Draw brings the receipts of the newest outages up to date, the newest first: it is
// waited for, and counting the others anew may take a while.
func (b *Book) Draw(ctx context.Context, now instant.Time) error {
	page, err := b.interruptions.Page(ctx, store.Query{Index: byUntil, Desc: true, Limit: known})
	if err != nil {
		return err
	}
	all := make([]Interruption, len(page.Docs))
	for i, d := range page.Docs {
		all[i] = d.Body
	}
	for _, r := range slices.Backward(join(all)) {
		err = errors.Join(err, b.draw(ctx, r, now))
	}
	return err
}

// join makes outages of interruptions that touch, in their order.
func join(all []Interruption) (out []Receipt) {
	slices.SortStableFunc(all, func(a, b Interruption) int { return int(a.From - b.From) })
	for _, i := range all {
		if n := len(out) - 1; n >= 0 && i.From.Sub(out[n].Until) < apart {
			out[n].Until = max(out[n].Until, i.Until)
			out[n].Interruptions = append(out[n].Interruptions, i)
			continue
		}
		out = append(out, Receipt{Window: i.Window, Interruptions: []Interruption{i}})
	}
	return out
}

// draw counts one receipt anew if it is time to.
func (b *Book) draw(ctx context.Context, r Receipt, now instant.Time) error {
	docs, err := b.receipts.Page(ctx, store.Query{Index: byFrom, Limit: 10, Range: store.Range{From: r.From.String(), To: (r.Until + 1).String()}})
	if err != nil {
		return err
	}
	doc := store.New(r.From.String(), Receipt{})
	for _, d := range docs.Docs {
		if d.ID == doc.ID {
			doc = d
		} else if err := b.receipts.Remove(ctx, d); err != nil { // it has become part of this one
			return ignoreRace(err)
		}
	}
	if doc.Version > 0 && doc.Body.rests(r, now) {
		return nil
	}
	if err := b.count(ctx, &r); err != nil {
		return fmt.Errorf("outage of %s: %w", r.From, err)
	}
	r.DrawnAt = now
	r.Final = r.Open == 0 && now.Sub(r.Until) > finalAfter || now.Sub(r.Until) > giveUp
	doc.Body = r
	return ignoreRace(b.receipts.Commit(ctx, doc, ""))
}

// rests tells that a receipt need not be counted again now.
func (r Receipt) rests(found Receipt, now instant.Time) bool {
	if r.Window != found.Window || len(r.Interruptions) != len(found.Interruptions) {
		return false
	}
	return r.Final || now.Sub(r.Until) > soon && now.Sub(r.DrawnAt) < slowly
}

// ignoreRace passes over what another process of insights did first.
func ignoreRace(err error) error {
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// count counts what came due: journeys that decided since the beginning, and
// those whose newest decision left something that is overdue.
func (b *Book) count(ctx context.Context, r *Receipt) error {
	seen := map[string]bool{}
	for _, q := range []store.Query{
		{Index: record.JourneysByTime, Range: store.Range{From: r.From.String()}, Limit: 500},
		{Index: record.JourneysByNextDue, Equal: []any{false}, Range: store.Range{From: instant.Time(1).String(), To: r.Until.String()}, Limit: 500},
	} {
		for more := true; more; more = q.After != "" {
			page, err := b.c.Journeys.Page(ctx, q)
			if err != nil {
				return err
			}
			for _, d := range page.Docs {
				if seen[d.ID] {
					continue
				}
				seen[d.ID] = true
				if err := b.journey(ctx, r, d.ID); err != nil {
					return err
				}
			}
			q.After = page.Next
		}
	}
	r.LateOnes, r.OpenOnes, r.DoubledOnes = worst(orEmpty(r.LateOnes), shown), worst(orEmpty(r.OpenOnes), shown), worst(orEmpty(r.DoubledOnes), shown)
	return nil
}

func (b *Book) journey(ctx context.Context, r *Receipt, id string) error {
	decisions, err := b.decisions(ctx, id, r.From)
	if err != nil {
		return err
	}
	t := r.Window.count(strings.Replace(id, ":", "/", 1), decisions)
	r.add(t.Counts)
	r.LastFired = max(r.LastFired, t.lastFired)
	r.LateOnes, r.OpenOnes, r.DoubledOnes = append(r.LateOnes, t.late...), append(r.OpenOnes, t.open...), append(r.DoubledOnes, t.doubled...)
	if len(r.LateOnes) > 20*shown {
		r.LateOnes = worst(r.LateOnes, shown)
	}
	return nil
}

// decisions gives a journey's decisions in their order, from the last one before an instant on.
func (b *Book) decisions(ctx context.Context, id string, from instant.Time) ([]catalogue.Decided, error) {
	var out []catalogue.Decided
	q := store.Query{Index: record.FactsBySubject, Equal: []any{"journey/" + id}, Desc: true, Limit: 20}
	for more := true; more; more = q.After != "" {
		page, err := b.c.Facts.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		q.After, q.Limit = page.Next, 200
		for _, f := range page.Docs {
			var d catalogue.Decided
			if err := json.Unmarshal(f.Body.Data, &d); err != nil {
				return nil, fmt.Errorf("%s: %w", f.ID, err)
			}
			out = append(out, d)
			if d.At < from {
				q.After = ""
				break
			}
		}
	}
	slices.SortFunc(out, func(a, b catalogue.Decided) int { return int(a.Number - b.Number) })
	return out, nil
}

func orEmpty(list []Promise) []Promise {
	if list == nil {
		return []Promise{}
	}
	return list
}
