package prices

import (
	"context"
	"errors"
	"strconv"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// Push gives a customer every offer that it is eligible for and does not have yet
// . It is asked whenever what decides eligibility changes, and by the
// contract's journey when only time has passed. It gives the ids of what is new.
func (p *Prices) Push(ctx context.Context, customerID string) ([]string, error) {
	f, err := p.Files.Root(ctx, customerID)
	if err != nil {
		return nil, err
	}
	v, now, err := p.view()
	if err != nil {
		return nil, err
	}
	b, err := p.Buyer(ctx, v, f, now)
	if err != nil {
		return nil, err
	}
	before, err := p.pushed(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	ids := []string{}
	for _, o := range v.Sections.Prices.Offers {
		why, ok := Eligible(v, o, b, now)
		n, due := next(v, o, before, now)
		if !ok || !due {
			continue
		}
		id, err := p.push(ctx, v, now, f.ID, o, n, why)
		if errors.Is(err, store.ErrExists) {
			continue // somebody else just did
		}
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// next gives the number of the next push of an offer and whether it is time for it.
func next(v *policy.View, o policy.Offer, before []*store.Doc[Offered], now instant.Time) (int, bool) {
	n, last := 0, instant.Time(0)
	for _, d := range before {
		if d.Body.Offer.ID == o.ID {
			n, last = n+1, max(last, d.Body.At)
		}
	}
	return n, n == 0 || !o.Every.IsZero() && !now.Before(v.After(last, o.Every))
}

func (p *Prices) push(ctx context.Context, v *policy.View, now instant.Time, customerID string, o policy.Offer, n int, why lang.Text) (string, error) {
	id := customerID + ":" + o.ID + ":" + strconv.Itoa(n)
	until := v.After(now, o.ValidFor)
	f, err := facts.Record(ctx, facts.Stamp{Source: source, At: now, Customer: customerID, Policy: v.Version}, 1,
		&catalogue.OfferPushed{Customer: customerID, Offer: o.ID, Name: o.Name, PerMille: o.PerMille, Until: until, Because: why, Outreach: "offer:" + id})
	if err != nil {
		return "", err
	}
	return id, p.offers.Commit(ctx, store.New(id, Offered{Belonging: holdings.Belonging{Customer: customerID}, Offer: o, At: now, Until: until}), "", f)
}

// Letter gives what the customer is sent for an offer that was pushed.
func (p *Prices) Letter(ctx context.Context, e catalogue.OfferPushed) (effects.ReachCustomer, error) {
	v, now, err := p.view()
	if err != nil {
		return effects.ReachCustomer{}, err
	}
	out := effects.ReachCustomer{Customer: e.Customer, Channel: "mail", Purpose: "offer", Department: "sales", Subject: e.Name, Uses: []string{"tier", "contracts"}, Until: e.Until}
	pushed, err := p.pushed(ctx, e.Customer)
	for _, d := range pushed {
		if d.Body.Offer.ID == e.Offer && now.Before(d.Body.Until) {
			o := d.Body.Offer
			if o.Channel != "" {
				out.Channel = o.Channel
			}
			out.Text = lang.T(o.Text.Zh+"优惠 "+percent(o.PerMille)+"，有效期至 "+v.Local(e.Until)+"。", o.Text.En+" "+percent(o.PerMille)+" off until "+v.Local(e.Until)+".")
			break
		}
	}
	return out, err
}

// Standing gives the offers of a customer, the newest first.
func (p *Prices) Standing(ctx context.Context, by auth.Principal, customerID string) ([]Offered, error) {
	f, _, err := p.Files.Permitted(ctx, by, access.PriceAsk, customerID)
	if err != nil {
		return nil, err
	}
	docs, err := p.pushed(ctx, f.ID)
	out := make([]Offered, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Body)
	}
	return out, err
}
