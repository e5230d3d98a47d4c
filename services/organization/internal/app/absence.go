package app

import (
	"context"
	"slices"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// RecordAbsence records an absence of a person, or changes the one of that id.
func (a *App) RecordAbsence(ctx context.Context, id string, absence catalogue.Absence, replace bool, match func(int64) error) (*store.Doc[catalogue.Person], error) {
	return a.absences(ctx, id, match, func(c people.Chart, p *catalogue.Person) error {
		i := slices.IndexFunc(p.Absences, func(o catalogue.Absence) bool { return o.ID == absence.ID })
		if replace && i < 0 {
			return problem.Missing("请假", "absence", absence.ID)
		}
		if !p.Active {
			return problem.Refuse("active", "此人已离职", "this person has left")
		}
		if err := problem.InvalidFields(c.CheckAbsence(id, absence, a.Clock())...); err != nil {
			return err
		}
		if i >= 0 {
			p.Absences[i] = absence
		} else {
			p.Absences = append(p.Absences, absence)
		}
		slices.SortFunc(p.Absences, func(x, y catalogue.Absence) int { return int(min(1, max(-1, x.From-y.From))) })
		return nil
	})
}

// WithdrawAbsence takes an absence back; one that has begun ends now.
func (a *App) WithdrawAbsence(ctx context.Context, id, absence string, match func(int64) error) (*store.Doc[catalogue.Person], error) {
	return a.absences(ctx, id, match, func(_ people.Chart, p *catalogue.Person) error {
		i := slices.IndexFunc(p.Absences, func(o catalogue.Absence) bool { return o.ID == absence })
		if i < 0 {
			return problem.Missing("请假", "absence", absence)
		}
		now := a.Clock()
		switch x := &p.Absences[i]; {
		case x.To <= now:
			return problem.Refuse("in_past", "请假已经结束", "the absence is over")
		case x.From < now:
			x.To = now
		default:
			p.Absences = slices.Delete(p.Absences, i, i+1)
		}
		return nil
	})
}

func (a *App) absences(ctx context.Context, id string, match func(int64) error, edit func(people.Chart, *catalogue.Person) error) (*store.Doc[catalogue.Person], error) {
	load := func() (*store.Doc[catalogue.Person], error) { return a.person(ctx, id) }
	return a.arrange(ctx, load, func(c people.Chart, d *store.Doc[catalogue.Person]) (catalogue.Data, error) {
		if err := a.may(ctx, access.RecordAbsence, id, c); err != nil {
			return nil, err
		}
		if err := match(d.Version); err != nil {
			return nil, err
		}
		before := d.Body
		after := d.Body
		after.Absences = slices.Clone(before.Absences)
		if err := edit(c, &after); err != nil {
			return nil, err
		}
		d.Body = after
		return &catalogue.PersonChanged{Before: &before, After: after}, nil
	})
}
