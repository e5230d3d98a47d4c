// Package prices says what a customer pays and why: tiered prices, offers that
// existing customers get by themselves, and requests for quotes, of which many in
// a short time are a sign of comparing.
package prices

import (
	"context"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const source = "liuke/accounts"

// Offered is the document of an offer that was pushed to a customer.
type Offered struct {
	holdings.Belonging
	Offer policy.Offer `json:"offer"` // as it was
	At    instant.Time `json:"at"`
	Until instant.Time `json:"until"`
}

// Requests is the document of a customer's newest requests for prices.
type Requests struct {
	holdings.Belonging
	Requests []catalogue.QuoteRequest `json:"requests"`
	// ComparedAt is when they were last found to be comparing.
	ComparedAt instant.Time `json:"compared_at,omitempty"`
	Total      int          `json:"total"`
}

var (
	offers   = store.Spec{Name: "offer", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "at"}}}
	requests = store.Spec{Name: "quote_request", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}}}}
)

// Config is what prices are given.
type Config struct {
	Engine store.Engine
	Files  *app.Accounts
	Guard  access.Guard
	Policy *policy.Holder
	// Since gives when a customer's first contract was signed, zero if none was.
	Since func(ctx context.Context, customer string) (instant.Time, error)
	Clock instant.Clock
	Log   *slog.Logger
}

// Prices are the use cases.
type Prices struct {
	Config
	offers   store.Collection[Offered]
	requests store.Collection[Requests]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Prices, error) {
	if err := c.Engine.Declare(ctx, offers, requests); err != nil {
		return nil, err
	}
	return &Prices{Config: c, offers: store.Of[Offered](c.Engine, offers), requests: store.Of[Requests](c.Engine, requests)}, nil
}

func (p *Prices) view() (*policy.View, instant.Time, error) {
	now := p.Clock()
	v, err := p.Policy.At(now)
	if err != nil {
		return nil, now, problem.Away(err)
	}
	return v, now, nil
}

// Buyer gives what a customer's prices depend on.
func (p *Prices) Buyer(ctx context.Context, _ *policy.View, f customer.File, now instant.Time) (Buyer, error) {
	since, err := p.Since(ctx, f.ID)
	if err != nil {
		return Buyer{}, err
	}
	b := Buyer{Tier: f.Tier, Since: since}
	pushed, err := p.pushed(ctx, f.ID)
	for _, d := range pushed {
		if now.Before(d.Body.Until) {
			b.Offers = append(b.Offers, d.Body.Offer)
		}
	}
	return b, err
}

// pushed gives the newest offers that a customer got, the newest first.
func (p *Prices) pushed(ctx context.Context, customerID string) ([]*store.Doc[Offered], error) {
	page, err := p.offers.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customerID}, Desc: true, Limit: 200})
	return page.Docs, err
}

// Price gives what a customer pays, and why.
func (p *Prices) Price(ctx context.Context, by auth.Principal, customerID string, asks []Ask) (Quote, error) {
	f, _, err := p.Files.Permitted(ctx, by, access.PriceAsk, customerID)
	if err != nil {
		return Quote{}, err
	}
	return p.of(ctx, f, asks)
}

func (p *Prices) of(ctx context.Context, f customer.File, asks []Ask) (Quote, error) {
	v, now, err := p.view()
	if err != nil {
		return Quote{}, err
	}
	b, err := p.Buyer(ctx, v, f, now)
	if err != nil {
		return Quote{}, err
	}
	return Of(v, b, asks, now, "items")
}
