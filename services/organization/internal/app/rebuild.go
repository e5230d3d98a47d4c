package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// healAfter is how long the chart may differ before a start mends it: another
// process may be in the middle of a change, which writes the chart first.
const healAfter = 2 * time.Second

// Rebuild tells the directory of this process about the people and teams that
// are stored, and makes the chart agree with them where a crash left it otherwise.
func (a *App) Rebuild(ctx context.Context) error {
	same, err := a.compare(ctx, false)
	if err != nil || same {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(healAfter):
	}
	_, err = a.compare(ctx, true)
	return err
}

func (a *App) compare(ctx context.Context, mend bool) (same bool, err error) {
	c, err := a.Chart(ctx)
	if err != nil {
		return false, err
	}
	same = true
	err = each(ctx, a.Docs.People, func(d *store.Doc[catalogue.Person]) error {
		if a.Directory != nil {
			a.Directory.Put(d.Body, d.Version)
		}
		if people.PlaceOf(d.Body).Same(c.People[d.ID]) {
			return nil
		}
		if same = false; !mend {
			return nil
		}
		return a.heal(ctx, d.ID)
	})
	if err != nil {
		return false, err
	}
	err = each(ctx, a.Docs.Teams, func(d *store.Doc[catalogue.Team]) error {
		if a.Directory != nil {
			a.Directory.PutTeam(d.Body, d.Version)
		}
		place := people.TeamPlace{Parent: d.Body.Parent, Lead: d.Body.Lead}
		if place == c.Teams[d.ID] {
			return nil
		}
		if same = false; !mend {
			return nil
		}
		return a.healTeam(ctx, d.ID)
	})
	return same, err
}

// healTeam makes the chart say of a team what the team's document says.
func (a *App) healTeam(ctx context.Context, id string) error {
	for range attempts {
		c, err := a.chart(ctx)
		if err != nil {
			return err
		}
		d, err := a.Docs.Teams.Get(ctx, id)
		if err != nil {
			return err
		}
		place := people.TeamPlace{Parent: d.Body.Parent, Lead: d.Body.Lead}
		if place == c.Body.Teams[id] {
			return nil
		}
		c.Body = c.Body.WithTeam(id, place)
		if err := a.Docs.Charts.Commit(ctx, c, ""); err == nil || !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("chart of team %s: %w", id, store.ErrConflict)
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
