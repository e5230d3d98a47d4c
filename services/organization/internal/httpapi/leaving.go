package httpapi

import (
	"context"
	"net/url"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
)

// left is what a deactivation answers.
type left struct {
	Person catalogue.Person `json:"person"`
	// Holdings say where to see that nothing stays behind.
	Holdings []holding `json:"holdings"`
	Reports  []string  `json:"reports" doc:"Active people whose supervisor has left; reminders go to the next supervisor above until they get a new one"`
}

// holding is one kind of thing that a person can hold.
type holding struct {
	Kind string    `json:"kind" example:"leads"`
	Name lang.Text `json:"name"`
	Href string    `json:"href" example:"/v1/leads?owner=01J8"`
}

func holdings(id string) []holding {
	q := url.QueryEscape(id)
	return []holding{
		{"leads", lang.T("线索", "Leads"), "/v1/leads?owner=" + q},
		{"deals", lang.T("商机", "Deals"), "/v1/deals?owner=" + q},
		{"ownerships", lang.T("客户归属", "Customers owned"), "/v1/ownerships/holdings/" + url.PathEscape(id)},
		{"tasks", lang.T("待办任务", "Open tasks"), "/v1/tasks?assignee=" + q},
	}
}

func (a *API) leaving(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/people/{id}/holdings", ID: "list-holdings", Tag: "people", Summary: "Where to see what a person holds"}, a.holdings)
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/v1/people/{id}/deactivation", ID: "deactivate-person", Tag: "people", Summary: "A person leaves",
		Description: "Everything they hold goes to the successor, by default the nearest active supervisor; without one it is refused (R-010).", Status: 200}, a.deactivate)
	httpx.Handle(s, httpx.Op{Method: "DELETE", Path: "/v1/people/{id}/deactivation", ID: "reactivate-person", Tag: "people", Summary: "A person comes back", Status: 200}, a.reactivate)
}

func (a *API) holdings(ctx context.Context, in *PersonPath) (*httpx.Item[left], error) {
	r, err := a.App.Read(ctx)
	if err != nil {
		return nil, err
	}
	d, err := r.Person(me(ctx, in.ID))
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(left{d.Body, holdings(d.ID), orEmpty(r.Chart().Reports(d.ID))}, d.Version), nil
}

func orEmpty(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func (a *API) deactivate(ctx context.Context, in *struct {
	PersonPath
	httpx.IfMatch
	Body struct {
		Successor string `json:"successor,omitempty" maxLength:"100" doc:"Takes over; empty: the nearest active supervisor"`
	}
}) (*httpx.Item[left], error) {
	id := me(ctx, in.ID)
	d, err := a.App.Deactivate(ctx, id, in.Body.Successor, in.Check)
	if err != nil {
		return nil, err
	}
	if a.SignIn != nil {
		if err := a.SignIn.SignOut(ctx, id); err != nil {
			return nil, err
		}
	}
	c, err := a.App.Chart(ctx)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(left{a.App.Seen(ctx, d.Body), holdings(id), orEmpty(c.Reports(id))}, d.Version), nil
}

func (a *API) reactivate(ctx context.Context, in *struct {
	PersonPath
	httpx.IfMatch
}) (*httpx.Item[catalogue.Person], error) {
	d, err := a.App.Reactivate(ctx, me(ctx, in.ID), in.Check)
	return a.answer(ctx, d, err)
}
