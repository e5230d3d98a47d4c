package reviews

import (
	"context"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
)

// Part is scheduled reviews as a part of the service.
type Part struct {
	*Reviews
	Deps service.Deps
}

// Run sees that every rhythm has a coming occasion, until ctx ends.
func (p Part) Run(ctx context.Context) error { return p.Keep(ctx) }

// Register adds the operations.
func (p Part) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: "Scheduled reviews"}
	}
	httpx.Handle(s, op("GET", "/v1/reviews", "list-reviews", "List occasions of scheduled reviews", "Those due last first; at most one filter (R-129, C-15)."), p.list)
	httpx.Handle(s, op("GET", "/v1/reviews/{id}", "get-review", "Read an occasion of a scheduled review", ""), p.get)
	httpx.Handle(s, op("PUT", "/v1/reviews/{id}", "plan-review", "Plan the next occasion of a rhythm", "For journeys; the answer is the occasion, whose id is another."), p.put)
	hold := op("POST", "/v1/reviews/{id}/holding", "hold-review", "Record that a review was held", "With the evidence that the policy wants (R-129, R-111).")
	hold.Status = http.StatusOK
	httpx.Handle(s, hold, p.hold)
}

// View is an occasion as the interface shows it.
type View struct {
	catalogue.Review
	LooksAt []string `json:"looks_at,omitempty" doc:"Where what is reviewed can be seen"`
	Version int64    `json:"version"`
}

// looks say where what a review covers can be seen.
var looks = map[string][]string{"funnel": {"/v1/deals", "/v1/insights/late-records"}, "departments": {"/v1/churn-reviews/report", "/v1/cases"},
	"process": {"/v1/churn-reviews/comparison", "/v1/experience"}, "churn_risk": {"/v1/standings", "/v1/churn-reviews"}}

func viewOf(d *Doc) View {
	return View{Review: d.Body.Review, LooksAt: looks[d.Body.Covers], Version: d.Version}
}

// PathInput names an occasion.
type PathInput struct {
	ID string `path:"id" maxLength:"300"`
}

func item(d *Doc, err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(viewOf(d), d.Version), nil
}

func (p Part) list(ctx context.Context, in *struct {
	httpx.PageParams
	Status string `query:"status" enum:"planned,held,missed"`
	Rhythm string `query:"rhythm" maxLength:"40"`
	Owner  string `query:"owner" maxLength:"80"`
}) (*httpx.List[View], error) {
	page, err := p.List(ctx, auth.From(ctx), in.Status, in.Rhythm, in.Owner, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, viewOf(d))
	}
	return httpx.NewList(out, page.Next), nil
}

func (p Part) get(ctx context.Context, in *PathInput) (*httpx.Item[View], error) {
	return item(p.Get(ctx, auth.From(ctx), in.ID))
}

func (p Part) put(ctx context.Context, in *struct {
	PathInput
	Body effects.PlanReview
}) (*httpx.Item[View], error) {
	after := in.Body.After
	if after == 0 {
		after = instant.Time(1)
	}
	return item(p.Next(ctx, auth.From(ctx), in.Body.Rhythm, after))
}

// EvidenceGiven is one piece of evidence that a review was held.
type EvidenceGiven struct {
	Kind string `json:"kind" enum:"minutes,figures,list,attendance"`
	Text string `json:"text" maxLength:"20000" doc:"The minutes, or where they lie"`
}

func (p Part) hold(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Evidence  []EvidenceGiven `json:"evidence" maxItems:"20"`
		Findings  string          `json:"findings,omitempty" maxLength:"20000"`
		Decisions []string        `json:"decisions,omitempty" maxItems:"100"`
	}
}) (*httpx.Item[View], error) {
	h := Held{Findings: in.Body.Findings, Decisions: in.Body.Decisions}
	for _, e := range in.Body.Evidence {
		h.Evidence = append(h.Evidence, catalogue.ReviewEvidence{Kind: e.Kind, Text: e.Text})
	}
	return item(p.Hold(ctx, auth.From(ctx), in.ID, h, in.Check))
}
