// Package app holds what can be done in organization, one use case per file:
// people, teams, absences, leaving, and the policy book.
package app

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/services/organization/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// App carries out the use cases.
type App struct {
	Docs   storage.Collections
	Policy *policy.Holder
	// Directory of this process, if any, learns of changes at once instead of by Kafka.
	Directory *directory.Directory
	Clock     instant.Clock
}

// attempts bounds how often a change is tried again after a lost race.
const attempts = 8

// Source names organization in facts.
const Source = "liuke/organization"

func (a *App) stamp() facts.Stamp { return facts.Stamp{Source: Source, At: a.Clock()} }

// may answers whether the caller may do it to the person.
func (a *App) may(ctx context.Context, act access.Action, person string, c people.Chart) error {
	p, err := httpx.Require(ctx)
	if err != nil {
		return err
	}
	return access.May(p, act, person, c.Leads)
}

// May answers whether the caller may do it to nobody in particular.
func (a *App) May(ctx context.Context, act access.Action) error {
	return a.may(ctx, act, "", people.Chart{})
}

// chartID is the one document of the chart.
const chartID = "company"

// Chart reads the company's structure.
func (a *App) Chart(ctx context.Context) (people.Chart, error) {
	d, err := a.chart(ctx)
	if err != nil {
		return people.Chart{}, err
	}
	return d.Body, nil
}

func (a *App) chart(ctx context.Context) (*store.Doc[people.Chart], error) {
	d, err := a.Docs.Charts.Get(ctx, chartID)
	if errors.Is(err, store.ErrNotFound) {
		return store.New(chartID, people.Chart{}), nil
	}
	return d, err
}

// person reads a person for a change.
func (a *App) person(ctx context.Context, id string) (*store.Doc[catalogue.Person], error) {
	d, err := a.Docs.People.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("人", "person", id)
	}
	return d, err
}

// change is one command on a person: it alters the document and says which fact tells it.
type change func(c people.Chart, d *store.Doc[catalogue.Person]) (catalogue.Data, error)

// arrange carries out a change of a person together with the chart: the chart
// first, under its own version, so that of two changes that only together break
// a rule the second sees the first. A crash in between leaves the chart ahead of
// the person, which Rebuild and every later change of the person put right.
func (a *App) arrange(ctx context.Context, load func() (*store.Doc[catalogue.Person], error), do change) (*store.Doc[catalogue.Person], error) {
	var err error
	for range attempts {
		var d *store.Doc[catalogue.Person]
		if d, err = load(); err != nil {
			return nil, err
		}
		if d.Did(httpx.Command(ctx)) {
			return d, nil
		}
		if err = a.try(ctx, d, do); err == nil {
			if a.Directory != nil {
				a.Directory.Put(d.Body, d.Version)
			}
			return d, nil
		}
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return nil, err
		}
	}
	return nil, err
}

func (a *App) try(ctx context.Context, d *store.Doc[catalogue.Person], do change) error {
	c, err := a.chart(ctx)
	if err != nil {
		return err
	}
	fact, err := do(c.Body, d)
	if err != nil || fact == nil {
		return err
	}
	recorded, err := facts.Record(ctx, a.stamp(), d.Version+1, fact)
	if err != nil {
		return err
	}
	place := people.PlaceOf(d.Body)
	if !place.Same(c.Body.People[d.ID]) {
		c.Body = c.Body.With(d.ID, place)
		if err := a.Docs.Charts.Commit(ctx, c, ""); err != nil {
			return err
		}
	}
	if err := a.Docs.People.Commit(ctx, d, httpx.Command(ctx), recorded); err != nil {
		return errors.Join(err, a.heal(context.WithoutCancel(ctx), d.ID))
	}
	return nil
}

// heal makes the chart say of a person what the person's document says.
func (a *App) heal(ctx context.Context, id string) error {
	for range attempts {
		c, err := a.chart(ctx)
		if err != nil {
			return err
		}
		var place people.Place
		d, err := a.Docs.People.Get(ctx, id)
		switch {
		case err == nil:
			place = people.PlaceOf(d.Body)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if place.Same(c.Body.People[id]) {
			return nil
		}
		c.Body = c.Body.With(id, place)
		if err := a.Docs.Charts.Commit(ctx, c, ""); err == nil || !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("chart of %s: %w", id, store.ErrConflict)
}
