package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/storage"
)

// Pooled is a customer, or a lead without customer yet, in the public pool.
type Pooled struct {
	Kind     string       `json:"kind" enum:"customer,lead"`
	ID       string       `json:"id"`
	Company  string       `json:"company,omitempty"`
	Since    instant.Time `json:"since"`
	Reason   string       `json:"reason,omitempty" doc:"Why it is in the pool (R-045)"`
	Previous string       `json:"previous,omitempty" doc:"Who held it before"`
	Need     string       `json:"need,omitempty"`
	Source   string       `json:"source,omitempty"`

	CustomerStanding *CustomerStanding `json:"customer_standing,omitempty" doc:"How the customer stands (R-102)"`
}

// PoolCustomers lists pooled customers, longest there first.
func (a *App) PoolCustomers(ctx context.Context, limit int, after string) ([]Pooled, string, error) {
	if err := a.Guard.MayAtAll(ctx, access.PoolRead); err != nil {
		return nil, "", err
	}
	page, err := a.Ownerships.Page(ctx, store.Query{Index: "pooled", Equal: []any{true}, Limit: limit, After: after})
	items := make([]Pooled, 0, len(page.Docs))
	for _, d := range page.Docs {
		items = append(items, Pooled{Kind: catalogue.KindCustomer, ID: d.ID, Company: d.Body.Company, Since: d.Body.PooledAt, Reason: d.Body.Reason, Previous: d.Body.Previous,
			CustomerStanding: a.StandingOf(d.ID)})
	}
	return items, page.Next, err
}

// PoolLeads lists pooled leads without customer, longest there first.
func (a *App) PoolLeads(ctx context.Context, limit int, after string) ([]Pooled, string, error) {
	if err := a.Guard.MayAtAll(ctx, access.PoolRead); err != nil {
		return nil, "", err
	}
	page, err := a.Leads.Page(ctx, store.Query{Index: "in_pool", Equal: []any{true}, Limit: limit, After: after})
	items := make([]Pooled, 0, len(page.Docs))
	for _, d := range page.Docs {
		items = append(items, Pooled{Kind: catalogue.KindLead, ID: d.ID, Company: d.Body.Company, Since: d.Body.PooledAt, Reason: d.Body.PoolReason,
			Need: d.Body.Need, Source: d.Body.Source})
	}
	return items, page.Next, err
}

// Claim takes a customer, or a lead without customer, from the pool for the
// caller: one compare-and-set decides who gets it. A place under the
// caller's limits is reserved before and settled after; a crash in between
// leaves at most one place of one day taken.
func (a *App) Claim(ctx context.Context, id string) (Pooled, error) {
	p := caller(ctx)
	if err := a.Guard.May(ctx, access.PoolClaim, p.ID); err != nil {
		return Pooled{}, err
	}
	at, v, err := a.now()
	if err != nil {
		return Pooled{}, err
	}
	thing, state, err := a.inPool(ctx, id, p.ID)
	switch {
	case err != nil:
		return Pooled{}, err
	case state == mine:
		return thing, nil
	case state == taken:
		return Pooled{}, ownership.ErrTaken()
	}
	if err := a.reserve(ctx, p.ID, thing.ID, v, at); err != nil {
		return Pooled{}, err
	}
	got, err := a.take(ctx, thing, p.ID, at, v)
	if settleErr := a.settle(ctx, p.ID, thing.ID, got); settleErr != nil {
		a.Log.WarnContext(ctx, "a claim's reservation was not settled", "person", p.ID, "thing", thing.ID, "error", settleErr)
	}
	if err == nil && !got {
		err = ownership.ErrTaken()
	}
	return thing, err
}

type claimState int

const (
	free claimState = iota
	mine            // by this very command, or it was the caller's anyway
	taken
)

func (a *App) inPool(ctx context.Context, id, person string) (Pooled, claimState, error) {
	o, err := a.Ownerships.Get(ctx, id)
	if err == nil {
		t := Pooled{Kind: catalogue.KindCustomer, ID: id, Company: o.Body.Company, Since: o.Body.PooledAt, Reason: o.Body.Reason, Previous: o.Body.Previous}
		return t, stateOf(o.Body.Pooled, o.Body.Owner == person && o.Did(httpx.Command(ctx))), nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Pooled{}, taken, err
	}
	d, err := a.Leads.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Pooled{}, taken, problem.Missing("公共资源", "thing in the pool", id)
	}
	if err != nil {
		return Pooled{}, taken, err
	}
	if d.Body.Pooled && d.Body.Customer != "" {
		return a.inPool(ctx, d.Body.Customer, person) // the customer is what lies in the pool
	}
	t := Pooled{Kind: catalogue.KindLead, ID: id, Company: d.Body.Company, Since: d.Body.PooledAt, Reason: d.Body.PoolReason, Need: d.Body.Need, Source: d.Body.Source}
	return t, stateOf(d.Body.InPool, d.Body.Owner == person && d.Did(httpx.Command(ctx))), nil
}

func stateOf(pooled, own bool) claimState {
	switch {
	case pooled:
		return free
	case own:
		return mine
	}
	return taken
}

// take is the one compare-and-set of a claim.
func (a *App) take(ctx context.Context, thing Pooled, person string, at instant.Time, v *policy.View) (bool, error) {
	if thing.Kind == catalogue.KindLead {
		return a.placeLead(ctx, httpx.Command(ctx), thing.ID, "", person, ownership.Claim, "")
	}
	got := false
	err := retry(ctx, func() error {
		o, err := a.Ownerships.Get(ctx, thing.ID)
		if err != nil || !o.Body.Pooled {
			return err
		}
		o.Body.Ownership, o.Body.Change = ownership.Give(o.Body.Ownership, person, at), ownership.Claim
		err = commit(ctx, a.Ownerships, o, stampOf(thing.ID, at, v), &catalogue.CustomerClaimed{After: o.Body.Ownership})
		got = err == nil
		return err
	})
	if err != nil || !got {
		return got, err
	}
	if err := a.follow(ctx, thing.ID); err != nil {
		a.Log.WarnContext(ctx, "leads and deals follow a claim later", "customer", thing.ID, "error", err)
	}
	return true, nil
}

// settleWait is how often and how long a claim at the hold limit waits for the
// person's other claims in flight, which may yet fail or be counted twice.
const (
	settleWait  = 5 * time.Millisecond
	settleTries = 200
)

// reserve takes a place under the limits in the person's own document, so that
// claims of one person pass it one after the other.
func (a *App) reserve(ctx context.Context, person, thing string, v *policy.View, at instant.Time) error {
	for n := 0; ; n++ {
		others := false
		err := a.onClaims(ctx, person, func(t ownership.Taking) (ownership.Taking, error) {
			others = len(t.InFlight) > 0
			held, err := a.held(ctx, person, t)
			if err != nil {
				return t, err
			}
			return t.Reserve(thing, a.localDay(person, at), held, ownership.LimitsOf(v), at)
		})
		var p *problem.Error
		if !others || n == settleTries || !errors.As(err, &p) || p.Rule != ownership.RuleHold {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(settleWait):
		}
	}
}

func (a *App) settle(ctx context.Context, person, thing string, got bool) error {
	return a.onClaims(context.WithoutCancel(ctx), person, func(t ownership.Taking) (ownership.Taking, error) { return t.Settle(thing, got), nil })
}

// onClaims changes a person's claims. It is tried for as long as the caller
// waits: the document is contended only by the same person.
func (a *App) onClaims(ctx context.Context, person string, change func(ownership.Taking) (ownership.Taking, error)) error {
	for ctx.Err() == nil {
		d, err := a.Claims.Get(ctx, person)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(person, storage.Claims{}), nil
		}
		if err != nil {
			return err
		}
		if d.Body.Taking, err = change(d.Body.Taking); err != nil {
			return err
		}
		err = a.Claims.Commit(ctx, d, "")
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err
		}
	}
	return ctx.Err()
}

// held counts the customers that a person owns, those apart whose claim is
// still in flight. These are looked at before counting: one that becomes theirs
// in between is counted twice, never not at all.
func (a *App) held(ctx context.Context, person string, t ownership.Taking) (int, error) {
	counted := int64(0)
	for _, f := range t.InFlight {
		o, err := a.Ownerships.Get(ctx, f.Thing)
		if err == nil && o.Body.Owner == person {
			counted++
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
	}
	n, err := a.Ownerships.Count(ctx, store.Query{Index: "owner", Equal: []any{person}})
	return int(n - counted), err
}

// localDay gives the date at an instant where a person works.
func (a *App) localDay(person string, at instant.Time) string {
	return at.Std().In(a.zoneOf(person)).Format(time.DateOnly)
}

// home is the zone of people who name none.
var home = time.FixedZone("Asia/Shanghai", 8*60*60)

func (a *App) zoneOf(person string) *time.Location {
	p, _ := a.People.Person(person)
	if p.Zone == "" {
		return home
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return home
	}
	return zone
}
