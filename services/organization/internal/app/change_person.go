package app

import (
	"context"
	"slices"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Edit is what a change of a person may set; nil leaves a field as it is.
type Edit struct {
	Name, Email, Phone, Team, Supervisor, Calendar *string
	Roles                                          []string
	Language, Zone                                 *string
}

// settingsOnly tells whether the edit touches nothing but what everybody may set for themselves.
func (e Edit) settingsOnly() bool {
	return e.Name == nil && e.Email == nil && e.Phone == nil && e.Team == nil && e.Supervisor == nil && e.Calendar == nil && e.Roles == nil
}

func (e Edit) apply(p *catalogue.Person) {
	for field, value := range map[*string]*string{&p.Name: e.Name, &p.Email: e.Email, &p.Phone: e.Phone, &p.Team: e.Team,
		&p.Supervisor: e.Supervisor, &p.Calendar: e.Calendar, &p.Language: e.Language, &p.Zone: e.Zone} {
		if value != nil {
			*field = *value
		}
	}
	if e.Roles != nil {
		p.Roles = slices.Clone(e.Roles)
	}
	*p = people.Tidy(*p)
}

// ChangePerson changes a person; match refuses a version that the caller did not see.
func (a *App) ChangePerson(ctx context.Context, id string, e Edit, match func(int64) error) (*store.Doc[catalogue.Person], error) {
	load := func() (*store.Doc[catalogue.Person], error) { return a.person(ctx, id) }
	return a.arrange(ctx, load, func(c people.Chart, d *store.Doc[catalogue.Person]) (catalogue.Data, error) {
		action := access.ChangePerson
		if e.settingsOnly() {
			action = access.ChangeSettings
		}
		if err := a.may(ctx, action, id, c); err != nil {
			return nil, err
		}
		if err := match(d.Version); err != nil {
			return nil, err
		}
		before, after := d.Body, d.Body
		e.apply(&after)
		fields := people.Check(after, a.hasCalendar)
		if after.Supervisor != before.Supervisor {
			fields = append(fields, c.CheckSupervisor(id, after.Supervisor)...)
		}
		if after.Team != before.Team {
			fields = append(fields, a.checkTeam(ctx, after.Team)...)
		}
		if err := problem.InvalidFields(fields...); err != nil {
			return nil, err
		}
		if !slices.Contains(after.Roles, string(auth.Administrator)) {
			if err := c.CheckLeaving(id); err != nil {
				return nil, err
			}
		}
		if after.Email != before.Email {
			if err := a.reserve(ctx, after.Email, id); err != nil {
				return nil, err
			}
		}
		d.Body = after
		return &catalogue.PersonChanged{Before: &before, After: after}, nil
	})
}
