package app

import (
	"context"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Deactivate records that a person leaves: whatever they hold goes to the
// successor, by default the nearest active supervisor.
func (a *App) Deactivate(ctx context.Context, id, successor string, match func(int64) error) (*store.Doc[catalogue.Person], error) {
	load := func() (*store.Doc[catalogue.Person], error) { return a.person(ctx, id) }
	return a.arrange(ctx, load, func(c people.Chart, d *store.Doc[catalogue.Person]) (catalogue.Data, error) {
		if err := a.may(ctx, access.Deactivate, id, c); err != nil {
			return nil, err
		}
		if err := match(d.Version); err != nil {
			return nil, err
		}
		if !d.Body.Active {
			return nil, problem.Refuse("active", "此人已离职", "this person has left already")
		}
		if err := c.CheckLeaving(id); err != nil {
			return nil, err
		}
		heir, err := c.Successor(id, successor)
		if err != nil {
			return nil, err
		}
		d.Body.Active, d.Body.Successor, d.Body.Absences = false, heir, nil
		return &catalogue.PersonDeactivated{After: d.Body}, nil
	})
}

// Reactivate takes a person back, with nothing in hand.
func (a *App) Reactivate(ctx context.Context, id string, match func(int64) error) (*store.Doc[catalogue.Person], error) {
	load := func() (*store.Doc[catalogue.Person], error) { return a.person(ctx, id) }
	return a.arrange(ctx, load, func(c people.Chart, d *store.Doc[catalogue.Person]) (catalogue.Data, error) {
		if err := a.may(ctx, access.Deactivate, id, c); err != nil {
			return nil, err
		}
		if err := match(d.Version); err != nil {
			return nil, err
		}
		if d.Body.Active {
			return nil, problem.Refuse("active", "此人在职", "this person is active")
		}
		if err := problem.InvalidFields(c.CheckSupervisor(id, d.Body.Supervisor)...); err != nil {
			return nil, err
		}
		if err := a.reserve(ctx, d.Body.Email, id); err != nil {
			return nil, err
		}
		before := d.Body
		d.Body.Active, d.Body.Successor = true, ""
		return &catalogue.PersonChanged{Before: &before, After: d.Body}, nil
	})
}
