package churnreview

import (
	"context"
	"net/http"
	"time"

	"liuke.dev/services/accounts/internal/churnreview/trail"
	"liuke.dev/services/accounts/internal/churnreview/traits"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/service"
)

const tag = "Churn reviews"

// Part is the reviews as a part of the service.
type Part struct {
	*Reviews
	Deps service.Deps
}

func op(method, path, id, summary, description string) httpx.Op {
	return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
}

// act is an operation that changes something there is: it answers 200.
func act(path, id, summary, description string) httpx.Op {
	o := op(http.MethodPost, path, id, summary, description)
	o.Status = http.StatusOK
	return o
}

// Register adds the operations.
func (p Part) Register(s *httpx.Server) {
	r := p.Reviews
	httpx.Handle(s, op("POST", "/v1/customers/{id}/churn", "confirm-churn", "Confirm that a customer is lost", "Opens the review, without which the loss cannot be closed (R-121)."), r.postChurn)
	httpx.Handle(s, op("GET", "/v1/customers/{id}/churn", "list-churn-of-customer", "A customer's losses and their reviews", "Newest first."), r.getChurn)
	httpx.Handle(s, op("GET", "/v1/customers/{id}/journey-map", "get-journey-map", "The customer's journey map",
		"Every recorded touchpoint with its state and feedback, the gaps, and where promises were broken (R-126, R-128)."), r.getMap)
	httpx.Handle(s, op("GET", "/v1/churn-reviews", "list-churn-reviews", "List churn reviews", "By state, newest first."), r.getList)
	httpx.Handle(s, op("GET", "/v1/churn-reviews/report", "report-churn", "What churn reviews of a period say",
		"Reasons, controllable and external; where customers were lost; retention and repurchase beside it; targets and outside figures (R-122, R-182)."), r.getReport)
	httpx.Handle(s, op("GET", "/v1/churn-reviews/comparison", "compare-churn", "Lost customers compared with those that stayed",
		"By industry, purchase cycle, order amount and type, with counts, lift and what the figures can bear (R-123)."), r.getComparison)
	httpx.Handle(s, op("GET", "/v1/churn-reviews/answers/{month}", "list-churn-answers", "Anonymous answers of a month, together", "Only their number where there are few (R-124)."), r.getAnswers)
	httpx.Handle(s, op("GET", "/v1/churn-reviews/{id}", "get-churn-review", "Read a churn review", ""), r.get)
	httpx.Handle(s, op("PUT", "/v1/churn-reviews/{id}", "open-churn-review", "Open a churn review",
		"For journeys; idempotent under the asking id. The answer is the customer's open review, whose id is another (R-121)."), r.put)
	httpx.Handle(s, op("GET", "/v1/churn-reviews/{id}/journey-map", "get-churn-map", "The journey map up to the loss", "With the attribution of the loss to steps and people, from recorded events alone (R-126, R-128)."), r.getMapOf)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/findings", "record-churn-findings", "Record a department's findings", "Before, during and after the sale; by who takes part for the department (R-125)."), r.postFindings)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/participants", "assign-churn-participant", "Give a department's part to somebody else", ""), r.postParticipant)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/reasons", "record-churn-reasons", "Record why the customer was lost", "From the policy's list, the main reason first (R-122)."), r.postReasons)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/interview", "record-churn-interview", "Record the interview", "By telephone, one to one, or that the customer would not talk (R-124)."), r.postInterview)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/questionnaire", "send-churn-questionnaire", "A link to the anonymous questionnaire", "The link is told once and is good for one answer; nothing leads from the answer to the customer (R-124)."), r.postQuestionnaire)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/closing", "close-churn-review", "Close a churn review", "Refused with all that is missing (R-121)."), r.postClosing)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/withdrawal", "withdraw-churn", "The customer is not lost after all", ""), r.postWithdrawal)
	httpx.Handle(s, act("/v1/churn-reviews/{id}/won-back", "win-back", "The customer came back", "An order on the timeline says so by itself."), r.postWonBack)
	p.registerLinks(s)
}

// View is a review as the interface shows it.
type View struct {
	catalogue.ChurnReview
	Missing []problem.Field `json:"missing,omitempty" doc:"What it lacks before it may be closed"`
	Version int64           `json:"version"`
}

func viewOf(d *Doc) View {
	v := View{ChurnReview: d.Body.ChurnReview, Version: d.Version}
	if v.Status == catalogue.ChurnOpen {
		v.Missing = d.Body.Missing()
	}
	return v
}

func item(d *Doc, err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(viewOf(d), d.Version), nil
}

// PathInput names a thing of the path.
type PathInput struct {
	ID string `path:"id" maxLength:"300"`
}

type confirmInput struct {
	PathInput
	Body effects.ConfirmChurn
}

func (in confirmInput) confirmation() Confirmation {
	return Confirmation{ChurnedOn: in.Body.ChurnedOn, Evidence: in.Body.Evidence, Facts: in.Body.Facts}
}

func (r *Reviews) postChurn(ctx context.Context, in *confirmInput) (*httpx.Item[View], error) {
	d, err := r.Confirm(ctx, auth.From(ctx), in.ID, in.confirmation())
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(viewOf(d), d.Version, httpx.Path("v1", "churn-reviews", d.ID)), nil
}

func (r *Reviews) put(ctx context.Context, in *struct {
	PathInput
	Body effects.OpenChurnReview
}) (*httpx.Item[View], error) {
	if httpx.Command(ctx) == "" {
		ctx = httpx.WithCommand(ctx, in.ID)
	}
	return item(r.Open(ctx, auth.From(ctx), in.Body.Customer, Confirmation{ChurnedOn: in.Body.ChurnedOn, Evidence: in.Body.Evidence, Facts: in.Body.Facts}))
}

func (r *Reviews) getChurn(ctx context.Context, in *PathInput) (*httpx.List[View], error) {
	docs, err := r.Of(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return list(docs, ""), nil
}

func list(docs []*Doc, next string) *httpx.List[View] {
	out := make([]View, 0, len(docs))
	for _, d := range docs {
		out = append(out, viewOf(d))
	}
	return httpx.NewList(out, next)
}

func (r *Reviews) getList(ctx context.Context, in *struct {
	httpx.PageParams
	Status string `query:"status" enum:"open,closed,withdrawn" default:"open"`
}) (*httpx.List[View], error) {
	page, err := r.List(ctx, auth.From(ctx), in.Status, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return list(page.Docs, page.Next), nil
}

func (r *Reviews) get(ctx context.Context, in *PathInput) (*httpx.Item[View], error) {
	return item(r.Get(ctx, auth.From(ctx), in.ID))
}

// Drawn is a journey map with what it shows.
type Drawn struct {
	trail.Map
	Attributions []catalogue.ChurnAttribution `json:"attributions" doc:"Whose promises were broken at which steps, the heaviest first (R-128)"`
}

type output[T any] struct{ Body T }

func drawn(m trail.Map, a []catalogue.ChurnAttribution, err error) (*output[Drawn], error) {
	if err != nil {
		return nil, err
	}
	return &output[Drawn]{Drawn{m, a}}, nil
}

func (r *Reviews) getMap(ctx context.Context, in *struct {
	PathInput
	Until string `query:"until" format:"date-time" doc:"Up to this instant; by default now"`
}) (*output[Drawn], error) {
	until, err := read("query.until", in.Until)
	if err != nil {
		return nil, err
	}
	return drawn(r.Map(ctx, auth.From(ctx), in.ID, until))
}

func (r *Reviews) getMapOf(ctx context.Context, in *PathInput) (*output[Drawn], error) {
	return drawn(r.MapOf(ctx, auth.From(ctx), in.ID))
}

func read(field, text string) (instant.Time, error) {
	if text == "" {
		return 0, nil
	}
	at, err := instant.Parse(text)
	if err != nil {
		return 0, problem.InvalidFields(problem.FieldError(field, "date_time", "应为带时区的 RFC 3339 时间", "must be an RFC 3339 time with a zone"))
	}
	return at, nil
}

func (r *Reviews) getReport(ctx context.Context, in *struct {
	From string `query:"from" format:"date-time" doc:"Closed from this instant on; by default 90 days before to"`
	To   string `query:"to" format:"date-time" doc:"Closed before this instant; by default now"`
}) (*output[Report], error) {
	to, err := read("query.to", in.To)
	if err != nil {
		return nil, err
	}
	from, err := read("query.from", in.From)
	if err != nil {
		return nil, err
	}
	if to == 0 {
		to = r.Clock() + 1
	}
	if from == 0 {
		from = to.Add(-90 * 24 * time.Hour)
	}
	if from >= to {
		return nil, problem.InvalidFields(problem.FieldError("query.from", "before_to", "必须早于 to", "must be before to"))
	}
	out, err := r.Report(ctx, auth.From(ctx), from, to)
	return &output[Report]{out}, err
}

func (r *Reviews) getComparison(ctx context.Context, _ *struct{}) (*output[traits.Comparison], error) {
	out, err := r.Compare(ctx, auth.From(ctx))
	return &output[traits.Comparison]{out}, err
}

func (r *Reviews) getAnswers(ctx context.Context, in *struct {
	Month string `path:"month" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" example:"2026-11"`
}) (*output[Voices], error) {
	out, err := r.Voices(ctx, auth.From(ctx), in.Month)
	return &output[Voices]{out}, err
}
