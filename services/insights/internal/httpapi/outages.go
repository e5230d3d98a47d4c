package httpapi

import (
	"context"
	"errors"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/outage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Outages serves the receipts of outages.
type Outages struct {
	Book  *outage.Book
	Guard access.Guard
	Local func(instant.Time) string // writes an instant as people read it
}

// OutageOut is an outage in a list.
type OutageOut struct {
	ID string `json:"id" doc:"Its beginning"`
	outage.Window
	Interruptions []outage.Interruption `json:"interruptions" doc:"Which programs were not at work, when and why"`
	outage.Counts
	Says  lang.Text `json:"says"`
	Final bool      `json:"final" doc:"It is not counted again"`
}

// OutageReceipt is an outage in detail.
type OutageReceipt struct {
	ID string `json:"id" doc:"Its beginning"`
	outage.Receipt
	Says lang.Text `json:"says"`
	Page lang.Text `json:"page" doc:"The whole receipt as one page of text"`
}

// Register adds the operations.
func (a *Outages) Register(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/outages", ID: "outages", Tag: "insights", Summary: "Outages, newest first: when, why, and what became of the promises",
		Description: "For managers, directors, management and administrators. Interruptions of ten seconds and more count; those that touch are one outage."}, a.list)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/outages/{id}", ID: "outage", Tag: "insights", Summary: "The receipt of an outage",
		Description: "When it was down, how many obligations came due meanwhile, that each fired once, and which are late beyond target: counted from the recorded decisions. The id may be any instant within the outage."}, a.one)
}

func (a *Outages) list(ctx context.Context, in *struct{ httpx.PageParams }) (*httpx.List[OutageOut], error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	all, next, err := a.Book.Page(ctx, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	items := make([]OutageOut, len(all))
	for i, r := range all {
		items[i] = OutageOut{ID: r.From.String(), Window: r.Window, Interruptions: r.Interruptions, Counts: r.Counts, Says: r.Verdict(), Final: r.Final}
	}
	return httpx.NewList(items, next), nil
}

func (a *Outages) one(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"40" doc:"An instant within the outage"`
}) (*httpx.Item[OutageReceipt], error) {
	if err := a.may(ctx); err != nil {
		return nil, err
	}
	missing := problem.Missing("停机", "outage", in.ID)
	at, err := instant.Parse(in.ID)
	if err != nil {
		return nil, missing
	}
	r, err := a.Book.At(ctx, at)
	if errors.Is(err, store.ErrNotFound) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	return &httpx.Item[OutageReceipt]{Status: 200, Body: OutageReceipt{ID: r.From.String(), Receipt: r, Says: r.Verdict(), Page: r.Page(a.Local)}}, nil
}

func (a *Outages) may(ctx context.Context) error {
	_, err := a.Guard.Reached(auth.From(ctx), access.Outages, nil)
	return err
}
