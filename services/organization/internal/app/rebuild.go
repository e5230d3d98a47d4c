package app

import (
	"context"

	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// Rebuild makes the chart agree with the people and teams that are stored, and
// tells the directory of this process about them.
func (a *App) Rebuild(ctx context.Context) error {
	c, err := a.Chart(ctx)
	if err != nil {
		return err
	}
	err = each(ctx, a.Docs.People, func(d *store.Doc[catalogue.Person]) error {
		if a.Directory != nil {
			a.Directory.Put(d.Body, d.Version)
		}
		if people.PlaceOf(d.Body).Same(c.People[d.ID]) {
			return nil
		}
		return a.heal(ctx, d.ID)
	})
	if err != nil {
		return err
	}
	return each(ctx, a.Docs.Teams, func(d *store.Doc[catalogue.Team]) error {
		if a.Directory != nil {
			a.Directory.PutTeam(d.Body, d.Version)
		}
		if place := (people.TeamPlace{Parent: d.Body.Parent, Lead: d.Body.Lead}); place != c.Teams[d.ID] {
			return a.healTeam(ctx, d.ID, place)
		}
		return nil
	})
}

// healTeam makes the chart say of a team what the team's document says.
func (a *App) healTeam(ctx context.Context, id string, place people.TeamPlace) error {
	d, err := a.chart(ctx)
	if err != nil {
		return err
	}
	d.Body = d.Body.WithTeam(id, place)
	return a.Docs.Charts.Commit(ctx, d, "")
}

// each goes through a whole collection by name.
func each[T any](ctx context.Context, c store.Collection[T], do func(*store.Doc[T]) error) error {
	for after := ""; ; {
		page, err := c.Page(ctx, store.Query{Index: "by_name", Limit: 500, After: after})
		if err != nil {
			return err
		}
		for _, d := range page.Docs {
			if err := do(d); err != nil {
				return err
			}
		}
		if after = page.Next; after == "" {
			return nil
		}
	}
}
