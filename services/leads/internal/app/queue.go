package app

import (
	"cmp"
	"context"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/lead"
)

// Queued is an open lead or deal in the work queue, with why it stands where it does.
type Queued struct {
	Rank       int               `json:"rank"`
	Subject    catalogue.Subject `json:"subject"`
	Company    string            `json:"company,omitempty"`
	Owner      string            `json:"owner"`
	Stage      string            `json:"stage" doc:"Stage of the deal, status of the lead"`
	Value      *money.Amount     `json:"value,omitempty"`
	Due        instant.Time      `json:"due,omitempty" doc:"Next touch, or the first one"`
	NextAction string            `json:"next_action,omitempty"`
	Missing    []string          `json:"missing,omitempty" doc:"What is missing for follow-up to be done (R-016)"`
	Score      lead.Score        `json:"score"`
	JourneyURL string            `json:"journey_url,omitempty"`
	Customer   string            `json:"customer,omitempty"`

	CustomerStanding *CustomerStanding `json:"customer_standing,omitempty" doc:"How its customer stands (R-102)"`
}

// queueDepth bounds how many things of each kind and person the queue ranks:
// those whose next touch is due first.
const queueDepth = 1000

// Queue ranks the open leads and deals of a person by the stated rule, and of
// those absent whom the person stands in for.
func (a *App) Queue(ctx context.Context, person string, limit int) (items []Queued, total int, err error) {
	if person == "" {
		person = caller(ctx).ID
	}
	if err := a.Guard.May(ctx, access.QueueRead, person); err != nil {
		return nil, 0, err
	}
	at, v, err := a.now()
	if err != nil {
		return nil, 0, err
	}
	for _, owner := range a.ownersOf(person, at) {
		found, err := a.queueOf(ctx, owner, person, v, at)
		if err != nil {
			return nil, 0, err
		}
		items = append(items, found...)
	}
	slices.SortStableFunc(items, func(x, y Queued) int {
		return cmp.Or(cmp.Compare(y.Score.Points, x.Score.Points), cmp.Compare(x.Due, y.Due), cmp.Compare(x.Subject.ID, y.Subject.ID))
	})
	total = len(items)
	items = items[:min(limit, total)]
	for i := range items {
		items[i].Rank, items[i].CustomerStanding = i+1, a.StandingOf(items[i].Customer)
	}
	return items, total, nil
}

// ownersOf gives the person and everybody absent whom they stand in for.
func (a *App) ownersOf(person string, at instant.Time) []string {
	owners := []string{person}
	for _, id := range a.People.Active() {
		if id != person && a.People.Delegate(id, at) == person {
			owners = append(owners, id)
		}
	}
	return owners
}

func (a *App) queueOf(ctx context.Context, owner, person string, v *policy.View, at instant.Time) ([]Queued, error) {
	zone := a.zoneOf(person)
	v = v.On(a.People.Calendar(owner))
	var items []Queued
	add := func(q Queued, r lead.Rankable) error {
		q.Value, q.Due, q.Score = r.Value, r.Due, lead.Rank(r, v, zone, at)
		q.JourneyURL = a.Journey(q.Subject.Kind, q.Subject.ID)
		items = append(items, q)
		if len(items)%queueDepth == 0 {
			return errFound
		}
		return nil
	}
	q := store.Query{Index: "owner_open", Equal: []any{owner, true}, Limit: 200}
	err := each(ctx, a.Leads, q, func(d *LeadDoc) error {
		l := d.Body.Lead
		return add(Queued{Subject: catalogue.Subject{Kind: catalogue.KindLead, ID: l.ID}, Company: l.Company, Owner: l.Owner, Stage: l.Status,
			NextAction: l.NextAction, Missing: l.Missing, Customer: l.Customer}, lead.Rankable{Value: l.Value, Stage: l.Status, Due: dueOf(l, v)})
	})
	if err != nil && err != errFound {
		return nil, err
	}
	err = each(ctx, a.Deals, q, func(d *DealDoc) error {
		b := d.Body.Deal
		return add(Queued{Subject: catalogue.Subject{Kind: catalogue.KindDeal, ID: b.ID}, Company: b.Company, Owner: b.Owner, Stage: b.Stage,
			NextAction: b.NextAction, Missing: b.Missing, Customer: b.Customer}, lead.Rankable{Value: b.Amount, Stage: b.StageType, Due: b.NextTouchAt})
	})
	if err == errFound {
		err = nil
	}
	return items, err
}

// dueOf gives when the next thing on a lead is due: its next touch, or the first one.
func dueOf(l catalogue.Lead, v *policy.View) instant.Time {
	if l.NextTouchAt.IsZero() && l.FirstTouchAt.IsZero() && l.Status == catalogue.LeadNew {
		return v.After(l.ClocksFrom, v.Sections.Intake.FirstTouchWithin)
	}
	return l.NextTouchAt
}
