package learning

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// States of a proposal.
const (
	Draft    = "draft"    // fitted and back-tested
	Shadow   = "shadow"   // runs beside the score in force
	Approved = "approved" // a person may publish it
	Rejected = "rejected"
)

// Proposal is a proposed version of a health model.
type Proposal struct {
	ID      string             `json:"id"`
	Status  string             `json:"status" enum:"draft,shadow,approved,rejected"`
	Model   policy.HealthModel `json:"model" doc:"As it would be published"`
	Old     policy.HealthModel `json:"old" doc:"The version in force when it was learnt"`
	Policy  int64              `json:"policy" doc:"Version of the policy that inputs are measured by"`
	By      string             `json:"by"`
	At      instant.Time       `json:"at"`
	SplitAt instant.Time       `json:"split_at" doc:"Learnt from what was known then, tried on what began later"`
	Until   instant.Time       `json:"until" doc:"Where the record ended"`
	// LostAfterDays is how long a silence counts as a loss, where nobody confirmed one.
	LostAfterDays int              `json:"lost_after_days"`
	ChancePercent int              `json:"chance_percent" doc:"It warns from this chance of a loss on"`
	Rows          int              `json:"rows" doc:"Moments learnt from"`
	Reviews       int              `json:"reviews" doc:"Losses that a person confirmed, among those learnt from and tried on"`
	Customers     int              `json:"customers" doc:"Customers whose record was read"`
	Boards        []backtest.Board `json:"boards" doc:"On what began after the split: the version in force, the plain rule, the proposal"`
	Says          lang.Text        `json:"says" doc:"The boards in words"`
	ShadowSince   instant.Time     `json:"shadow_since,omitempty"`
	DecidedBy     string           `json:"decided_by,omitempty"`
	DecidedAt     instant.Time     `json:"decided_at,omitempty"`
	Note          string           `json:"note,omitempty"`
}

// Shown is the shadow score of a customer under a proposal: kept apart, never the
// customer's score. Its document's id is <proposal>.<customer>.
type Shown struct {
	Proposal string       `json:"proposal"`
	Customer string       `json:"customer"`
	Health   int          `json:"health" doc:"By the proposal"`
	Force    int          `json:"force" doc:"By the version in force when the proposal was made"`
	Low      bool         `json:"low"`
	At       instant.Time `json:"at" doc:"When the customer was looked at last"`
	Warned   []Warning    `json:"warned" doc:"When the proposal would have warned, once for each time between orders"`
}

// Warning is that a rule would have warned.
type Warning struct {
	Since instant.Time `json:"since" doc:"The order after which it would have"`
	At    instant.Time `json:"at"`
}

// known is a customer of whom there is a record.
type known struct {
	Customer string `json:"customer"`
}

const (
	byStatus = "by_status"
	byTime   = "by_time"
	byHealth = "by_health"
	byID     = "by_id"
)

var (
	proposals = store.Spec{Name: "learning_proposal", Indexes: []store.Index{{Name: byStatus, Equal: []string{"status"}, Order: "at"}, {Name: byTime, Order: "at"}}}
	shadows   = store.Spec{Name: "learning_shadow", Indexes: []store.Index{{Name: byHealth, Equal: []string{"proposal"}, Order: "health"}}}
	customers = store.Spec{Name: "learning_customer", Indexes: []store.Index{{Name: byID}}}
)

// Book keeps proposals and their shadows.
type Book struct {
	Facts  store.Collection[record.Fact]
	Policy *policy.Holder
	Clock  instant.Clock

	proposals store.Collection[Proposal]
	shadows   store.Collection[Shown]
	customers store.Collection[known]

	mu      sync.Mutex
	told    map[string]bool // customers that are noted
	running []*store.Doc[Proposal]
	looked  time.Time // when running was read
}

// Open declares the collections.
func Open(ctx context.Context, e store.Engine, c record.Collections, book *policy.Holder, clock instant.Clock) (*Book, error) {
	if err := e.Declare(ctx, proposals, shadows, customers); err != nil {
		return nil, err
	}
	return &Book{Facts: c.Facts, Policy: book, Clock: clock, proposals: store.Of[Proposal](e, proposals), shadows: store.Of[Shown](e, shadows),
		customers: store.Of[known](e, customers), told: map[string]bool{}}, nil
}

// Project notes whom there is a record of, and brings the shadow scores of that one
// customer up to date. The fact itself was recorded before.
func (b *Book) Project(ctx context.Context, e facts.Event) error {
	if e.Customer == "" || !slices.Contains(Types, e.Type) {
		return nil
	}
	if err := b.note(ctx, e.Customer); err != nil {
		return err
	}
	running, err := b.shadowing(ctx)
	if err != nil || len(running) == 0 {
		return err
	}
	for _, p := range running {
		if err := b.shadow(ctx, p.Body, e.Customer); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) note(ctx context.Context, customer string) error {
	b.mu.Lock()
	noted := b.told[customer]
	b.mu.Unlock()
	if noted {
		return nil
	}
	err := b.customers.Commit(ctx, store.New(customer, known{customer}), "")
	if err != nil && !errors.Is(err, store.ErrExists) && !errors.Is(err, store.ErrConflict) {
		return err
	}
	b.mu.Lock()
	b.told[customer] = true
	b.mu.Unlock()
	return nil
}

// reread is how often another process's shadows are looked for.
const reread = 15 * time.Second

// shadowing gives the proposals that run in shadow.
func (b *Book) shadowing(ctx context.Context) ([]*store.Doc[Proposal], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.looked.IsZero() && time.Since(b.looked) < reread {
		return b.running, nil
	}
	page, err := b.proposals.Page(ctx, store.Query{Index: byStatus, Equal: []any{Shadow}, Limit: 10})
	if err != nil {
		return nil, err
	}
	b.running, b.looked = page.Docs, time.Now()
	return b.running, nil
}

func (b *Book) forget() {
	b.mu.Lock()
	b.looked = time.Time{}
	b.mu.Unlock()
}

// mostFacts bounds what is read of one customer: the newest.
const mostFacts = 5000

// Record reads a customer's record from the facts that insights recorded.
func (b *Book) Record(ctx context.Context, customer string) (Record, error) {
	q := store.Query{Index: record.FactsByCustomer, Equal: []any{customer}, Desc: true, Limit: 500}
	var list []facts.Event
	for read := 0; ; {
		page, err := b.Facts.Page(ctx, q)
		if err != nil {
			return Record{}, err
		}
		for _, d := range page.Docs {
			if f := d.Body; slices.Contains(Types, f.Type) {
				var head catalogueHead
				if err := head.of(f); err != nil {
					return Record{}, err
				}
				list = append(list, facts.Event{ID: d.ID, Type: f.Type, Time: f.Time, Customer: f.Customer, Version: head.Version, Data: f.Data})
			}
		}
		read += len(page.Docs)
		if q.After = page.Next; q.After == "" || read >= mostFacts {
			return Read(customer, list)
		}
	}
}

// settings give how inputs are measured under a version of the policy, as long as it is known.
func (b *Book) settings(version int64) (*policy.View, error) {
	if v, ok := b.Policy.Version(version); ok {
		return v, nil
	}
	return b.Policy.At(b.Clock())
}

// shadow brings the shadow score of a customer under a proposal up to date.
func (b *Book) shadow(ctx context.Context, p Proposal, customer string) error {
	v, err := b.settings(p.Policy)
	if err != nil {
		return err
	}
	id := p.ID + "." + customer
	for range 20 {
		d, err := b.shadows.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(id, Shown{}), nil
		}
		if err != nil {
			return err
		}
		r, err := b.Record(ctx, customer)
		if err != nil {
			return err
		}
		if v.Sections.Health.For(r.Sector).ID != p.Old.ID {
			return nil // another model's
		}
		now, any := shown(p, r, v)
		if !any || d.Version > 0 && same(d.Body, now) {
			return nil
		}
		d.Body = now
		if err = b.shadows.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return store.ErrConflict
}

// shown makes the shadow score of a record, as far as the record goes; nothing where the customer was never looked at.
func shown(p Proposal, r Record, v *policy.View) (Shown, bool) {
	t := Terms{LostAfter: time.Duration(p.LostAfterDays) * day, Until: r.Seen}
	probe := Probe(v, p.Old)
	looks := Looks(r, probe, t.Until)
	if len(looks) == 0 {
		return Shown{}, false
	}
	last := looks[len(looks)-1]
	out := Shown{Proposal: p.ID, Customer: r.Customer, Health: Health(p.Model, last.X), Force: Health(p.Old, last.X), At: last.At, Warned: []Warning{}}
	out.Low = out.Health < p.Model.LowBelow
	for _, e := range Episodes(r, probe, t) {
		if at, warned := backtest.First(e, Warns(p.Model)); warned {
			out.Warned = append(out.Warned, Warning{Since: e.Start, At: at})
		}
	}
	return out, true
}

func same(a, b Shown) bool {
	return a.Health == b.Health && a.Force == b.Force && a.At == b.At && slices.Equal(a.Warned, b.Warned)
}

// catalogueHead is what of a fact's head the record needs.
type catalogueHead struct{ Version int64 }

func (h *catalogueHead) of(f record.Fact) error {
	d, err := facts.Decode[catalogue.Head](facts.Event{Data: f.Data})
	h.Version = d.AggregateVersion
	return err
}
