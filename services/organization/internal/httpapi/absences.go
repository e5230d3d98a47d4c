package httpapi

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

type absenceBody struct {
	From     instant.Time `json:"from" example:"2026-12-01T00:00:00+08:00"`
	To       instant.Time `json:"to" example:"2026-12-08T00:00:00+08:00" doc:"Up to, not including"`
	Delegate string       `json:"delegate" maxLength:"100" doc:"Who stands in: tasks and reminders go to them"`
	Reason   string       `json:"reason,omitempty" maxLength:"200" example:"年假"`
}

func (b absenceBody) as(id string) catalogue.Absence {
	return catalogue.Absence{ID: id, From: b.From, To: b.To, Delegate: b.Delegate, Reason: b.Reason}
}

// AbsencePath names an absence of a person.
type AbsencePath struct {
	PersonPath
	Absence string `path:"absence" maxLength:"100"`
}

func (a *API) absences(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/v1/people/{id}/absences", ID: "record-absence", Tag: "absences", Summary: "Record an absence",
		Description: "One's own, or that of somebody one leads. During it the delegate gets the tasks and reminders (R-165)."}, a.recordAbsence)
	httpx.Handle(s, httpx.Op{Method: "PUT", Path: "/v1/people/{id}/absences/{absence}", ID: "change-absence", Tag: "absences", Summary: "Change an absence"}, a.changeAbsence)
	httpx.Handle(s, httpx.Op{Method: "DELETE", Path: "/v1/people/{id}/absences/{absence}", ID: "withdraw-absence", Tag: "absences", Summary: "Withdraw an absence",
		Description: "One that has begun ends now.", Status: 200}, a.withdrawAbsence)
}

func (a *API) recordAbsence(ctx context.Context, in *struct {
	PersonPath
	httpx.IfMatch
	Body absenceBody
}) (*httpx.Item[catalogue.Person], error) {
	id := me(ctx, in.ID)
	absence := httpx.NewID(ctx)
	d, err := a.App.RecordAbsence(ctx, id, in.Body.as(absence), false, in.Check)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(a.App.Seen(ctx, d.Body), d.Version, httpx.Path("v1", "people", id, "absences", absence)), nil
}

func (a *API) changeAbsence(ctx context.Context, in *struct {
	AbsencePath
	httpx.IfMatch
	Body absenceBody
}) (*httpx.Item[catalogue.Person], error) {
	d, err := a.App.RecordAbsence(ctx, me(ctx, in.ID), in.Body.as(in.Absence), true, in.Check)
	return a.answer(ctx, d, err)
}

func (a *API) withdrawAbsence(ctx context.Context, in *struct {
	AbsencePath
	httpx.IfMatch
}) (*httpx.Item[catalogue.Person], error) {
	d, err := a.App.WithdrawAbsence(ctx, me(ctx, in.ID), in.Absence, in.Check)
	return a.answer(ctx, d, err)
}
