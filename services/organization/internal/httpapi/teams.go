package httpapi

import (
	"context"
	"errors"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

type teamBody struct {
	Name   string `json:"name" maxLength:"100" example:"华东销售部"`
	Parent string `json:"parent,omitempty" maxLength:"100"`
	Lead   string `json:"lead,omitempty" maxLength:"100"`
	// Calendar is what those of its people work by who name none of their own.
	Calendar string `json:"calendar,omitempty" maxLength:"40" doc:"Working calendar of the policy book; empty: that of the team around it, else the book's default"`
}

func (b teamBody) as(id string) catalogue.Team {
	return catalogue.Team{ID: id, Name: b.Name, Parent: b.Parent, Lead: b.Lead, Calendar: b.Calendar}
}

// TeamPath names a team.
type TeamPath struct {
	ID string `path:"id" maxLength:"100"`
}

func (a *API) teams(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/teams", ID: "list-teams", Tag: "teams", Summary: "Teams, by name"}, a.listTeams)
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/v1/teams", ID: "add-team", Tag: "teams", Summary: "Add a team"}, a.addTeam)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/teams/{id}", ID: "get-team", Tag: "teams", Summary: "A team"}, a.getTeam)
	httpx.Handle(s, httpx.Op{Method: "PUT", Path: "/v1/teams/{id}", ID: "change-team", Tag: "teams", Summary: "Change a team"}, a.changeTeam)
}

func (a *API) listTeams(ctx context.Context, in *httpx.PageParams) (*httpx.List[catalogue.Team], error) {
	if err := a.App.May(ctx, access.ReadPeople); err != nil {
		return nil, err
	}
	page, err := a.App.Docs.Teams.Page(ctx, store.Query{Index: "by_name", Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	items := make([]catalogue.Team, len(page.Docs))
	for i, d := range page.Docs {
		items[i] = d.Body
	}
	return httpx.NewList(items, page.Next), nil
}

func (a *API) addTeam(ctx context.Context, in *struct{ Body teamBody }) (*httpx.Item[catalogue.Team], error) {
	id := httpx.NewID(ctx)
	d, err := a.App.PutTeam(ctx, in.Body.as(id), true, func(int64) error { return nil })
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(d.Body, d.Version, httpx.Path("v1", "teams", id)), nil
}

func (a *API) getTeam(ctx context.Context, in *TeamPath) (*httpx.Item[catalogue.Team], error) {
	if err := a.App.May(ctx, access.ReadPeople); err != nil {
		return nil, err
	}
	d, err := a.App.Docs.Teams.Get(ctx, in.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("团队", "team", in.ID)
	}
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(d.Body, d.Version), nil
}

func (a *API) changeTeam(ctx context.Context, in *struct {
	TeamPath
	httpx.IfMatch
	Body teamBody
}) (*httpx.Item[catalogue.Team], error) {
	d, err := a.App.PutTeam(ctx, in.Body.as(in.ID), false, in.Check)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(d.Body, d.Version), nil
}
