package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

// registerWork adds what is done on a deal besides moving it.
func (h deals) registerWork(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/quotes", ID: "send-quote", Tag: tagDeals, Summary: "Record a quote that was sent (R-021)",
		Description: "It changes no stage: the quoted stage is entered by a stage change."}, h.sendQuote)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/quotes/{quote}/confirmation", ID: "confirm-quote", Tag: tagDeals, Status: http.StatusOK,
		Summary: "Record that the customer confirmed a quote (R-028)"}, h.confirmQuote)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/follow-ups", ID: "follow-up-deal", Tag: tagDeals, Summary: "Record a follow-up on a deal (R-012 to R-019)"}, h.followUp)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/deals/{id}/follow-ups", ID: "list-deal-follow-ups", Tag: tagDeals, Summary: "List a deal's follow-ups, oldest first"}, h.followUps)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/deals/{id}/history", ID: "deal-history", Tag: tagDeals, Summary: "The recorded facts of a deal"}, h.history)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/intervention", ID: "intervene-in-deal", Tag: tagDeals, Status: http.StatusOK,
		Summary: "Step in as a manager (R-064)", Description: "With a remark, or by giving the deal to somebody else. Recorded as a fact."}, h.intervene)
	httpx.Handle(s, httpx.Op{Method: http.MethodPut, Path: "/v1/deals/{id}/marks/{rule}", ID: "mark-deal", Tag: tagDeals, Summary: "Set a mark of a rule (effect of a journey)"}, h.mark)
	httpx.Handle(s, httpx.Op{Method: http.MethodDelete, Path: "/v1/deals/{id}/marks/{rule}", ID: "unmark-deal", Tag: tagDeals, Status: http.StatusOK,
		Summary: "Clear a mark of a rule (effect of a journey)"}, h.unmark)
}

type quoteBody struct {
	Amount money.Amount `json:"amount"`
	SentAt instant.Time `json:"sent_at,omitempty" doc:"Empty: now"`
	Remark string       `json:"remark,omitempty" maxLength:"2000"`
}

// sentQuote answers with the deal and the quote's id.
type sentQuote struct {
	Quote string   `json:"quote"`
	Deal  dealView `json:"deal"`
}

func (h deals) sendQuote(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body quoteBody
}) (*httpx.Item[sentQuote], error) {
	doc, quote, err := h.app.SendQuote(ctx, in.ID, in.IfMatch, deal.QuoteInput{Amount: in.Body.Amount, SentAt: in.Body.SentAt, Remark: in.Body.Remark})
	if err != nil {
		return nil, err
	}
	v, err := h.view(ctx, doc)
	return httpx.NewCreated(sentQuote{quote, v}, doc.Version, httpx.Path("v1", "deals", doc.ID)), err
}

func (h deals) confirmQuote(ctx context.Context, in *struct {
	DealPath
	Quote string `path:"quote" maxLength:"80"`
	Body  *struct {
		At instant.Time `json:"at,omitempty" doc:"When the customer confirmed receipt and understanding; empty: now"`
	}
}) (*httpx.Item[dealView], error) {
	var at instant.Time
	if in.Body != nil {
		at = in.Body.At
	}
	return h.answerWith(ctx)(h.app.ConfirmQuote(ctx, in.ID, in.Quote, at))
}

type dealFollowUpBody struct {
	OccurredAt     instant.Time `json:"occurred_at,omitempty" doc:"When the contact took place (R-013)"`
	Channel        string       `json:"channel,omitempty" enum:"phone,wechat,mail,visit,meeting,other"`
	Direction      string       `json:"direction,omitempty" enum:"outbound,inbound" default:"outbound"`
	KeyPoints      string       `json:"key_points,omitempty" maxLength:"4000" doc:"What was said (R-013)"`
	NextAction     string       `json:"next_action,omitempty" maxLength:"500" doc:"What is done next (R-013)"`
	NextTouchAt    instant.Time `json:"next_touch_at,omitempty" doc:"When (R-014)"`
	Result         string       `json:"result,omitempty" maxLength:"40"`
	Objections     []string     `json:"objections,omitempty" maxItems:"50"`
	Question       string       `json:"question,omitempty" maxLength:"500"`
	CustomerType   string       `json:"customer_type,omitempty" maxLength:"40"`
	BudgetBand     string       `json:"budget_band,omitempty" maxLength:"40"`
	KeyPerson      string       `json:"key_person,omitempty" maxLength:"500"`
	KeyNeed        string       `json:"key_need,omitempty" maxLength:"500"`
	NotOwnerReason string       `json:"not_owner_reason,omitempty" maxLength:"500" doc:"Why somebody else than the owner spoke to the customer (R-047)"`
	Captured       bool         `json:"captured,omitempty" doc:"Recorded by a telephone or mail system by itself"`
	Prefilled      []string     `json:"prefilled,omitempty" maxItems:"14" doc:"Fields that the front end filled in and nobody changed: they are not counted as typed (C-16)"`
}

// recordedOnDeal answers a follow-up with the deal as it left it.
type recordedOnDeal struct {
	FollowUp catalogue.FollowUp `json:"follow_up"`
	Deal     dealView           `json:"deal"`
}

func (h deals) followUp(ctx context.Context, in *struct {
	DealPath
	Body dealFollowUpBody
}) (*httpx.Item[recordedOnDeal], error) {
	doc, made, err := h.app.FollowUpDeal(ctx, in.ID, followup.Input(in.Body))
	if err != nil {
		return nil, err
	}
	v, err := h.view(ctx, doc)
	return httpx.NewCreated(recordedOnDeal{made, v}, doc.Version, httpx.Path("v1", "deals", doc.ID, "follow-ups")), err
}

func (h deals) followUps(ctx context.Context, in *struct {
	DealPath
	httpx.PageParams
}) (*httpx.List[catalogue.FollowUp], error) {
	all, next, err := h.app.DealFollowUps(ctx, in.ID, in.After, in.Limit)
	return httpx.NewList(all, next), err
}

func (h deals) intervene(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body struct {
		Note  string `json:"note" minLength:"1" maxLength:"2000"`
		Owner string `json:"owner,omitempty" maxLength:"80" doc:"Who takes the deal over; empty: a remark only"`
	}
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.InterveneInDeal(ctx, in.ID, in.IfMatch, in.Body.Note, in.Body.Owner))
}

// MarkPath names a mark.
// MarkPath names a mark of a deal.
type MarkPath struct {
	DealPath
	Rule string `path:"rule" maxLength:"80" pattern:"^[a-z][a-z0-9_.]*$"`
}

func (h deals) mark(ctx context.Context, in *struct {
	MarkPath
	Body effects.SetMark
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.MarkDeal(ctx, in.ID, in.Rule, in.Body.Evidence))
}

func (h deals) unmark(ctx context.Context, in *MarkPath) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.UnmarkDeal(ctx, in.ID, in.Rule))
}
