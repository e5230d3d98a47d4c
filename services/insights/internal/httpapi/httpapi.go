// Package httpapi is insights' HTTP interface.
package httpapi

import (
	"context"
	"encoding/json"

	"liuke.dev/services/insights/internal/record"
	"liuke.dev/services/insights/internal/why"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// WhyInput names what is asked for: exactly one of the ways.
type WhyInput struct {
	Task       string `query:"task" maxLength:"300" doc:"Id of a task"`
	Reminder   string `query:"reminder" maxLength:"300" doc:"Id of a reminder, warning or escalation"`
	Fact       string `query:"fact" maxLength:"300" doc:"Id of a fact, for instance a reassignment"`
	Obligation string `query:"obligation" maxLength:"300" doc:"Id of an obligation that fired"`
	Lead       string `query:"lead" maxLength:"100" doc:"Id of a lead, with mark or owner"`
	Deal       string `query:"deal" maxLength:"100" doc:"Id of a deal, with mark or owner"`
	Customer   string `query:"customer" maxLength:"100" doc:"Id of a customer, with owner"`
	Mark       string `query:"mark" maxLength:"100" doc:"Rule of a mark on the lead or deal"`
	Owner      bool   `query:"owner" doc:"Ask why the lead, deal or customer has its owner"`
}

// JourneyOut is a journey as its newest decision left it.
type JourneyOut struct {
	record.Journey
	ID   string `json:"id"`
	Link string `json:"link,omitempty" doc:"The journey in the Temporal UI"`
}

// LedgerOut counts promises.
type LedgerOut struct {
	Fired   int64 `json:"fired" doc:"Obligations that came due and fired"`
	Late    int64 `json:"late" doc:"Of these, fired later than the target"`
	Doubled int64 `json:"doubled" doc:"Of these, fired in more than one decision: must be 0"`
}

// FiredOut is a fired obligation.
type FiredOut struct {
	ID string `json:"id"`
	record.Obligation
}

// API serves insights.
type API struct {
	C    record.Collections
	Why  *why.Explainer
	Link func(kind, id string) string
}

// Register adds the operations.
func (a *API) Register(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/why", ID: "why", Tag: "insights", Summary: "Why did this happen, and what happens next",
		Description: "The chain of causes from a task, reminder, mark or reassignment down to what was recorded, and what happens next if nobody acts."}, a.why)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/journeys/{kind}/{id}", ID: "journey-state", Tag: "insights", Summary: "Where a journey stands and what comes next"}, a.journey)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/ledger", ID: "ledger", Tag: "insights", Summary: "The ledger of promises: fired, late, doubled"}, a.ledger)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/obligations", ID: "fired-obligations", Tag: "insights", Summary: "Obligations that fired, newest first"}, a.obligations)
}

func (a *API) why(ctx context.Context, in *WhyInput) (*httpx.Item[why.Answer], error) {
	answer, err := a.ask(ctx, in)
	if err != nil {
		return nil, err
	}
	return &httpx.Item[why.Answer]{Status: 200, Body: answer}, nil
}

func (a *API) ask(ctx context.Context, in *WhyInput) (why.Answer, error) {
	subject := first(prefixed("lead/", in.Lead), prefixed("deal/", in.Deal), prefixed("ownership/", in.Customer))
	switch {
	case !in.one():
	case in.Task != "":
		return a.Why.Subject(ctx, "task/"+in.Task)
	case in.Reminder != "":
		return a.Why.Subject(ctx, "reminder/"+in.Reminder)
	case in.Fact != "":
		return a.Why.Fact(ctx, in.Fact)
	case in.Obligation != "":
		return a.Why.Obligation(ctx, in.Obligation)
	case subject != "" && in.Mark != "":
		return a.Why.Newest(ctx, subject, marks(in.Mark))
	case subject != "" && in.Owner:
		return a.Why.Newest(ctx, subject, changesOwner)
	}
	return why.Answer{}, problem.InvalidFields(problem.FieldError("query", "one_question",
		"请指定 task、reminder、fact、obligation 之一，或 lead/deal/customer 加 mark 或 owner", "name one of task, reminder, fact, obligation, or lead/deal/customer with mark or owner"))
}

// one tells whether one question is asked: of two the answer to neither is right.
func (in *WhyInput) one() bool {
	things, n := []string{in.Task, in.Reminder, in.Fact, in.Obligation, in.Lead, in.Deal, in.Customer}, 0
	for _, id := range things {
		if id != "" {
			n++
		}
	}
	subject := in.Lead != "" || in.Deal != "" || in.Customer != ""
	return n == 1 && subject == (in.Mark != "" || in.Owner) && !(in.Mark != "" && (in.Owner || in.Customer != ""))
}

func marks(rule string) func(record.Fact) bool {
	return func(f record.Fact) bool {
		var d catalogue.MarkSet
		return f.Type == d.Kind().Type && json.Unmarshal(f.Data, &d) == nil && d.Mark.Rule == rule
	}
}

// ownerFacts are the facts that give a lead, deal or customer its owner.
var ownerFacts = map[string]bool{
	(&catalogue.LeadAssigned{}).Kind().Type: true, (&catalogue.LeadPooled{}).Kind().Type: true, (&catalogue.DealAssigned{}).Kind().Type: true,
	(&catalogue.CustomerPooled{}).Kind().Type: true, (&catalogue.CustomerClaimed{}).Kind().Type: true,
	(&catalogue.LeadRecorded{}).Kind().Type: true, (&catalogue.DealOpened{}).Kind().Type: true, (&catalogue.DealImported{}).Kind().Type: true,
}

// changesOwner leaves out what only names another window, decider or follower.
func changesOwner(f record.Fact) bool {
	var d catalogue.OwnerChanged
	if f.Type == d.Kind().Type {
		return json.Unmarshal(f.Data, &d) == nil && d.Before.Owner != d.After.Owner
	}
	return ownerFacts[f.Type]
}

func (a *API) journey(ctx context.Context, in *struct {
	Kind string `path:"kind" maxLength:"40"`
	ID   string `path:"id" maxLength:"200"`
}) (*httpx.Item[JourneyOut], error) {
	j, err := a.Why.JourneyOf(ctx, in.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(JourneyOut{Journey: j, ID: in.Kind + "/" + in.ID, Link: a.Link(in.Kind, in.ID)}, j.Number), nil
}

func (a *API) ledger(ctx context.Context, _ *struct{}) (*httpx.Item[LedgerOut], error) {
	var out LedgerOut
	for _, c := range []struct {
		n *int64
		q store.Query
	}{
		{&out.Fired, store.Query{Index: record.ObligationsByTime}},
		{&out.Late, store.Query{Index: record.ObligationsByLateness, Equal: []any{true}}},
		{&out.Doubled, store.Query{Index: record.ObligationsByDoubling, Equal: []any{true}}},
	} {
		n, err := a.C.Obligations.Count(ctx, c.q)
		if err != nil {
			return nil, err
		}
		*c.n = n
	}
	return &httpx.Item[LedgerOut]{Status: 200, Body: out}, nil
}

func (a *API) obligations(ctx context.Context, in *struct {
	httpx.PageParams
	Kind string `query:"kind" maxLength:"40" doc:"With id: of one journey"`
	ID   string `query:"id" maxLength:"200"`
	Late bool   `query:"late" doc:"Only those that fired late"`
}) (*httpx.List[FiredOut], error) {
	q := store.Query{Index: record.ObligationsByTime, Desc: true, Limit: in.Limit, After: in.After}
	switch {
	case in.Kind != "" && in.ID != "":
		q.Index, q.Equal = record.ObligationsByJourney, []any{in.Kind + ":" + in.ID}
	case in.Late:
		q.Index, q.Equal = record.ObligationsByLateness, []any{true}
	}
	page, err := a.C.Obligations.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]FiredOut, len(page.Docs))
	for i, d := range page.Docs {
		items[i] = FiredOut{d.ID, d.Body}
	}
	return httpx.NewList(items, page.Next), nil
}

func prefixed(prefix, id string) string {
	if id == "" {
		return ""
	}
	return prefix + id
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
