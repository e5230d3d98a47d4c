package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/learning"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// Learning serves the score that learns (D-8, R-104).
type Learning struct {
	Book  *learning.Book
	Guard access.Guard
}

// ProposalView is a proposal as the interface shows it.
type ProposalView struct {
	learning.Proposal
	InForce bool          `json:"in_force,omitempty" doc:"The policy in force has this version of the model"`
	Publish []PublishStep `json:"publish,omitempty" doc:"Of an approved proposal: how a person publishes it"`
	Version int64         `json:"version"`
}

// PublishStep is a request that a person makes of the policy book.
type PublishStep struct {
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body,omitempty"`
}

// ScoreboardView compares versions of the score.
type ScoreboardView struct {
	Says      []lang.Text    `json:"says" doc:"One sentence for each proposal, with the version in force and the plain rule beside it"`
	Proposals []ProposalView `json:"proposals" doc:"The newest ones"`
}

// Register adds the operations.
func (a *Learning) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1/insights/learning" + path, ID: id, Summary: summary, Description: description, Tag: "The score that learns"}
	}
	act := func(path, id, summary, description string) httpx.Op {
		o := op(http.MethodPost, path, id, summary, description)
		o.Status = http.StatusOK
		return o
	}
	httpx.Handle(s, op("GET", "/scoreboard", "score-scoreboard", "How early and how well versions of the score would have warned", "On what was recorded after each proposal's split (D-8)."), a.scoreboard)
	httpx.Handle(s, op("POST", "/proposals", "propose-score", "Learn a new version of the score from what was lost",
		"Fitted on recorded facts, back-tested on what began later against the version in force and the plain rule (R-104, D-8)."), a.propose)
	httpx.Handle(s, op("GET", "/proposals", "list-score-proposals", "List proposals, newest first", ""), a.list)
	httpx.Handle(s, op("GET", "/proposals/{id}", "get-score-proposal", "Read a proposal", ""), a.get)
	httpx.Handle(s, act("/proposals/{id}/shadow", "shadow-score", "Run a proposal in shadow", "Its scores are kept apart and are never a customer's score."), a.decide(learning.Shadow))
	httpx.Handle(s, act("/proposals/{id}/approval", "approve-score", "Approve a proposal that ran in shadow",
		"Answers with what a person sends to the policy book to publish it; scores that were made keep their version."), a.decide(learning.Approved))
	httpx.Handle(s, act("/proposals/{id}/rejection", "reject-score", "Reject a proposal", ""), a.decide(learning.Rejected))
	httpx.Handle(s, op("GET", "/proposals/{id}/shadows", "list-shadow-scores", "Shadow scores of a proposal, the lowest first", "Beside the version in force when it was made; not the customers' scores."), a.shadows)
}

func (a *Learning) view(d *store.Doc[learning.Proposal]) (ProposalView, error) {
	v := ProposalView{Proposal: d.Body, Version: d.Version}
	section, inForce, err := a.Book.Section(d.Body)
	if err != nil {
		return v, err
	}
	if v.InForce = inForce; d.Body.Status == learning.Approved && !inForce {
		draft := "/v1/policy/drafts/learning-" + d.ID
		reason, err := json.Marshal(map[string]string{"reason": d.Body.Says.Zh + " / " + d.Body.Says.En})
		if err != nil {
			return v, err
		}
		v.Publish = []PublishStep{{http.MethodPut, draft + "/sections/health", section}, {http.MethodPost, draft + "/publication", reason}}
	}
	return v, nil
}

func (a *Learning) answer(d *store.Doc[learning.Proposal], err error) (*httpx.Item[ProposalView], error) {
	if err != nil {
		return nil, err
	}
	v, err := a.view(d)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(v, d.Version), nil
}

func (a *Learning) read(ctx context.Context) error {
	return a.Guard.May(auth.From(ctx), access.Learning, "")
}

func (a *Learning) propose(ctx context.Context, in *struct {
	Body struct {
		Model         string       `json:"model,omitempty" maxLength:"40" doc:"Id of the health model; the general one by default"`
		LostAfterDays int          `json:"lost_after_days,omitempty" minimum:"30" maximum:"730" default:"180" doc:"A silence that counts as a loss, where nobody confirmed one"`
		ChancePercent int          `json:"chance_percent,omitempty" minimum:"5" maximum:"95" default:"70" doc:"Warn from this chance of a loss on"`
		SplitAt       instant.Time `json:"split_at,omitempty" doc:"Learn from what was known then, try on what began later; by default as late as leaves three months to try it on"`
	}
}) (*httpx.Item[ProposalView], error) {
	p := auth.From(ctx)
	if err := a.Guard.May(p, access.Propose, ""); err != nil {
		return nil, err
	}
	d, err := a.Book.Propose(ctx, p.ID, learning.Ask{Model: in.Body.Model, LostAfterDays: in.Body.LostAfterDays, ChancePercent: in.Body.ChancePercent, SplitAt: in.Body.SplitAt})
	out, err := a.answer(d, err)
	if err != nil {
		return nil, err
	}
	out.Status, out.Location = http.StatusCreated, httpx.Path("v1", "insights", "learning", "proposals", d.ID)
	return out, nil
}

func (a *Learning) list(ctx context.Context, in *httpx.PageParams) (*httpx.List[ProposalView], error) {
	views, next, err := a.page(ctx, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(views, next), nil
}

func (a *Learning) page(ctx context.Context, limit int, after string) ([]ProposalView, string, error) {
	if err := a.read(ctx); err != nil {
		return nil, "", err
	}
	page, err := a.Book.List(ctx, limit, after)
	if err != nil {
		return nil, "", err
	}
	out := make([]ProposalView, 0, len(page.Docs))
	for _, d := range page.Docs {
		v, err := a.view(d)
		if err != nil {
			return nil, "", err
		}
		out = append(out, v)
	}
	return out, page.Next, nil
}

// newest is how many proposals a scoreboard shows.
const newest = 10

func (a *Learning) scoreboard(ctx context.Context, _ *struct{}) (*struct{ Body ScoreboardView }, error) {
	views, _, err := a.page(ctx, newest, "")
	if err != nil {
		return nil, err
	}
	out := ScoreboardView{Says: []lang.Text{}, Proposals: views}
	for _, v := range views {
		out.Says = append(out.Says, v.Says)
	}
	return &struct{ Body ScoreboardView }{out}, nil
}

func (a *Learning) get(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"80"`
}) (*httpx.Item[ProposalView], error) {
	if err := a.read(ctx); err != nil {
		return nil, err
	}
	return a.answer(a.Book.Get(ctx, in.ID))
}

type decideInput struct {
	ID string `path:"id" maxLength:"80"`
	httpx.IfMatch
	Body *struct {
		Note string `json:"note,omitempty" maxLength:"4000"`
	}
}

func (a *Learning) decide(to string) func(context.Context, *decideInput) (*httpx.Item[ProposalView], error) {
	return func(ctx context.Context, in *decideInput) (*httpx.Item[ProposalView], error) {
		p, note := auth.From(ctx), ""
		action := access.Propose
		if to == learning.Approved {
			action = access.Approve
		}
		if err := a.Guard.May(p, action, ""); err != nil {
			return nil, err
		}
		if in.Body != nil {
			note = in.Body.Note
		}
		return a.answer(a.Book.Decide(ctx, p.ID, in.ID, to, note, in.Check))
	}
}

func (a *Learning) shadows(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"80"`
	httpx.PageParams
}) (*httpx.List[learning.Shown], error) {
	if err := a.read(ctx); err != nil {
		return nil, err
	}
	page, err := a.Book.Shadows(ctx, in.ID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]learning.Shown, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body)
	}
	return httpx.NewList(out, page.Next), nil
}
