package workflows

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/workflows/access"
	"liuke.dev/workflows/decisions"
)

// Listed is a journey as lists show it.
type Listed struct {
	Kind      string             `json:"kind" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	ID        string             `json:"id"`
	Stage     string             `json:"stage,omitempty"`
	StageName lang.Text          `json:"stage_name"`
	Owner     string             `json:"owner,omitempty"`
	Customer  string             `json:"customer,omitempty"`
	Risk      string             `json:"risk,omitempty"`
	Says      lang.Text          `json:"says" doc:"Where it stands and what happens next, in words"`
	Policy    int64              `json:"policy" doc:"Policy version of the newest decision"`
	DecidedAt instant.Time       `json:"decided_at"`
	NextDue   instant.Time       `json:"next_due,omitempty"`
	Ended     bool               `json:"ended,omitempty"`
	Failed    []decisions.Effect `json:"failed,omitempty" doc:"Effects that failed for good; try one again with POST …/effects/{id}/retry"`
	Fault     *decisions.Fault   `json:"fault,omitempty" doc:"Why no decision can be made: the rules failed"`
	Link      string             `json:"link,omitempty" doc:"The journey in the Temporal UI"`
}

// KindCounts counts the journeys of a kind.
type KindCounts struct {
	Kind     string `json:"kind" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	Running  int64  `json:"running"`
	Behind   int64  `json:"behind" doc:"Running ones whose newest decision was by an older policy than the one in force"`
	Troubled int64  `json:"troubled" doc:"With an effect that failed for good, or rules that fail"`
	Overdue  int64  `json:"overdue" doc:"Running ones whose next obligation has been due for two minutes"`
	Ended    int64  `json:"ended"`
}

// Counts counts journeys by kind.
type Counts struct {
	Policy int64        `json:"policy,omitempty" doc:"Version in force"`
	Kinds  []KindCounts `json:"kinds"`
}

func (s *Service) registerLists(r *httpx.Server) {
	const tag = "journeys"
	httpx.Handle(r, httpx.Op{Method: http.MethodGet, Path: "/v1/journeys", ID: "list-journeys", Tag: tag, Summary: "Journeys of a kind: running, ended, troubled or overdue",
		Description: "For managers, directors, management and administrators. With behind or policy: the running ones that decided by an older version of the policy, or by just this one."}, s.list)
	httpx.Handle(r, httpx.Op{Method: http.MethodGet, Path: "/v1/journeys/counts", ID: "count-journeys", Tag: tag, Summary: "How many journeys run, are behind the policy in force, troubled, overdue",
		Description: "For managers, directors, management and administrators."}, s.counts)
}

type listInput struct {
	httpx.PageParams
	Kind   string `query:"kind" required:"true" enum:"lead,deal,transfer,maintenance,case,contract,intervention,churn_review,need_change,review"`
	State  string `query:"state" enum:"running,ended,troubled,overdue" default:"running"`
	Behind int64  `query:"behind" minimum:"1" doc:"Running ones that decided by an older policy version than this one"`
	Policy int64  `query:"policy" minimum:"1" doc:"Running ones that decided by this policy version"`
}

// of gives the list that was asked for.
func (in *listInput) of(now instant.Time) (decisions.List, error) {
	if (in.Behind > 0 || in.Policy > 0) && in.State != "running" || in.Behind > 0 && in.Policy > 0 {
		return decisions.List{}, problem.InvalidFields(problem.FieldError("query", "combination", "state、behind、policy 只能指定一个", "name one of state, behind, policy"))
	}
	switch {
	case in.Behind > 0:
		return decisions.Behind(in.Kind, in.Behind), nil
	case in.Policy > 0:
		return decisions.By(in.Kind, in.Policy), nil
	case in.State == "ended":
		return decisions.EndedOnes(in.Kind), nil
	case in.State == "troubled":
		return decisions.Troubled(in.Kind), nil
	case in.State == "overdue":
		return decisions.Overdue(in.Kind, now.Add(-overdueBy)), nil
	}
	return decisions.Running(in.Kind), nil
}

func (s *Service) list(ctx context.Context, in *listInput) (*httpx.List[Listed], error) {
	if err := access.May(ctx, access.Oversee); err != nil {
		return nil, err
	}
	list, err := in.of(s.d.Clock())
	if err != nil {
		return nil, err
	}
	docs, next, err := s.decider.Page(ctx, list, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	items := make([]Listed, len(docs))
	for i, d := range docs {
		items[i] = Listed{Kind: d.Kind, ID: d.ID, Stage: d.Show.Stage, StageName: d.Show.StageName, Owner: d.Show.Owner, Customer: d.Show.Customer, Risk: d.Show.Risk,
			Says: d.Says, Policy: d.Policy, DecidedAt: d.At, NextDue: d.NextDue, Ended: d.Ended, Failed: failed(d.Effects), Fault: d.Fault, Link: s.d.JourneyLink(d.Kind, d.ID)}
	}
	return httpx.NewList(items, next), nil
}

func failed(all []decisions.Effect) []decisions.Effect {
	return slices.DeleteFunc(slices.Clone(all), func(e decisions.Effect) bool { return e.Status != decisions.Failed })
}

func (s *Service) counts(ctx context.Context, _ *struct{}) (*httpx.Item[Counts], error) {
	if err := access.May(ctx, access.Oversee); err != nil {
		return nil, err
	}
	now := s.d.Clock()
	view, err := s.d.Policy.At(now)
	if err != nil && !errors.Is(err, policy.ErrNoPolicy) {
		return nil, err
	}
	var out Counts
	if view != nil {
		out.Policy = view.Version
	}
	for _, k := range Kinds() {
		c := KindCounts{Kind: k.Name()}
		for _, one := range []struct {
			n *int64
			l decisions.List
		}{
			{&c.Running, decisions.Running(c.Kind)}, {&c.Behind, decisions.Behind(c.Kind, out.Policy)}, {&c.Troubled, decisions.Troubled(c.Kind)},
			{&c.Overdue, decisions.Overdue(c.Kind, now.Add(-overdueBy))}, {&c.Ended, decisions.EndedOnes(c.Kind)},
		} {
			n, err := s.decider.Count(ctx, one.l)
			if err != nil {
				return nil, err
			}
			*one.n = n
		}
		out.Kinds = append(out.Kinds, c)
	}
	return &httpx.Item[Counts]{Status: http.StatusOK, Body: out}, nil
}
