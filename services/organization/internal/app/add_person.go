package app

import (
	"context"
	"errors"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// AddPerson adds a person under p.ID.
func (a *App) AddPerson(ctx context.Context, p catalogue.Person) (*store.Doc[catalogue.Person], error) {
	if err := a.May(ctx, access.AddPerson); err != nil {
		return nil, err
	}
	return a.Enrol(ctx, p)
}

// Enrol adds a person without asking who wants it: the first administrator, a
// demo's people. An id that exists already is left as it is.
func (a *App) Enrol(ctx context.Context, p catalogue.Person) (*store.Doc[catalogue.Person], error) {
	p = people.Tidy(p)
	p.Active, p.Successor, p.Absences = true, "", nil
	load := func() (*store.Doc[catalogue.Person], error) {
		if d, err := a.Docs.People.Get(ctx, p.ID); !errors.Is(err, store.ErrNotFound) {
			return d, err
		}
		return store.New(p.ID, catalogue.Person{}), nil
	}
	return a.arrange(ctx, load, func(c people.Chart, d *store.Doc[catalogue.Person]) (catalogue.Data, error) {
		if d.Version > 0 {
			return nil, nil
		}
		fields := append(people.Check(p, a.hasCalendar), c.CheckSupervisor(p.ID, p.Supervisor)...)
		fields = append(fields, a.checkTeam(ctx, p.Team)...)
		if err := problem.InvalidFields(fields...); err != nil {
			return nil, err
		}
		if err := a.reserve(ctx, p.Email, p.ID); err != nil {
			return nil, err
		}
		d.Body = p
		return &catalogue.PersonChanged{After: p}, nil
	})
}

func (a *App) hasCalendar(id string) bool {
	v, err := a.Policy.At(a.Clock())
	return err == nil && v.HasCalendar(id)
}

func (a *App) checkTeam(ctx context.Context, team string) []problem.Field {
	if team == "" {
		return nil
	}
	if _, err := a.Docs.Teams.Get(ctx, team); err != nil {
		return []problem.Field{problem.FieldError("team", "exists", "没有这个团队", "no such team")}
	}
	return nil
}
