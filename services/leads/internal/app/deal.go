package app

import (
	"context"
	"errors"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// GetDeal reads a deal that the caller may see.
func (a *App) GetDeal(ctx context.Context, id string) (*DealDoc, error) {
	doc, err := a.dealDoc(ctx, id)
	if err != nil {
		return nil, err
	}
	return doc, a.Guard.May(ctx, access.DealRead, doc.Body.Owner)
}

func (a *App) dealDoc(ctx context.Context, id string) (*DealDoc, error) {
	doc, err := a.Deals.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("商机", "deal", id)
	}
	return doc, err
}

// DealRules gives the policy that a deal is decided by now: what is in force, in
// working time of its owner, and the version that its pipeline runs on.
func (a *App) DealRules(d catalogue.Deal) (deal.Rules, instant.Time, error) {
	at, inForce, err := a.now()
	if err != nil {
		return deal.Rules{}, 0, err
	}
	running, err := a.version(d.PipelineVersion, inForce)
	return deal.Rules{InForce: inForce.On(a.People.Calendar(d.Owner)), Running: running}, at, err
}

func (a *App) version(n int64, inForce *policy.View) (*policy.View, error) {
	if n == inForce.Version {
		return inForce, nil
	}
	v, ok := a.Policy.Version(n)
	if !ok {
		return nil, problem.Away(policy.ErrNoPolicy)
	}
	return v, nil
}

// decision is a domain command on a deal as it was read.
type decision func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error)

// changeDeal reads a deal, asks whether the caller may do the action, decides,
// and commits, again if somebody else's commit was faster.
func (a *App) changeDeal(ctx context.Context, id string, match httpx.IfMatch, action access.Action, decide decision) (*DealDoc, error) {
	var doc *DealDoc
	err := retry(ctx, func() error {
		var err error
		if doc, err = a.dealDoc(ctx, id); err != nil {
			return err
		}
		if err := a.Guard.May(ctx, action, doc.Body.Owner); err != nil {
			return err
		}
		if doc.Did(httpx.Command(ctx)) {
			return nil
		}
		if err := match.Check(doc.Version); err != nil {
			return err
		}
		return a.decideDeal(ctx, doc, decide)
	})
	return doc, err
}

func (a *App) decideDeal(ctx context.Context, doc *DealDoc, decide decision) error {
	r, at, err := a.DealRules(doc.Body.Deal)
	if err != nil {
		return err
	}
	c, err := decide(doc.Body.Deal, r, at)
	if err != nil || c.Empty() {
		return err
	}
	doc.Body = storage.NewDeal(c.Deal)
	return commit(ctx, a.Deals, doc, facts.Stamp{At: at, Customer: c.Deal.Customer, Policy: r.InForce.Version}, c.Facts...)
}
