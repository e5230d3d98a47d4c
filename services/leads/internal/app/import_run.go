package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

const (
	importers   = 64               // rows committed at once: the store groups them
	importLease = 10 * time.Second // after which another process takes an import over
	importPoll  = 300 * time.Millisecond
)

// RunImports carries out imports that were started, those that a crash cut
// short included, until ctx ends.
func (a *App) RunImports(ctx context.Context) error {
	if err := a.People.Wait(ctx); err != nil {
		return nil // stopped before people were known
	}
	tick := time.NewTicker(importPoll)
	defer tick.Stop()
	for {
		page, err := a.imports().Docs.Page(ctx, store.Query{Index: "status", Equal: []any{imports.Running}, Limit: 10})
		if err == nil {
			for _, d := range page.Docs {
				if err := a.RunImport(ctx, d.ID); err != nil && ctx.Err() == nil && !errors.Is(err, errHeld) {
					a.Log.WarnContext(ctx, "import stopped, it is tried again", "import", d.ID, "error", err)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

var errHeld = errors.New("another process carries out this import")

// importRun is one try at an import.
type importRun struct {
	*App
	doc    *ImportDoc
	plan   *imports.Plan
	view   *policy.View
	owners map[string]string // customer to owner
}

// RunImport carries out an import from the first chunk that is not finished.
// Every row is committed by itself under an id that derives from the row, so
// that whatever a crash cuts short is simply done again.
func (a *App) RunImport(ctx context.Context, id string) error {
	ctx = store.Background(ctx)
	r, err := a.holdImport(ctx, id)
	if err != nil || r == nil {
		return err
	}
	err = r.run(ctx)
	if err != nil && !errors.Is(err, store.ErrConflict) && ctx.Err() == nil {
		r.doc.Body.Trouble, r.doc.Body.HeldUntil = clip(err.Error()), r.Clock().Add(importPoll)
		_ = r.imports().Docs.Commit(ctx, r.doc, "") // the lease ends by itself
	}
	return err
}

// holdImport takes an import for this try; nil if there is nothing to do.
func (a *App) holdImport(ctx context.Context, id string) (*importRun, error) {
	doc, err := a.imports().Docs.Get(ctx, id)
	if err != nil || doc.Body.Status != imports.Running {
		return nil, err
	}
	at, v, err := a.now()
	if err != nil {
		return nil, err
	}
	if doc.Body.HeldUntil > at {
		return nil, errHeld
	}
	doc.Body.Holder, doc.Body.HeldUntil, doc.Body.Trouble = ulid.Make().String(), at.Add(importLease), ""
	if err := a.imports().Docs.Commit(ctx, doc, ""); errors.Is(err, store.ErrConflict) {
		return nil, errHeld // by who committed first
	} else if err != nil {
		return nil, err
	}
	plan, err := a.plan(doc.Body, v, doc.Body.StartedAt)
	return &importRun{App: a, doc: doc, plan: plan, view: v, owners: map[string]string{}}, err
}

func (r *importRun) run(ctx context.Context) error {
	i := &r.doc.Body
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: i.CreatedBy, Kind: catalogue.ActorImport})
	if i.Kind == imports.Deals {
		if err := r.ownCustomers(ctx); err != nil {
			return err
		}
	}
	for i.NextChunk < i.Chunks {
		if err := r.chunk(ctx, i.NextChunk); err != nil {
			return err
		}
	}
	for customer := range r.owners {
		if err := r.follow(ctx, customer); err != nil {
			return err
		}
	}
	i.Status, i.EndedAt, i.Holder, i.HeldUntil = imports.Done, r.Clock(), "", 0
	return r.imports().Docs.Commit(ctx, r.doc, "")
}

// chunk commits the rows of a chunk, its report, and then that it is finished.
func (r *importRun) chunk(ctx context.Context, n int) error {
	c, err := r.imports().Chunks.Get(ctx, chunkID(r.doc.ID, n))
	if err != nil {
		return err
	}
	results, err := r.rows(ctx, c.Body.Rows)
	if err != nil {
		return err
	}
	i := &r.doc.Body
	counts := i.Counts.Clone()
	var entries []imports.Entry
	for _, x := range results {
		x.count(&counts)
		entries = append(entries, x.entries...)
	}
	for part, piece := range imports.Reports(r.doc.ID, n, entries) {
		if err := replace(ctx, r.imports().Reports, chunkID(r.doc.ID, n*1000+part), piece); err != nil {
			return err
		}
	}
	i.Counts, i.NextChunk, i.HeldUntil = counts, n+1, r.Clock().Add(importLease)
	return r.imports().Docs.Commit(ctx, r.doc, "")
}

// rows commits rows many at a time and gives what became of each, in their order.
func (r *importRun) rows(ctx context.Context, rows []imports.Row) ([]rowResult, error) {
	out := make([]rowResult, len(rows))
	errs := make([]error, importers)
	next := make(chan int)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	for w := range importers {
		wg.Go(func() {
			for n := range next {
				if errs[w] == nil {
					if out[n], errs[w] = r.row(ctx, rows[n]); errs[w] != nil {
						stop()
					}
				}
			}
		})
	}
	for n := range rows {
		next <- n
	}
	close(next)
	wg.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return nil, err
		}
	}
	return out, errors.Join(errs...)
}

// What can become of a row.
const (
	rowCreated = iota
	rowUnchanged
	rowRefused
)

// rowResult is what became of a row.
type rowResult struct {
	outcome int
	entries []imports.Entry
	stage   string
	won     *money.Amount
}

func (x rowResult) count(c *imports.Counts) {
	c.Done++
	switch x.outcome {
	case rowCreated:
		c.Created++
	case rowUnchanged:
		c.Unchanged++
	case rowRefused:
		c.Refused++
		return
	}
	if len(x.entries) > 0 {
		c.Adjusted++
	}
	if x.stage != "" {
		c.ByStage[x.stage]++
	}
	if x.won != nil {
		sum, err := c.WonAmounts[x.won.Currency].Add(*x.won)
		if err == nil { // the map keeps currencies apart
			c.WonAmounts[x.won.Currency] = sum
		}
	}
}

func (r *importRun) row(ctx context.Context, row imports.Row) (rowResult, error) {
	ctx = facts.WithCause(ctx, importCause(r.doc.ID, row.Line))
	if r.doc.Body.Kind == imports.Leads {
		return r.leadRow(ctx, row)
	}
	return r.dealRow(ctx, row)
}

// stamp is that of facts recorded by the import.
func (r *importRun) stamp(customer string) facts.Stamp {
	return facts.Stamp{Source: Source, At: max(r.Clock(), r.doc.Body.StartedAt), Customer: customer, Policy: r.view.Version}
}
