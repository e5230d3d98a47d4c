package standing

import (
	"context"
	"errors"
	"runtime"

	"golang.org/x/sync/errgroup"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/race"
	rules "liuke.dev/shared/standing"
	"liuke.dev/shared/store"
)

// scoredAtOnce is how many customers are committed in one step: so few that whoever
// waits for the store waits milliseconds.
const scoredAtOnce = 50

// Score scores every customer from scratch, some on each processor; memory is that
// of those few, however many there are.
func (p *Part) Score(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(2, runtime.GOMAXPROCS(0)))
	var some []string
	begin := func() {
		if ids := some; len(ids) > 0 {
			g.Go(func() error { return p.rescoreAll(ctx, ids) })
		}
		some = nil
	}
	err := p.lines.Customers(ctx, func(id string) error {
		if some = append(some, id); len(some) == scoredAtOnce {
			begin()
		}
		return ctx.Err()
	})
	begin()
	return errors.Join(g.Wait(), err)
}

// rescored is a customer that was judged and is to be committed.
type rescored struct {
	id      string
	entries int64
	before  int64 // scores that were known, -1: nothing to commit
	doc     *store.Doc[Doc]
	facts   []store.Fact
}

// rescoreAll makes the histories of some customers anew and commits them together;
// of whom somebody else was faster is done again alone.
func (p *Part) rescoreAll(ctx context.Context, ids []string) error {
	var done []rescored
	var changes []store.Change[Doc]
	for _, id := range ids {
		r, err := p.rescore(ctx, id)
		if err != nil {
			return err
		}
		p.scoring.entries.Add(r.entries)
		if r.before >= 0 {
			done, changes = append(done, r), append(changes, store.Change[Doc]{Doc: r.doc, Facts: r.facts})
		}
	}
	for i, err := range p.docs.CommitAll(ctx, changes) {
		r := done[i]
		if race.Lost(err) {
			err = race.Again(ctx, tries, func() (err error) {
				if r, err = p.rescore(ctx, r.id); err == nil && r.before >= 0 {
					err = p.docs.Commit(ctx, r.doc, "", r.facts...)
				}
				return err
			})
		}
		if err != nil {
			return err
		}
		if r.before >= 0 && int64(len(r.doc.Body.Scores)) != r.before {
			p.scoring.changed.Add(1)
		}
	}
	p.scoring.customers.Add(int64(len(ids)))
	return nil
}

// rescore makes one customer's history anew. What its timeline does not tell, such
// as changes of contacts, is kept from what facts told. The timeline is read after
// the document: what a fact adds meanwhile makes the commit lose its race.
func (p *Part) rescore(ctx context.Context, id string) (rescored, error) {
	r := rescored{id: id, before: -1}
	var changed bool
	var err error
	r.doc, r.facts, changed, err = p.prepare(ctx, id, "", func(d *Doc, _ instant.Time) (bool, error) {
		var fresh rules.History
		err := p.lines.Each(ctx, id, func(e catalogue.TimelineEntry) {
			fresh.Add(e)
			r.entries++
		})
		if err != nil || d.Customer == "" && fresh.Size() == 0 {
			return false, err
		}
		keep(&fresh, d.History)
		d.History, r.before = fresh, int64(len(d.Scores))
		return true, nil
	}, nil)
	if errors.Is(err, store.ErrNotFound) {
		return rescored{id: id, before: -1}, nil // it is no customer any more
	}
	if !changed {
		r.before = -1
	}
	return r, err
}
