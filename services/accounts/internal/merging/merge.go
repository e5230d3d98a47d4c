package merging

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/store"
)

// Preview says what a merge would make.
type Preview struct {
	Into  string             `json:"into" doc:"Id that the customer goes on under"`
	From  string             `json:"from" doc:"Id that will lead to it"`
	After catalogue.Customer `json:"after" doc:"The file as it would be"`
	// Moves counts what would move, by kind.
	Moves []Moves `json:"moves" doc:"What would move with the file that is taken in; leads and deals follow in their service"`
}

// Moves counts things of a kind.
type Moves struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
}

// Preview shows what merging drop into keep would make, without doing anything.
func (m *Merging) Preview(ctx context.Context, keep, drop string) (Preview, error) {
	pair, err := m.Accounts.PairOf(ctx, auth.From(ctx), keep, drop)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{Into: pair.Winner.ID, From: pair.Loser.ID, After: pair.Result(keep, m.clock()), Moves: []Moves{}}
	for _, h := range m.Holders {
		n, err := h.Count(ctx, out.From)
		if err != nil {
			return out, err
		}
		if n > 0 {
			out.Moves = append(out.Moves, Moves{h.Kind(), n})
		}
	}
	return out, nil
}

// Merge makes one customer of keep and drop, under the name of keep. Repeating the
// command gives the same merge.
func (m *Merging) Merge(ctx context.Context, keep, drop, reason string) (*store.Doc[Record], error) {
	id := httpx.NewID(ctx)
	d, err := m.records.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		d, err = m.begin(ctx, id, keep, drop, reason)
	}
	if err != nil {
		return nil, err
	}
	return d, m.finish(ctx, d)
}

func (m *Merging) begin(ctx context.Context, id, keep, drop, reason string) (*store.Doc[Record], error) {
	p := auth.From(ctx)
	pair, err := m.Accounts.PairOf(ctx, p, keep, drop)
	if err != nil {
		return nil, err
	}
	name := pair.Winner.ID
	if pair.Named(keep) {
		name = pair.Loser.ID
	}
	d := store.New(id, Record{Unfinished: true, Merge: catalogue.Merge{ID: id, From: pair.Loser.ID, Into: pair.Winner.ID, Name: name,
		Reason: reason, By: p.ID, At: m.clock(), Status: catalogue.MergeBegun}})
	d.Body.found(pair)
	return d, m.records.Commit(ctx, d, "")
}

// found remembers both files as the merge finds them.
func (r *Record) found(p app.Pair) {
	r.Winner, r.Loser, r.Version = p.Winner.Body.Before(), p.Loser.Body.Before(), p.Winner.Version
}

// finish carries the steps out that are still to come.
func (m *Merging) finish(ctx context.Context, d *store.Doc[Record]) error {
	for d.Body.Unfinished && d.Body.Status == catalogue.MergeBegun {
		pair, err := m.Accounts.Pair(ctx, d.Body.Into, d.Body.From)
		if err != nil {
			return err
		}
		if !pair.Folding() && pair.Winner.Version != d.Body.Version { // changed since the merge looked
			d.Body.found(pair)
			if err := m.records.Commit(ctx, d, ""); err != nil {
				return err
			}
		}
		switch err := m.Accounts.FoldPair(ctx, pair, d.Body.Name, d.ID); {
		case errors.Is(err, store.ErrConflict):
			continue
		case err != nil:
			return err
		}
		d.Body.Status, d.Body.Unfinished = catalogue.Merged, false
		return m.commit(ctx, d, &catalogue.CustomersMerged{After: d.Body.Merge, Winner: d.Body.Winner, Loser: d.Body.Loser})
	}
	if d.Body.Unfinished && d.Body.Status == catalogue.MergeUndoing {
		return m.takeApart(ctx, d)
	}
	return nil
}

func (m *Merging) commit(ctx context.Context, d *store.Doc[Record], fact catalogue.Data) error {
	f, err := facts.Record(ctx, facts.Stamp{Source: "liuke/accounts", At: m.clock(), Customer: d.Body.Into}, d.Version+1, fact)
	if err != nil {
		return err
	}
	return m.records.Commit(ctx, d, "", f)
}
