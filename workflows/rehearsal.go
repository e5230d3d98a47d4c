package workflows

import (
	"context"
	"encoding/json"
	"net/http"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/workflows/access"
	"liuke.dev/workflows/decisions"
)

// mostAsked bounds how many journeys of a kind one rehearsal asks.
const mostAsked = 5_000

// Rehearsal is what publishing sections of the policy book would do at once.
type Rehearsal struct {
	Kinds []decisions.Rehearsed `json:"kinds"`
}

func (s *Service) registerRehearsal(r *httpx.Server) {
	httpx.Handle(r, httpx.Op{Method: http.MethodPost, Path: "/v1/journeys/rehearsal", ID: "rehearse-policy", Tag: "journeys", Status: http.StatusOK,
		Summary: "What sections of a policy would make journeys do at once, before it is published",
		Description: "For managers, directors, management and administrators. Sections that are not named are as they are in force, those of a draft are what GET /v1/policy/drafts/{id} " +
			"gives. Nothing is changed. Up to 5,000 journeys of each kind are asked; after publication no more than a few fire at a time, so that nobody else waits."}, s.rehearse)
}

func (s *Service) rehearse(ctx context.Context, in *struct {
	Body struct {
		Sections map[string]json.RawMessage `json:"sections" doc:"Whole sections by name" maxProperties:"20"`
	}
}) (*httpx.Item[Rehearsal], error) {
	if err := access.May(ctx, access.Oversee); err != nil {
		return nil, err
	}
	now := s.d.Clock()
	inForce, err := s.d.Policy.At(now)
	if err != nil {
		return nil, problem.Away(err)
	}
	book := policy.Book{Version: inForce.Version + 1, EffectiveFrom: now, Sections: inForce.Sections}
	for name, raw := range in.Body.Sections {
		if err := policy.Readable(name, raw); err != nil {
			return nil, err
		}
		if err := book.Sections.SetSection(name, raw); err != nil {
			return nil, err
		}
	}
	if err := problem.InvalidFields(policy.Validate(book.Sections)...); err != nil {
		return nil, err
	}
	view, err := inForce.Like(&book)
	if err != nil {
		return nil, err
	}
	var out Rehearsal
	for _, k := range Kinds() {
		one, err := s.decider.Rehearse(ctx, k.Name(), view, now, mostAsked)
		if err != nil {
			return nil, err
		}
		out.Kinds = append(out.Kinds, one)
	}
	return &httpx.Item[Rehearsal]{Status: http.StatusOK, Body: out}, nil
}
