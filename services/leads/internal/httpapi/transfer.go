package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/transfer"
)

const tagTransfers = "transfers"

type transfers struct{ app *app.App }

func registerTransfers(s *httpx.Server, a *app.App) {
	t := transfers{a}
	httpx.Handle(s, creates("/v1/transfers", "request-transfer", tagTransfers, "Ask that a customer goes to somebody else (R-046)",
		"Request, approval, hand-over note, acceptance; each step has a clock. One transfer per customer at a time."), t.request)
	httpx.Handle(s, op(http.MethodGet, "/v1/transfers", "list-transfers", tagTransfers, "List transfers, newest first",
		"At most one filter; from and to list transfers in progress."), t.list)
	httpx.Handle(s, op(http.MethodGet, "/v1/transfers/{id}", "get-transfer", tagTransfers, "Get a transfer", ""), t.get)
	for _, step := range []struct {
		path, id, summary string
		step              transfer.Step
	}{
		{"approval", "approve-transfer", "Approve a transfer: a supervisor of either side", transfer.Approve},
		{"rejection", "reject-transfer", "Reject a transfer: who approves, or at the end who receives", transfer.Reject},
		{"hand-over", "hand-over-transfer", "Write the hand-over note", transfer.HandOver},
		{"acceptance", "accept-transfer", "Accept a transfer: the customer changes hands", transfer.Accept},
		{"cancellation", "cancel-transfer", "Cancel a transfer (also an effect of its journey)", transfer.Cancel},
	} {
		httpx.Handle(s, op(http.MethodPost, "/v1/transfers/{id}/"+step.path, step.id, tagTransfers, step.summary, ""), t.step(step.step))
	}
}

// transferView is a transfer as the interface shows it.
type transferView struct {
	catalogue.Transfer
	Version    int64  `json:"version"`
	JourneyURL string `json:"journey_url,omitempty" doc:"Its journey in the Temporal UI"`
}

func (h transfers) view(d *app.TransferDoc) transferView {
	return transferView{Transfer: d.Body.Transfer, Version: d.Version, JourneyURL: h.app.Journey(catalogue.KindTransfer, d.ID)}
}

func (h transfers) answer(d *app.TransferDoc, err error) (*httpx.Item[transferView], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(h.view(d), d.Version), nil
}

func (h transfers) request(ctx context.Context, in *struct {
	Body struct {
		Customer string `json:"customer" minLength:"1" maxLength:"80"`
		To       string `json:"to" minLength:"1" maxLength:"80"`
		Reason   string `json:"reason" minLength:"1" maxLength:"4000"`
	}
}) (*httpx.Item[transferView], error) {
	d, err := h.app.RequestTransfer(ctx, in.Body.Customer, in.Body.To, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(h.view(d), d.Version, httpx.Path("v1", "transfers", d.ID)), nil
}

func (h transfers) get(ctx context.Context, in *LeadPath) (*httpx.Item[transferView], error) {
	return h.answer(h.app.Transfer(ctx, in.ID))
}

func (h transfers) list(ctx context.Context, in *struct {
	httpx.PageParams
	From     string `query:"from" maxLength:"80"`
	To       string `query:"to" maxLength:"80"`
	Customer string `query:"customer" maxLength:"80"`
	Status   string `query:"status" enum:"requested,approved,handed_over,accepted,rejected,cancelled"`
}) (*httpx.List[transferView], error) {
	q := store.Query{Index: "requested", Limit: in.Limit, After: in.After}
	given := 0
	for _, f := range []struct {
		index, value string
		equal        []any
	}{{"from_open", in.From, []any{in.From, true}}, {"to_open", in.To, []any{in.To, true}}, {"customer", in.Customer, []any{in.Customer}}, {"status", in.Status, []any{in.Status}}} {
		if f.value != "" {
			q.Index, q.Equal = f.index, f.equal
			given++
		}
	}
	if given > 1 {
		return nil, problem.InvalidFields(problem.FieldError("query", "combination", "一次只能用一个条件", "only one filter at a time"))
	}
	docs, next, err := h.app.ListTransfers(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]transferView, 0, len(docs))
	for _, d := range docs {
		out = append(out, h.view(d))
	}
	return httpx.NewList(out, next), nil
}

// stepBody is the text of a step: the note of a hand-over, the reason of a
// rejection or cancellation.
type stepBody struct {
	Note   string `json:"note,omitempty" maxLength:"4000" doc:"Hand-over note, mandatory there"`
	Reason string `json:"reason,omitempty" maxLength:"4000" doc:"Why, mandatory for rejection and cancellation"`
}

type stepInput struct {
	LeadPath
	httpx.IfMatch
	Body *stepBody
}

func (h transfers) step(s transfer.Step) func(context.Context, *stepInput) (*httpx.Item[transferView], error) {
	return func(ctx context.Context, in *stepInput) (*httpx.Item[transferView], error) {
		text := ""
		switch {
		case in.Body == nil:
		case s == transfer.HandOver:
			text = in.Body.Note
		default:
			text = in.Body.Reason
		}
		return h.answer(h.app.StepTransfer(ctx, in.ID, s, text, in.IfMatch))
	}
}
