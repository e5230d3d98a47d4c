package app

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/ownership"
)

// Reassign gives a lead or deal, with its customer, to the next person who is
// available at this moment: never to somebody who left or is away.
func (a *App) Reassign(ctx context.Context, kind, id string, in effects.Reassign) (Outcome, error) {
	h, err := a.heldFor(ctx, kind, id)
	if err != nil {
		return Outcome{}, err
	}
	if done, o, err := a.doneBefore(ctx, h); done || err != nil {
		return o, err
	}
	switch {
	case !h.open:
		return Outcome{Why: "ended", Owner: h.owner}, nil
	case h.owner != in.From || h.owner == "":
		return Outcome{Why: "other_owner", Owner: h.owner}, nil
	}
	at, v, err := a.now()
	if err != nil {
		return Outcome{}, err
	}
	to := a.inTurn(v, in.From, at)
	if to == "" || to == in.From {
		return Outcome{Why: "nobody", Owner: h.owner}, nil
	}
	return a.giveTo(ctx, h, in, to)
}

func (a *App) giveTo(ctx context.Context, h held, in effects.Reassign, to string) (out Outcome, err error) {
	command := httpx.Command(ctx)
	out = Outcome{Applied: true, Owner: to}
	switch {
	case h.customer != "":
		err = a.onOwnership(ctx, command, h.customer, func(o *OwnershipDoc, at instant.Time) (catalogue.Data, error) {
			if o.Body.Owner != in.From {
				out = Outcome{Why: "other_owner", Owner: o.Body.Owner}
				return nil, nil
			}
			return give(o, to, in.Reason, at), nil
		})
		if err == nil {
			err = a.afterOwnerChange(ctx, h.customer)
		}
	case h.kind == catalogue.KindDeal:
		err = a.onDealPlain(ctx, command, h.id, func(d catalogue.Deal, _ instant.Time, _ *policy.View) (deal.Change, error) {
			if d.Owner != in.From {
				out = Outcome{Why: "other_owner", Owner: d.Owner}
				return deal.Change{Deal: d}, nil
			}
			return deal.Assign(d, to, in.Reason), nil
		})
	default:
		placed := false
		if placed, err = a.placeLead(ctx, command, h.id, in.From, to, in.Reason, ""); err == nil && !placed {
			out = Outcome{Why: "other_owner"}
		}
	}
	return out, err
}

// give makes somebody the owner and gives the fact of it.
func give(o *OwnershipDoc, to, reason string, at instant.Time) catalogue.Data {
	before := o.Body.Ownership
	o.Body.Ownership, o.Body.Change = ownership.Give(before, to, at), reason
	return &catalogue.OwnerChanged{Before: before, After: o.Body.Ownership, Reason: reason}
}
