package app

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// PutTeam adds a team, or changes the one of that id.
func (a *App) PutTeam(ctx context.Context, t catalogue.Team, isNew bool, match func(int64) error) (*store.Doc[catalogue.Team], error) {
	if err := a.May(ctx, access.ChangeTeam); err != nil {
		return nil, err
	}
	return a.FormTeam(ctx, t, isNew, match)
}

// FormTeam is PutTeam without asking who wants it.
func (a *App) FormTeam(ctx context.Context, t catalogue.Team, isNew bool, match func(int64) error) (*store.Doc[catalogue.Team], error) {
	t.Name = strings.TrimSpace(t.Name)
	var err error
	for range attempts {
		d, e := a.Docs.Teams.Get(ctx, t.ID)
		switch {
		case errors.Is(e, store.ErrNotFound) && isNew:
			d = store.New(t.ID, catalogue.Team{})
		case errors.Is(e, store.ErrNotFound):
			return nil, problem.Missing("团队", "team", t.ID)
		case e != nil:
			return nil, e
		case isNew || d.Did(httpx.Command(ctx)):
			return d, nil // created before by the same command
		}
		if d.Version > 0 {
			if err := match(d.Version); err != nil {
				return nil, err
			}
		}
		if err = a.tryTeam(ctx, d, t); err == nil {
			if a.Directory != nil {
				a.Directory.PutTeam(d.Body, d.Version)
			}
			return d, nil
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return nil, err
		}
	}
	return nil, err
}

func (a *App) tryTeam(ctx context.Context, d *store.Doc[catalogue.Team], t catalogue.Team) error {
	c, err := a.chart(ctx)
	if err != nil {
		return err
	}
	fields := c.Body.CheckTeam(t.ID, t.Parent, t.Lead)
	fields = append(fields, people.CheckCalendar(t.Calendar, a.hasCalendar)...)
	if n := utf8.RuneCountInString(t.Name); n == 0 {
		fields = append(fields, problem.Required("name"))
	} else if n > 100 {
		fields = append(fields, problem.FieldError("name", "max_length", "最多 100 个字符", "may have at most 100 characters"))
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return err
	}
	fact := &catalogue.TeamChanged{After: t}
	if d.Version > 0 {
		before := d.Body
		fact.Before = &before
	}
	recorded, err := facts.Record(ctx, a.stamp(), d.Version+1, fact)
	if err != nil {
		return err
	}
	place := people.TeamPlace{Parent: t.Parent, Lead: t.Lead}
	if known, ok := c.Body.Teams[t.ID]; !ok || known != place {
		c.Body = c.Body.WithTeam(t.ID, place)
		if err := a.Docs.Charts.Commit(ctx, c, ""); err != nil {
			return err
		}
	}
	d.Body = t
	return a.Docs.Teams.Commit(ctx, d, httpx.Command(ctx), recorded)
}
