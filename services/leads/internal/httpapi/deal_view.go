package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
)

// registerViews adds lists, the board and the manager's view.
func (h deals) registerViews(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/deals/board", ID: "deal-board", Tag: tagDeals, Summary: "The pipeline as a board (可视化管道, R-067)",
		Description: "Columns with counts, sums and their first deals. With stage and after: the following deals of one column."}, h.board)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/deals/stuck", ID: "stuck-deals", Tag: tagDeals, Summary: "Where deals are stuck (R-064)",
		Description: "Open deals, the longest without progress first: where each is stuck, how long since it moved, whether it is in danger, and what a manager can do from here."}, h.stuck)
}

// dealView is a deal as the interface shows it.
type dealView struct {
	catalogue.Deal
	Version       int64            `json:"version"`
	PipelineName  lang.Text        `json:"pipeline_name"`
	StageName     lang.Text        `json:"stage_name"`
	ReportedStage string           `json:"reported_stage" doc:"The stage of P-7 that it counts as across teams (C-01)"`
	DwellMS       map[string]int64 `json:"dwell_ms" doc:"Milliseconds per stage so far, the present one included (R-065)"`
	Gates         []deal.Gate      `json:"gates" doc:"Where it can go from here, with open questions and missing fields (R-055 to R-058)"`
	MissingNames  []lang.Text      `json:"missing_names,omitempty" doc:"What is missing for follow-up to be done, in words (R-016)"`
	Standing      *deal.Standing   `json:"standing,omitempty" doc:"Of an open deal: where it stands, since when, in what danger (R-064)"`
	ActsNext      *app.ActsNext    `json:"acts_next,omitempty" doc:"Who does what next, and until when (R-160)"`
	JourneyURL    string           `json:"journey_url,omitempty" doc:"Its journey in the Temporal UI"`

	CustomerStanding *app.CustomerStanding `json:"customer_standing,omitempty" doc:"How its customer stands (R-102)"`
}

func (h deals) view(_ context.Context, doc *app.DealDoc) (dealView, error) {
	d := doc.Body.Deal
	r, at, err := h.app.DealRules(d)
	if err != nil {
		return dealView{}, err
	}
	v := dealView{Deal: d, Version: doc.Version, PipelineName: lang.T(d.Pipeline, d.Pipeline), StageName: lang.T(d.Stage, d.Stage),
		ReportedStage: deal.Reported(r.Running, d.Pipeline, d.Stage), DwellMS: deal.DwellOf(d, at), Gates: deal.Gates(d, r), ActsNext: h.app.DealActsNext(d),
		JourneyURL: h.app.Journey(catalogue.KindDeal, d.ID), CustomerStanding: h.app.StandingOf(d.Customer)}
	if p := r.Running.Pipeline(d.Pipeline); p != nil {
		v.PipelineName = p.Name
	}
	if s := r.Running.Stage(d.Pipeline, d.Stage); s != nil {
		v.StageName = s.Name
	}
	for _, m := range d.Missing {
		v.MissingNames = append(v.MissingNames, followup.MissingName(m))
	}
	if v.Gates == nil {
		v.Gates = []deal.Gate{}
	}
	if d.Outcome == catalogue.DealOpen {
		s := deal.Stand(d, r, at)
		v.Standing = &s
	}
	return v, nil
}

func (h deals) views(ctx context.Context, docs []*app.DealDoc) ([]dealView, error) {
	out := make([]dealView, 0, len(docs))
	for _, doc := range docs {
		v, err := h.view(ctx, doc)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (h deals) list(ctx context.Context, in *struct {
	httpx.PageParams
	Owner    string `query:"owner" maxLength:"80"`
	Customer string `query:"customer" maxLength:"80"`
	Outcome  string `query:"outcome" enum:"open,won,lost"`
	Pipeline string `query:"pipeline" maxLength:"40" doc:"With stage; empty: the default pipeline"`
	Stage    string `query:"stage" maxLength:"40"`
}) (*httpx.List[dealView], error) {
	docs, next, err := h.app.ListDeals(ctx, app.DealFilter{Owner: in.Owner, Customer: in.Customer, Outcome: in.Outcome, Pipeline: in.Pipeline, Stage: in.Stage}, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out, err := h.views(ctx, docs)
	return httpx.NewList(out, next), err
}

func (h deals) history(ctx context.Context, in *struct {
	DealPath
	httpx.PageParams
}) (*httpx.List[happened], error) {
	events, next, err := h.app.DealHistory(ctx, in.ID, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out, err := historyOf(events)
	return httpx.NewList(out, next), err
}

// boardView is a pipeline as a board.
type boardView struct {
	Pipeline string       `json:"pipeline"`
	Name     lang.Text    `json:"name"`
	Columns  []columnView `json:"columns"`
}

type columnView struct {
	Stage    string           `json:"stage"`
	Name     lang.Text        `json:"name"`
	Type     policy.StageType `json:"type"`
	Reported string           `json:"reported_stage" doc:"Stage of P-7 (C-01)"`
	Former   bool             `json:"former,omitempty" doc:"Only earlier versions of the pipeline have this stage"`
	Count    int64            `json:"count"`
	Sums     []money.Amount   `json:"sums" doc:"One per currency"`
	Whole    bool             `json:"whole" doc:"Every deal of the column is in the sums"`
	Deals    []dealView       `json:"deals"`
	Next     string           `json:"next,omitempty" doc:"Cursor for the following deals of this column"`
}

func (h deals) board(ctx context.Context, in *struct {
	Pipeline string `query:"pipeline" maxLength:"40" doc:"Empty: the default pipeline"`
	Owner    string `query:"owner" maxLength:"80"`
	Stage    string `query:"stage" maxLength:"40"`
	After    string `query:"after" maxLength:"1000"`
	Limit    int    `query:"limit" minimum:"1" maximum:"100" default:"10" doc:"Deals per column"`
}) (*struct{ Body boardView }, error) {
	b, err := h.app.DealBoard(ctx, in.Pipeline, in.Owner, in.Stage, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := boardView{Pipeline: b.Pipeline, Name: b.Name, Columns: []columnView{}}
	for _, c := range b.Columns {
		docs, err := h.views(ctx, c.Deals)
		if err != nil {
			return nil, err
		}
		v := columnView{Stage: c.Stage, Name: c.Name, Type: c.Type, Reported: c.Reported, Former: c.Former, Count: c.Count, Sums: c.Sums, Whole: c.Whole, Deals: docs, Next: c.Next}
		if v.Sums == nil {
			v.Sums = []money.Amount{}
		}
		out.Columns = append(out.Columns, v)
	}
	return &struct{ Body boardView }{out}, nil
}

// stuckView is an open deal with a manager's three answers and what can be done.
type stuckView struct {
	Deal     dealView      `json:"deal"`
	Standing deal.Standing `json:"standing"`
	Actions  []action      `json:"actions" doc:"What a manager can do from this screen (R-064)"`
}

type action struct {
	Name   lang.Text `json:"name"`
	Method string    `json:"method"`
	Path   string    `json:"path"`
}

func (h deals) stuck(ctx context.Context, in *struct {
	httpx.PageParams
	Owner string `query:"owner" maxLength:"80" doc:"Empty: the caller's team"`
	Level string `query:"level" enum:"watch,danger" doc:"Only these or worse"`
}) (*httpx.List[stuckView], error) {
	all, next, err := h.app.StuckDeals(ctx, in.Owner, in.Level, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]stuckView, 0, len(all))
	for _, s := range all {
		v, err := h.view(ctx, s.Doc)
		if err != nil {
			return nil, err
		}
		out = append(out, stuckView{Deal: v, Standing: s.Standing, Actions: actionsOn(v.Deal)})
	}
	return httpx.NewList(out, next), nil
}

func actionsOn(d catalogue.Deal) []action {
	path := "/v1/deals/" + d.ID
	all := []action{{lang.T("批注", "Comment"), http.MethodPost, path + "/intervention"}}
	if d.Customer == "" {
		all = append(all, action{lang.T("改派", "Reassign"), http.MethodPost, path + "/intervention"})
	} else {
		all = append(all, action{lang.T("发起客户转交", "Request a transfer of the customer"), http.MethodPost, "/v1/transfers"})
	}
	return append(all, action{lang.T("推进阶段", "Move to another stage"), http.MethodPost, path + "/stage"})
}
