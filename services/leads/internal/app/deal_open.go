package app

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/oklog/ulid/v2"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// OpenDeal begins a deal. A deal of a customer belongs to the customer's
// first-responsible person; without a customer it belongs to the owner
// named, or to the caller.
func (a *App) OpenDeal(ctx context.Context, n deal.New) (*DealDoc, error) {
	n.ID = httpx.NewID(ctx)
	if doc, err := a.Deals.Get(ctx, n.ID); err == nil && doc.Did(httpx.Command(ctx)) {
		return doc, a.Guard.May(ctx, access.DealOpen, doc.Body.Owner)
	}
	if n.Owner == "" {
		n.Owner = caller(ctx).ID
	}
	if p, ok := a.People.Person(n.Owner); !ok || !p.Active {
		return nil, problem.InvalidFields(problem.FieldError("owner", "active_person", "没有这位在职人员", "is not an active person"))
	}
	owner, err := a.ownerOf(ctx, n.Customer, n.Owner)
	if err != nil {
		return nil, err
	}
	if err := a.Guard.May(ctx, access.DealOpen, owner); err != nil {
		return nil, err
	}
	n.Owner = owner
	return a.openDeal(ctx, n)
}

// ownerOf gives who owns a deal of the customer: the customer's owner if it has
// one. What lies in the public pool is claimed first.
func (a *App) ownerOf(ctx context.Context, customer, wanted string) (string, error) {
	if customer == "" {
		return wanted, nil
	}
	o, err := a.Ownerships.Get(ctx, customer)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return wanted, nil
	case err != nil:
		return "", err
	case o.Body.Pooled:
		return "", problem.Refuse("R-047", "客户在公共资源中，请先领取", "The customer is in the public pool: claim it first")
	case o.Body.Owner != "":
		return o.Body.Owner, nil
	}
	return wanted, nil
}

// openDeal commits a new deal; if it exists already, that one is the answer. A
// customer that nobody owned yet gets the deal's owner; one that somebody else
// came to own meanwhile keeps that owner, and the deal follows.
func (a *App) openDeal(ctx context.Context, n deal.New) (*DealDoc, error) {
	at, v, err := a.now()
	if err != nil {
		return nil, err
	}
	c, err := deal.Open(n, deal.Rules{InForce: v, Running: v}, caller(ctx).ID, at)
	if err != nil {
		return nil, err
	}
	if n.Customer != "" {
		if _, err := a.ensureOwned(ctx, n.Customer, n.Owner, c.Deal.Company); err != nil {
			return nil, err
		}
	}
	doc := store.New(n.ID, storage.NewDeal(c.Deal))
	err = commit(ctx, a.Deals, doc, stampOf(n.Customer, at, v), c.Facts...)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return nil, err
	}
	if n.Customer == "" && err == nil {
		return doc, nil
	}
	if n.Customer != "" {
		if err := a.follow(ctx, n.Customer); err != nil {
			return nil, err
		}
	}
	return a.Deals.Get(ctx, n.ID)
}

// ConvertInput is what a lead becomes a deal with; the rest comes from the lead.
type ConvertInput struct {
	Title         string        `json:"title,omitempty" maxLength:"200" doc:"Empty: the company's name"`
	Pipeline      string        `json:"pipeline,omitempty" maxLength:"40" doc:"Empty: the default pipeline"`
	Amount        *money.Amount `json:"amount,omitempty"`
	Product       string        `json:"product,omitempty" maxLength:"200"`
	KeyPerson     string        `json:"key_person,omitempty" maxLength:"200"`
	ExpectedClose instant.Time  `json:"expected_close,omitempty"`
}

// OpenDealOfLead begins the deal that a lead is converted to. Its id derives
// from the lead's, so that a lead becomes one deal however often it is asked.
func (a *App) OpenDealOfLead(ctx context.Context, l catalogue.Lead, in ConvertInput) (string, error) {
	if in.Amount == nil {
		in.Amount = l.Value
	}
	if in.KeyPerson == "" {
		in.KeyPerson = l.KeyPerson
	}
	if in.Title == "" {
		in.Title = l.Company
	}
	f := deal.Fields{Title: &in.Title, Company: &l.Company, Source: &l.Source, Product: &in.Product, Need: &l.Need, CustomerType: &l.CustomerType,
		BudgetBand: &l.BudgetBand, KeyPerson: &in.KeyPerson, KeyNeed: &l.KeyNeed, Objections: &l.Objections, Amount: in.Amount, ExpectedClose: &in.ExpectedClose}
	doc, err := a.openDeal(ctx, deal.New{ID: derivedID("deal of lead", l.ID), Customer: l.Customer, Lead: l.ID, Owner: l.Owner, Pipeline: in.Pipeline, Fields: f})
	if err != nil {
		return "", err
	}
	return doc.ID, nil
}

// derivedID gives the id of a thing of which there is one per parts.
func derivedID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	var id ulid.ULID
	copy(id[:], h.Sum(nil))
	id[0] &= 0x7f // stays below the largest ULID time
	return id.String()
}
