package httpapi

import (
	"context"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/shared/calendar"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

func (a *API) calendars(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/calendars", ID: "list-calendars", Tag: "calendars", Summary: "Working calendars in force",
		Description: "They are the section calendars of the policy book; change them there."}, a.listCalendars)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/calendars/{id}", ID: "get-calendar", Tag: "calendars", Summary: "A working calendar"}, a.getCalendar)
}

func (a *API) inForce(ctx context.Context) (policy.Book, error) {
	if err := a.App.May(ctx, access.ReadPolicy); err != nil {
		return policy.Book{}, err
	}
	return a.App.InForce(ctx)
}

func (a *API) listCalendars(ctx context.Context, _ *struct{}) (*httpx.Item[policy.Calendars], error) {
	b, err := a.inForce(ctx)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(b.Sections.Calendars, b.Version), nil
}

func (a *API) getCalendar(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"40" example:"cn"`
}) (*httpx.Item[calendar.Calendar], error) {
	b, err := a.inForce(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range b.Sections.Calendars.Calendars {
		if c.ID == in.ID {
			return httpx.NewItem(c, b.Version), nil
		}
	}
	return nil, problem.Missing("工作日历", "working calendar", in.ID)
}
