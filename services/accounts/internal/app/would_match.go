package app

import (
	"cmp"
	"context"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/problem"
)

// WouldMatch gives the customer that an ask would be answered with, none where a
// file would be opened. Nothing is written.
func (a *Accounts) WouldMatch(ctx context.Context, under string, ask Ask) (string, error) {
	m, err := a.matchOf(under, "", ask)
	if err != nil {
		return "", err
	}
	held, err := m.holders(ctx)
	if err != nil {
		return "", err
	}
	for _, h := range held {
		if h.file.Body.Compatible(m.claim.TaxID) {
			return h.file.ID, nil
		}
	}
	return "", nil
}

// matchOf opens an ask.
func (a *Accounts) matchOf(under, by string, ask Ask) (*match, error) {
	id := matching.Identify(ask.known())
	if id.Name == "" { // a file needs something to be called by, which is no key
		id.Name = cmp.Or(matching.Display(ask.Contact), id.Phone, id.Email, id.TaxID)
	}
	if id.Name == "" {
		return nil, problem.InvalidFields(problem.Required("name"))
	}
	claim := customer.Claim{Identity: id, Contact: ask.Contact, Sector: matching.Display(ask.Sector),
		External: matching.Display(ask.External), Under: under, By: by}
	return &match{a: a, claim: claim, ask: ask}, nil
}
