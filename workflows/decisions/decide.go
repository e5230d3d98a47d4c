package decisions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/courtesy"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/moment"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
	"liuke.dev/workflows/journey"
)

// Decider makes decisions and keeps them.
type Decider struct {
	docs   store.Collection[Document]
	kinds  map[string]journey.Process
	policy *policy.Holder
	link   func(kind, id string) string // of the journey's API path
	// calendars gives the working calendars of people, as they are now.
	calendars func() map[string]string
	metrics   *metrics
	places    chan struct{} // of decisions that are being made
}

// New declares the documents and gives a decider for the kinds. People's working
// calendars are those that calendars names (directory.Calendars) when a decision
// is made.
func New(ctx context.Context, e store.Engine, p *policy.Holder, calendars func() map[string]string, link func(kind, id string) string,
	kinds ...journey.Process) (*Decider, error) {
	if err := e.Declare(ctx, Spec); err != nil {
		return nil, fmt.Errorf("journeys: %w", err)
	}
	d := &Decider{docs: store.Of[Document](e, Spec), kinds: map[string]journey.Process{}, policy: p, calendars: calendars, link: link, metrics: measured(nil),
		places: make(chan struct{}, atOnce)}
	for _, k := range kinds {
		d.kinds[k.Name()] = k
	}
	return d, nil
}

// keptFired and keptSettled bound what a document shows of the past; the rest
// is in the facts.
const (
	keptFired   = 10
	keptSettled = 20
)

// atOnce is how many decisions are made side by side, so that the store groups
// their commits; those that wait hold nothing but their request.
const atOnce = 32

// decideCourtesy is how long a decision waits at most while people wait for the processors.
const decideCourtesy = 500 * time.Millisecond

// Decide makes one decision and commits it with its fact. A request that is
// repeated after a crash finds its facts read and its obligations fired, and is
// handed the effects it was handed before: every decision is made once.
//
// A decision that read nothing new and fired nothing leaves no document version
// and no fact; one that only reports effects or meets a new policy or calendar
// leaves a version without a fact. Numbers count facts, so they have no gaps.
func (d *Decider) Decide(ctx context.Context, in Request) (Answer, error) {
	ctx = store.Background(telemetry.With(ctx, telemetry.Names{Journey: in.Kind + "/" + in.ID}))
	defer courtesy.Before(ctx, decideCourtesy)()
	select {
	case d.places <- struct{}{}:
		defer func() { <-d.places }()
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	for {
		a, err := d.decide(ctx, in)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists) {
			continue // a zombie of this request was faster: read what it wrote
		}
		var fault *RuleError
		if errors.As(err, &fault) {
			err = errors.Join(err, d.showFault(ctx, in, fault))
		}
		if err != nil {
			d.metrics.failed(in.Kind)
		}
		return a, err
	}
}

func (d *Decider) decide(ctx context.Context, in Request) (Answer, error) {
	kind, ok := d.kinds[in.Kind]
	if !ok {
		return Answer{}, fmt.Errorf("journeys: no kind %q", in.Kind)
	}
	begun := time.Now()
	doc, err := d.docs.Get(ctx, DocumentID(in.Kind, in.ID))
	if errors.Is(err, store.ErrNotFound) {
		doc, err = store.New(DocumentID(in.Kind, in.ID), Document{Kind: in.Kind, ID: in.ID, Ended: true}), nil
	}
	if err != nil {
		return Answer{}, err
	}
	b := &doc.Body
	ctx = telemetry.With(ctx, telemetry.Names{Customer: b.Show.Customer})
	view, err := d.view(in, b.Policy)
	if err != nil {
		return Answer{}, err
	}
	dec, err := think(kind, journey.Input{ID: in.ID, State: b.State, Facts: in.Events, Now: in.Now, View: view, Calendars: d.calendars()})
	if err != nil {
		return Answer{}, err
	}
	ctx, step := b.begin(ctx, in, dec, begun)
	defer func() { step.End(err) }()
	settled := b.settle(in)
	handed := b.hand(in, dec)
	matters := len(dec.Read) > 0 || len(dec.Fired) > 0
	if !matters && !settled && b.Fault == nil && (doc.Version == 0 || b.Policy == dec.Policy && b.Calendar == ranOn(dec.Calendar)) {
		d.metrics.quiet(in.Kind, begun)
		return d.answer(b, dec, view, in, handed), nil
	}
	waited := b.waited(dec.Fired)
	b.arm(dec.Pending, telemetry.Here(ctx))
	b.take(in, dec, matters, handed)
	recorded, err := d.record(ctx, doc.Version+1, b, dec, in, matters)
	if err != nil {
		return Answer{}, err
	}
	if err = d.keep(ctx, doc, recorded); err != nil {
		return Answer{}, err
	}
	d.metrics.recorded(in.Kind, dec, begun, instant.Now())
	for _, due := range waited {
		courtesy.Kept(instant.Now().Sub(due))
	}
	return d.answer(b, dec, view, in, handed), nil
}

// keep commits a decision.
func (d *Decider) keep(ctx context.Context, doc *store.Doc[Document], recorded []store.Fact) error {
	if err := moment.Reached(moment.BeforeDecision); err != nil {
		return err
	}
	if err := d.docs.Commit(ctx, doc, "", recorded...); err != nil {
		return err
	}
	return moment.Reached(moment.AfterDecision)
}

// settle takes how effects ended and which are to be tried again.
func (b *Document) settle(in Request) bool {
	changed := false
	for _, o := range in.Outcomes {
		i := slices.IndexFunc(b.Effects, func(e Effect) bool { return e.ID == o.ID && e.Status == InHand })
		switch {
		case i < 0:
		case o.Status == "":
			b.Effects, changed = slices.Delete(b.Effects, i, i+1), true
		default:
			b.Effects[i].Status, b.Effects[i].Error, b.Effects[i].At, changed = o.Status, o.Error, in.Now, true
		}
	}
	for _, id := range in.Retry {
		for i := range b.Effects {
			if b.Effects[i].ID == id && b.Effects[i].Status != InHand {
				b.Effects[i].Status, changed = InHand, true
			}
		}
	}
	return changed
}

// hand gives the ids of the effects that this request is to carry out.
func (b *Document) hand(in Request, dec journey.Decision) []string {
	var ids []string
	if b.Key == in.Key {
		ids = append(ids, b.Handed...)
	}
	all := in.Fresh || b.forgotten(in.Key)
	for _, e := range b.Effects {
		if e.Status == InHand && (all || slices.Contains(in.Retry, e.ID)) && !slices.Contains(ids, e.ID) {
			ids = append(ids, e.ID)
		}
	}
	for _, e := range dec.Effects {
		ids = append(ids, e.ID)
	}
	return ids
}

// take makes the decision the newest one.
func (b *Document) take(in Request, dec journey.Decision, published bool, handed []string) {
	if published {
		b.Number++
	}
	b.Holder, b.Calendar = dec.Holder, ranOn(dec.Calendar)
	b.At, b.Policy, b.Ended, b.NextDue, b.State, b.Says, b.Pending = in.Now, dec.Policy, dec.Ended, dec.NextDue, dec.State, dec.Says, dec.Pending
	b.Key, b.Handed, b.Fault = in.Key, handed, nil
	b.Show = show(dec, b.Show.Late)
	b.Fired = tail(append(b.Fired, dec.Fired...), keptFired)
	for _, e := range dec.Effects {
		b.Effects = append(b.Effects, Effect{Effect: e, Decision: b.Number, Status: InHand, At: in.Now})
	}
	b.forget()
}

// forget drops the oldest effects that ended badly, and says whether any is left.
func (b *Document) forget() {
	over := -keptSettled
	for _, e := range b.Effects {
		if e.Status != InHand {
			over++
		}
	}
	b.Effects = slices.DeleteFunc(b.Effects, func(e Effect) bool {
		if over <= 0 || e.Status == InHand {
			return false
		}
		over--
		return true
	})
	b.Troubled = b.Fault != nil || slices.ContainsFunc(b.Effects, func(e Effect) bool { return e.Status == Failed })
}

func tail(list []catalogue.Fired, n int) []catalogue.Fired {
	if len(list) > n {
		return slices.Clone(list[len(list)-n:])
	}
	return list
}

func show(dec journey.Decision, late bool) Show {
	if len(dec.Fired) > 0 {
		late = slices.ContainsFunc(dec.Fired, func(f catalogue.Fired) bool { return f.Late })
	}
	s := dec.Status
	return Show{Stage: s.Stage, StageName: s.StageName, Owner: s.Owner, Customer: s.Customer, Risk: s.Risk, Late: late}
}

func (d *Decider) record(ctx context.Context, version int64, b *Document, dec journey.Decision, in Request, published bool) ([]store.Fact, error) {
	if !published {
		return nil, nil
	}
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "journeys", Kind: catalogue.ActorJourney})
	switch {
	case len(dec.Read) > 0:
		ctx = facts.WithCause(ctx, dec.Read[0].ID)
	case len(dec.Fired) > 0:
		ctx = facts.WithCause(ctx, dec.Fired[0].Obligation.ID)
	}
	f, err := facts.Record(ctx, facts.Stamp{Source: "liuke/journeys", At: in.Now, Customer: b.Show.Customer, Policy: dec.Policy}, version, &catalogue.Decided{
		Journey: in.Kind + "/" + in.ID, Process: in.Kind, Number: b.Number, At: in.Now, Policy: dec.Policy, Read: dec.Read, Fired: dec.Fired,
		Pending: dec.Pending, Stage: b.Show.Stage, Owner: b.Show.Owner, Risk: b.Show.Risk, Says: dec.Says, Ended: dec.Ended})
	if err != nil {
		return nil, err
	}
	return []store.Fact{f}, nil
}

func (d *Decider) answer(b *Document, dec journey.Decision, view *policy.View, in Request, handed []string) Answer {
	a := Answer{Number: b.Number, Policy: dec.Policy, Read: len(dec.Read), NextDue: dec.NextDue, Show: b.Show, Ended: dec.Ended}
	for _, f := range dec.Fired {
		a.Fired = append(a.Fired, f.Obligation.Rule)
	}
	if len(dec.Pending) > 0 {
		a.Next = dec.Pending[0].Does
	}
	for _, e := range b.Effects {
		if slices.Contains(handed, e.ID) && e.Status == InHand {
			a.Effects = append(a.Effects, e.Effect)
		}
	}
	a.Details = details(b, dec, view, d.link(in.Kind, in.ID))
	return a
}

// Get gives a journey's newest decision. Errors: store.ErrNotFound.
func (d *Decider) Get(ctx context.Context, kind, id string) (Document, int64, error) {
	doc, err := d.docs.Get(ctx, DocumentID(kind, id))
	if err != nil {
		return Document{}, 0, err
	}
	return doc.Body, doc.Version, nil
}

// Recent gives the newest decisions as they were published, oldest first.
func (d *Decider) Recent(ctx context.Context, kind, id string, version int64, limit int) ([]catalogue.Decided, error) {
	history, err := d.docs.Engine().History(ctx, d.docs.Aggregate(DocumentID(kind, id)), max(version-int64(limit), 0), limit)
	if err != nil {
		return nil, err
	}
	out := make([]catalogue.Decided, 0, len(history))
	for _, f := range history {
		e, err := facts.Stored(f)
		if err != nil {
			return nil, err
		}
		c, err := facts.Decode[catalogue.Decided](e)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
