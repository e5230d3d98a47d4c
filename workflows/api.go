package workflows

import (
	"context"
	"net/http"
	"slices"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/workflows/access"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/router"
)

// Journey shows where a journey stands, what happens next if nobody acts, and why.
type Journey struct {
	Kind      string                 `json:"kind" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	ID        string                 `json:"id"`
	Stage     string                 `json:"stage,omitempty"`
	StageName lang.Text              `json:"stage_name"`
	Owner     string                 `json:"owner,omitempty"`
	Customer  string                 `json:"customer,omitempty"`
	Risk      string                 `json:"risk,omitempty"`
	Says      lang.Text              `json:"says" doc:"Where it stands and what happens next, in words"`
	Ended     bool                   `json:"ended,omitempty"`
	Policy    int64                  `json:"policy" doc:"Policy version of the newest decision"`
	DecidedAt instant.Time           `json:"decided_at"`
	NextDue   instant.Time           `json:"next_due,omitempty"`
	Pending   []catalogue.Obligation `json:"pending" doc:"What happens, and when, if nobody acts"`
	Fired     []catalogue.Fired      `json:"fired" doc:"What fired last, newest last"`
	Decisions []catalogue.Decided    `json:"decisions" doc:"The newest decisions, oldest first"`
	Effects   []decisions.Effect     `json:"effects" doc:"Effects that are in hand, refused or failed; one in hand may be done already, which the next decision records"`
	Fault     *decisions.Fault       `json:"fault,omitempty" doc:"Why no decision can be made: the rules failed. It is tried again by itself, at most every two minutes"`
	Link      string                 `json:"link,omitempty" doc:"The journey in the Temporal UI"`
}

// shownDecisions is how many decisions a journey shows; insights has them all.
const shownDecisions = 20

type path struct {
	Kind string `path:"kind" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	ID   string `path:"id" maxLength:"200"`
}

func (s *Service) register(r *httpx.Server) {
	const tag = "journeys"
	s.registerLists(r)
	s.registerRehearsal(r)
	httpx.Handle(r, httpx.Op{Method: http.MethodGet, Path: "/v1/journeys/{kind}/{id}", ID: "get-journey", Tag: tag, Summary: "Where a journey stands, what happens next, and why"}, s.show)
	httpx.Handle(r, httpx.Op{Method: http.MethodGet, Path: "/v1/journeys/{kind}/{id}/obligations", ID: "list-obligations", Tag: tag, Summary: "What happens, and when, if nobody acts"}, s.obligations)
	httpx.Handle(r, httpx.Op{Method: http.MethodPost, Path: "/v1/journeys/{kind}/{id}/effects/{effect}/retry", ID: "retry-effect", Tag: tag, Status: http.StatusAccepted,
		Summary: "Try an effect again that failed", Description: "For managers, directors, management and administrators. Trying again changes nothing twice: the effect keeps its id."}, s.retry)
	httpx.Handle(r, httpx.Op{Method: http.MethodPost, Path: "/v1/journeys/{kind}/{id}/retry", ID: "retry-journey", Tag: tag, Status: http.StatusAccepted,
		Summary: "Let a journey decide again at once", Description: "For managers, directors, management and administrators: once the rules, or the policy, are mended that failed."}, s.again)
}

func (s *Service) again(ctx context.Context, in *path) (*httpx.None, error) {
	if err := access.May(ctx, access.Retry); err != nil {
		return nil, err
	}
	if _, _, err := s.decider.Get(ctx, in.Kind, in.ID); err != nil {
		return nil, err
	}
	if err := s.router.Reconsider(ctx, router.Address{Kind: in.Kind, ID: in.ID}, host.Reconsider{Why: auth.From(ctx).ID}); err != nil {
		return nil, err
	}
	return &httpx.None{Status: http.StatusAccepted}, nil
}

func (s *Service) show(ctx context.Context, in *path) (*httpx.Item[Journey], error) {
	if err := access.May(ctx, access.Read); err != nil {
		return nil, err
	}
	doc, version, err := s.decider.Get(ctx, in.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	recent, err := s.decider.Recent(ctx, in.Kind, in.ID, version, shownDecisions)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(Journey{Kind: doc.Kind, ID: doc.ID, Stage: doc.Show.Stage, StageName: doc.Show.StageName, Owner: doc.Show.Owner, Customer: doc.Show.Customer,
		Risk: doc.Show.Risk, Says: doc.Says, Ended: doc.Ended, Policy: doc.Policy, DecidedAt: doc.At, NextDue: doc.NextDue, Pending: orEmpty(doc.Pending),
		Fired: orEmpty(doc.Fired), Decisions: orEmpty(recent), Effects: orEmpty(doc.Effects), Fault: doc.Fault, Link: s.d.JourneyLink(in.Kind, in.ID)}, version), nil
}

func (s *Service) obligations(ctx context.Context, in *path) (*httpx.List[catalogue.Obligation], error) {
	if err := access.May(ctx, access.Read); err != nil {
		return nil, err
	}
	doc, _, err := s.decider.Get(ctx, in.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(doc.Pending, ""), nil
}

func (s *Service) retry(ctx context.Context, in *struct {
	Kind   string `path:"kind" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	ID     string `path:"id" maxLength:"200"`
	Effect string `path:"effect" maxLength:"400"`
}) (*httpx.None, error) {
	if err := access.May(ctx, access.Retry); err != nil {
		return nil, err
	}
	doc, _, err := s.decider.Get(ctx, in.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(doc.Effects, func(e decisions.Effect) bool { return e.ID == in.Effect })
	if i < 0 {
		return nil, problem.Missing("动作", "effect", in.Effect)
	}
	if doc.Effects[i].Status == decisions.InHand {
		return nil, problem.Refuse("in_hand", "该动作正在执行", "the effect is being carried out")
	}
	if err := s.router.Reconsider(ctx, router.Address{Kind: in.Kind, ID: in.ID}, host.Reconsider{Retry: []string{in.Effect}, Why: auth.From(ctx).ID}); err != nil {
		return nil, err
	}
	return &httpx.None{Status: http.StatusAccepted}, nil
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
