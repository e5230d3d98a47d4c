package standing

import (
	"context"
	"net/http"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

const tag = "Standing"

// Register adds the operations on where customers stand.
func (p *Part) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1" + path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	assess := op("POST", "/customers/{id}/assessments", "assess-customer", "Judge a customer anew", "For its journey when time alone may have changed how it stands, or to refresh it (R-078).")
	assess.Status = http.StatusOK
	httpx.Handle(s, assess, p.postAssessment)
	httpx.Handle(s, op("GET", "/customers/{id}/standing", "get-standing", "Where a customer stands, and why", "Health with what each input gave and what changed, signals with evidence, risk groups, scores with their versions (R-104, R-105)."), p.getStanding)
	httpx.Handle(s, op("PUT", "/customers/{id}/lifecycle", "override-lifecycle", "Set the life-cycle state by hand, with a reason and an end (R-078)", ""), p.putLifecycle)
	httpx.Handle(s, op("DELETE", "/customers/{id}/lifecycle", "release-lifecycle", "Go back to the computed state, with a reason (R-078)", ""), p.deleteLifecycle)
	httpx.Handle(s, op("GET", "/standings", "list-standings", "List customers by how they stand", "By risk group, life-cycle state, in red, or key follow-up; the worst health first (R-102, R-106 to R-109)."), p.getStandings)
	httpx.Handle(s, op("POST", "/standings/reviews", "log-risk-review", "Log a review of the list of customers at risk (R-111)", ""), p.postReview)
	httpx.Handle(s, op("GET", "/standings/reviews", "list-risk-reviews", "The log of reviews, newest first (R-111)", ""), p.getReviews)
	score := op("POST", "/standings/scoring", "score-everything", "Score every customer from scratch", "Goes on in the background; GET tells how far it is.")
	score.Status = http.StatusAccepted
	httpx.Handle(s, score, p.postScoring)
	httpx.Handle(s, op("GET", "/standings/scoring", "get-scoring", "How far scoring everything is", ""), p.getScoring)
}

// View is where a customer stands, as the interface shows it.
type View struct {
	catalogue.Standing
	Scores  []Score `json:"scores" doc:"How it stood since, oldest first, each with the version it was judged by (R-104)"`
	Version int64   `json:"version"`
}

func answer(d *store.Doc[Doc], err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	v := View{Standing: d.Body.Standing, Scores: d.Body.Scores, Version: d.Version}
	if v.Scores == nil {
		v.Scores = []Score{}
	}
	return httpx.NewItem(v, d.Version), nil
}

// CustomerPath names a customer. It is exported because huma reads no embedded
// field of a type that is not.
type CustomerPath struct {
	ID string `path:"id" minLength:"1" maxLength:"200"`
}

func (p *Part) postAssessment(ctx context.Context, in *struct {
	CustomerPath
	Body *effects.AssessCustomer
}) (*httpx.Item[View], error) {
	return answer(p.Assess(ctx, in.ID))
}

func (p *Part) getStanding(ctx context.Context, in *CustomerPath) (*httpx.Item[View], error) {
	return answer(p.Get(ctx, in.ID))
}

func (p *Part) putLifecycle(ctx context.Context, in *struct {
	CustomerPath
	Body struct {
		State  string       `json:"state" enum:"new,active,silent,churn_risk,churned,won_back"`
		Reason string       `json:"reason" minLength:"1" maxLength:"2000"`
		Until  instant.Time `json:"until" doc:"From then on the computed state holds again"`
	}
}) (*httpx.Item[View], error) {
	if strings.TrimSpace(in.Body.Reason) == "" {
		return nil, problem.InvalidFields(problem.Required("reason"))
	}
	return answer(p.Override(ctx, in.ID, in.Body.State, strings.TrimSpace(in.Body.Reason), in.Body.Until))
}

func (p *Part) deleteLifecycle(ctx context.Context, in *struct {
	CustomerPath
	Reason string `query:"reason" minLength:"1" maxLength:"2000" required:"true"`
}) (*httpx.Item[View], error) {
	return answer(p.Release(ctx, in.ID, in.Reason))
}

// Row is a customer of a list.
type Row struct {
	catalogue.Standing
	Name  string `json:"name"`
	Owner string `json:"owner,omitempty" doc:"First-responsible person"`
}

func (p *Part) getStandings(ctx context.Context, in *struct {
	httpx.PageParams
	Group     string `query:"group" enum:"no_order,low_ratings,haggling" doc:"Risk group (R-106 to R-108)"`
	Lifecycle string `query:"lifecycle" enum:"new,active,silent,churn_risk,churned,won_back"`
	Red       bool   `query:"red" doc:"Potential churn customers (R-102)"`
	Key       bool   `query:"key_follow_up" doc:"Members of any risk group (重点跟进, R-109)"`
}) (*httpx.List[Row], error) {
	list, next, err := p.List(ctx, Filter{Group: in.Group, Lifecycle: in.Lifecycle, Red: in.Red, Key: in.Key}, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]Row, 0, len(list))
	for _, l := range list {
		out = append(out, Row{Standing: l.Standing, Name: l.Name, Owner: l.Owner})
	}
	return httpx.NewList(out, next), nil
}

func (p *Part) postReview(ctx context.Context, in *struct {
	Body struct {
		Evidence  string                   `json:"evidence" minLength:"1" maxLength:"10000" doc:"Minutes, or where they lie"`
		Customers []string                 `json:"customers" maxItems:"1000" doc:"Those that were gone through"`
		Decisions []catalogue.RiskDecision `json:"decisions,omitempty" maxItems:"1000"`
	}
}) (*httpx.Item[catalogue.RiskReview], error) {
	d, err := p.Review(ctx, in.Body.Evidence, in.Body.Customers, in.Body.Decisions)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(d.Body, d.Version, httpx.Path("v1", "standings", "reviews")), nil
}

func (p *Part) getReviews(ctx context.Context, in *struct{ httpx.PageParams }) (*httpx.List[catalogue.RiskReview], error) {
	list, next, err := p.Reviews(ctx, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type scored struct{ Body Scoring }

func (p *Part) postScoring(ctx context.Context, _ *struct{}) (*scored, error) {
	s, err := p.ScoreAll(ctx)
	return &scored{s}, err
}

func (p *Part) getScoring(ctx context.Context, _ *struct{}) (*scored, error) {
	s, err := p.Scored(ctx)
	return &scored{s}, err
}
