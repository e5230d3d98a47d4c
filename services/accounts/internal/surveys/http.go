package surveys

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/period"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
)

const tag = "Surveys"

// Part is surveys as a part of the service.
type Part struct {
	*Surveys
	Deps service.Deps
}

// Run sends surveys and asks at turning points, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.surveys", Topics: []string{catalogue.TopicAccounts}, Types: Types, Handle: p.Observe})
}

// View is a survey as the interface shows it.
type View struct {
	catalogue.Survey
	Expired bool   `json:"expired,omitempty" doc:"It can no longer be answered"`
	Address string `json:"address,omitempty" doc:"Where it is answered, while it can be; for whoever sends it by a way of their own"`
	Version int64  `json:"version"`
}

func (s *Surveys) view(d *Doc) (View, error) {
	v := View{Survey: d.Body.Survey, Version: d.Version}
	if d.Body.Status != catalogue.SurveyOpen {
		return v, nil
	}
	if v.Expired = !s.Clock().Before(d.Body.Expires); v.Expired {
		return v, nil
	}
	var err error
	v.Address, err = s.Address(d.Body.Survey)
	return v, err
}

// Register adds the operations.
func (p Part) Register(r *httpx.Server) {
	s := p.Surveys
	op := func(method, path, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: tag, Status: http.StatusOK}
	}
	post := op(http.MethodPost, "/v1/surveys", "send-survey", "Send a customer a survey (R-146)")
	post.Status, post.Description = http.StatusCreated, "Not more often than the policy allows: one who was asked enough lately is passed over, and the answer says so."
	httpx.Handle(r, post, s.httpPost)
	put := op(http.MethodPut, "/v1/surveys/{id}", "send-survey-for", "Send a survey under an effect's id, once")
	httpx.Handle(r, put, s.httpPut)
	httpx.Handle(r, op(http.MethodGet, "/v1/surveys", "list-surveys", "List surveys, newest first"), s.httpList)
	httpx.Handle(r, op(http.MethodGet, "/v1/surveys/figures", "survey-figures", "NPS and satisfaction by period, tier and link (R-147)"), s.httpFigures)
	httpx.Handle(r, op(http.MethodGet, "/v1/surveys/{id}", "get-survey", "Get a survey with its answers"), s.httpGet)
	s.registerLinks(r)
}

func (s *Surveys) answer(d *Doc, err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	v, err := s.view(d)
	return httpx.NewItem(v, d.Version), err
}

func (s *Surveys) httpPost(ctx context.Context, in *struct{ Body effects.SendSurvey }) (*httpx.Item[View], error) {
	d, err := s.Send(ctx, httpx.NewID(ctx), in.Body)
	if err != nil {
		return nil, err
	}
	v, err := s.view(d)
	return httpx.NewCreated(v, d.Version, httpx.Path("v1", "surveys", d.ID)), err
}

// Path names a survey.
type Path struct {
	ID string `path:"id" minLength:"1" maxLength:"400"`
}

func (s *Surveys) httpPut(ctx context.Context, in *struct {
	Path
	Body effects.SendSurvey
}) (*httpx.Item[View], error) {
	return s.answer(s.Send(ctx, in.ID, in.Body))
}

func (s *Surveys) httpGet(ctx context.Context, in *Path) (*httpx.Item[View], error) {
	return s.answer(s.Get(ctx, in.ID))
}

func (s *Surveys) httpList(ctx context.Context, in *struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
}) (*httpx.List[View], error) {
	docs, next, err := s.List(ctx, in.Customer, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(docs))
	for _, d := range docs {
		v, err := s.view(d)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return httpx.NewList(out, next), nil
}

func (s *Surveys) httpFigures(ctx context.Context, in *struct {
	Kind string `query:"kind" enum:"nps,csat,rating,needs" default:"nps"`
	period.Query
	Tier string `query:"tier" maxLength:"40"`
	Link string `query:"link" maxLength:"40"`
	By   string `query:"by" enum:"all,month,tier,link,template,occasion" default:"all"`
}) (*struct{ Body []Figure }, error) {
	from, to, err := in.Instants()
	if err != nil {
		return nil, err
	}
	f, err := s.Count(ctx, Figures{Kind: in.Kind, From: from, To: to, Tier: in.Tier, Link: in.Link, By: in.By})
	return &struct{ Body []Figure }{f}, err
}
