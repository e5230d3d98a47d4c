// Package project builds insights' read models from facts alone. Every step is
// idempotent, so facts may come twice and in any order.
package project

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/store"
)

// Projector writes read models.
type Projector struct {
	c    record.Collections
	more []Projection
}

// Projection is a read model of its own, built from the same facts.
type Projection interface {
	Project(ctx context.Context, e facts.Event) error
}

// New makes a projector.
func New(c record.Collections, more ...Projection) *Projector { return &Projector{c, more} }

// parallel is how many facts of one batch are written at once, so that the
// store groups their commits.
const parallel = 32

// Batch records facts; the outcome of each is in its place.
func (p *Projector) Batch(ctx context.Context, batch []facts.Event) []error {
	ctx = store.Background(ctx)
	outcomes := make([]error, len(batch))
	var g errgroup.Group
	g.SetLimit(parallel)
	for i, e := range batch {
		g.Go(func() error {
			outcomes[i] = p.One(ctx, e)
			return nil
		})
	}
	_ = g.Wait() // each fact has its own outcome
	return outcomes
}

// One records one fact.
func (p *Projector) One(ctx context.Context, e facts.Event) error {
	if err := p.record(ctx, e); err != nil {
		return err
	}
	for _, m := range p.more {
		if err := m.Project(ctx, e); err != nil {
			return err
		}
	}
	if e.Type != (*catalogue.Decided)(nil).Kind().Type {
		return nil
	}
	d, err := facts.Decode[catalogue.Decided](e)
	if err != nil {
		return facts.Final(err)
	}
	for _, f := range d.Fired {
		if err := p.fired(ctx, d, f); err != nil {
			return err
		}
	}
	return p.journey(ctx, d)
}

func (p *Projector) record(ctx context.Context, e facts.Event) error {
	var head catalogue.Head
	if err := json.Unmarshal(e.Data, &head); err != nil {
		return facts.Final(err)
	}
	f := record.Fact{Type: e.Type, Subject: e.Subject, Time: e.Time, Customer: e.Customer, Actor: head.Actor, Cause: head.Cause,
		Policy: head.PolicyVersion, Data: e.Data}
	err := p.c.Facts.Commit(ctx, store.New(e.ID, f), "")
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	return err
}

// fired notes a fired obligation, and whether it fired in more than one decision.
func (p *Projector) fired(ctx context.Context, d catalogue.Decided, f catalogue.Fired) error {
	return p.retry(func() error {
		doc, err := p.c.Obligations.Get(ctx, f.Obligation.ID)
		if errors.Is(err, store.ErrNotFound) {
			doc, err = store.New(f.Obligation.ID, record.Obligation{Journey: JourneyID(d.Journey), Rule: f.Obligation.Rule, Obligation: f.Obligation,
				At: f.At, Policy: d.Policy, Late: f.Late, Effects: f.Effects}), nil
		}
		if err != nil || slices.Contains(doc.Body.Decisions, d.Number) {
			return err
		}
		doc.Body.Decisions = append(doc.Body.Decisions, d.Number)
		doc.Body.Doubled = len(doc.Body.Decisions) > 1
		return p.c.Obligations.Commit(ctx, doc, "")
	})
}

func (p *Projector) journey(ctx context.Context, d catalogue.Decided) error {
	return p.retry(func() error {
		id := JourneyID(d.Journey)
		doc, err := p.c.Journeys.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			doc, err = store.New(id, record.Journey{}), nil
		}
		if err != nil || doc.Body.Number >= d.Number {
			return err
		}
		doc.Body = record.Journey{Number: d.Number, At: d.At, Policy: d.Policy, Stage: d.Stage, Owner: d.Owner, Customer: d.Customer, Risk: d.Risk,
			Says: d.Says, Pending: d.Pending, Ended: d.Ended}
		if len(d.Pending) > 0 {
			doc.Body.NextDue = d.Pending[0].Due
		}
		return p.c.Journeys.Commit(ctx, doc, "")
	})
}

// retry repeats a read and write that another fact's overtook.
func (p *Projector) retry(step func() error) error {
	for range 20 {
		err := step()
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return store.ErrConflict
}

// JourneyID gives the document id of a workflow id.
func JourneyID(workflow string) string { return strings.Replace(workflow, "/", ":", 1) }
