package httpapi

import (
	"context"
	"encoding/base64"

	"liuke.dev/services/insights/internal/access"
	"liuke.dev/services/insights/internal/performance"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

// Performance serves the figures of performance reviews.
type Performance struct {
	Book   *performance.Book
	Guard  access.Guard
	People *directory.Directory
	Clock  instant.Clock
}

// PersonFigures are the figures of one person in a period.
type PersonFigures struct {
	Person string       `json:"person"`
	Name   string       `json:"name,omitempty"`
	From   instant.Time `json:"from"`
	To     instant.Time `json:"to"`
	performance.Figures
}

// Register adds the operation.
func (a *Performance) Register(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/insights/performance", ID: "performance", Tag: "insights", Summary: "Figures for performance reviews, per person and period",
		Description: "Revenue, the satisfaction of the person's customers, and what was done for them unasked (R-163). One sees oneself; managers see their team, directors and management all."}, a.people)
}

func (a *Performance) people(ctx context.Context, in *struct {
	httpx.PageParams
	PeriodParams
	Person string `query:"person" maxLength:"60" doc:"Only this person"`
}) (*httpx.List[PersonFigures], error) {
	p, err := in.period(a.Clock())
	if err != nil {
		return nil, err
	}
	people, err := a.reached(auth.From(ctx), in.Person)
	if err != nil {
		return nil, err
	}
	if people, err = from(people, in.After); err != nil {
		return nil, err
	}
	next := ""
	if len(people) > in.Limit {
		people = people[:in.Limit]
		next = base64.RawURLEncoding.EncodeToString([]byte(people[in.Limit-1]))
	}
	items := make([]PersonFigures, len(people))
	for i, id := range people {
		known, _ := a.People.Person(id)
		items[i] = PersonFigures{Person: id, Name: known.Name, From: p.From, To: p.To}
		if items[i].Figures, err = a.Book.Of(ctx, id, p.From, p.To); err != nil {
			return nil, err
		}
	}
	return httpx.NewList(items, next), nil
}

// reached gives the people whose figures the caller may see, or the one asked for.
func (a *Performance) reached(p auth.Principal, person string) ([]string, error) {
	if person != "" {
		return []string{person}, a.Guard.May(p, access.Performance, person)
	}
	return a.Guard.Reached(p, access.Performance, a.People.Everybody())
}
