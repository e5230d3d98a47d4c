package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"

	"liuke.dev/services/leads/internal/app"
)

const tagEffects = "effects"

type effectsOf struct {
	app  *app.App
	kind string
}

// registerEffects adds what journeys ask for. Each is idempotent by the
// effect's id, and void where things have moved on.
func registerEffects(s *httpx.Server, a *app.App) {
	l, d := leads{a}, deals{a}
	httpx.Handle(s, op(http.MethodPut, "/v1/leads/{id}/customer", "link-lead", tagEffects, "Tell a lead its customer (R-032, R-043)",
		"The customer's owner wins; a lead that repeats an open lead of the customer is folded into it."), l.link)
	httpx.Handle(s, op(http.MethodPut, "/v1/deals/{id}/customer", "link-deal", tagEffects, "Tell a deal its customer", ""), d.link)
	for _, k := range []struct{ kind, path string }{{catalogue.KindLead, "leads"}, {catalogue.KindDeal, "deals"}} {
		e := effectsOf{a, k.kind}
		httpx.Handle(s, op(http.MethodPost, "/v1/"+k.path+"/{id}/reassignment", "reassign-"+k.kind, tagEffects, "Give it to the next person available (R-010, R-164)", ""), e.reassign)
		httpx.Handle(s, op(http.MethodPost, "/v1/"+k.path+"/{id}/recycling", "recycle-"+k.kind, tagEffects, "Take it, with its customer, back to the public pool (R-045)", ""), e.recycle)
	}
	httpx.Handle(s, op(http.MethodPost, "/v1/leads/{id}/nurture", "nurture-lead", tagLeads, "Give a lead to long-term nurture with a next date (R-026)",
		"By its owner, or as an effect of its journey."), l.nurture)
	httpx.Handle(s, op(http.MethodPut, "/v1/leads/{id}/marks/{rule}", "mark-lead", tagEffects, "Set a mark of a rule", ""), l.mark)
	httpx.Handle(s, op(http.MethodDelete, "/v1/leads/{id}/marks/{rule}", "unmark-lead", tagEffects, "Clear a mark of a rule", ""), l.unmark)
}

func (h leads) link(ctx context.Context, in *struct {
	LeadPath
	Body effects.LinkCustomer
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.LinkLead(ctx, in.ID, in.Body.Customer))
}

func (h deals) link(ctx context.Context, in *struct {
	DealPath
	Body effects.LinkCustomer
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.LinkDeal(ctx, in.ID, in.Body.Customer))
}

type outcome struct{ Body app.Outcome }

func (h effectsOf) reassign(ctx context.Context, in *struct {
	LeadPath
	Body effects.Reassign
}) (*outcome, error) {
	o, err := h.app.Reassign(ctx, h.kind, in.ID, in.Body)
	return &outcome{o}, err
}

func (h effectsOf) recycle(ctx context.Context, in *struct {
	LeadPath
	Body effects.Recycle
}) (*outcome, error) {
	o, err := h.app.Recycle(ctx, h.kind, in.ID, in.Body)
	return &outcome{o}, err
}

func (h leads) nurture(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body effects.Nurture
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.NurtureLead(ctx, in.ID, in.Body.NextAt, in.Body.Reason, in.IfMatch))
}

func (h leads) mark(ctx context.Context, in *struct {
	MarkPath
	Body effects.SetMark
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.SetMark(ctx, in.ID, in.Rule, in.Body.Evidence, facts.CauseFrom(ctx)))
}

func (h leads) unmark(ctx context.Context, in *MarkPath) (*httpx.Item[leadView], error) {
	return h.answer(h.app.ClearMark(ctx, in.ID, in.Rule))
}
