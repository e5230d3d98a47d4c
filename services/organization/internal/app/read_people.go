package app

import (
	"context"
	"errors"

	"liuke.dev/services/organization/internal/access"
	"liuke.dev/services/organization/internal/people"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/store"
)

// Reader reads people as one caller may see them.
type Reader struct {
	app   *App
	ctx   context.Context
	chart people.Chart
}

// Read begins to read people for the caller.
func (a *App) Read(ctx context.Context) (*Reader, error) {
	if err := a.May(ctx, access.ReadPeople); err != nil {
		return nil, err
	}
	c, err := a.Chart(ctx)
	return &Reader{app: a, ctx: ctx, chart: c}, err
}

// Person reads one.
func (r *Reader) Person(id string) (*store.Doc[catalogue.Person], error) {
	d, err := r.app.person(r.ctx, id)
	if err != nil {
		return nil, err
	}
	d.Body = r.Seen(d.Body)
	return d, nil
}

// Seen gives a person as the caller may see them: without telephone, e-mail and
// reasons of absence where these are none of the caller's business.
func (r *Reader) Seen(p catalogue.Person) catalogue.Person {
	if r.app.may(r.ctx, access.ReadContact, p.ID, r.chart) == nil {
		return p
	}
	p.Email, p.Phone = "", ""
	absences := make([]catalogue.Absence, len(p.Absences))
	for i, a := range p.Absences {
		a.Reason = ""
		absences[i] = a
	}
	p.Absences = absences
	return p
}

// Chart gives the structure that was read.
func (r *Reader) Chart() people.Chart { return r.chart }

// Person gives a person by id, active or not, to sign-in.
func (a *App) Person(ctx context.Context, id string) (catalogue.Person, bool, error) {
	d, err := a.Docs.People.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return catalogue.Person{}, false, nil
	}
	if err != nil {
		return catalogue.Person{}, false, err
	}
	return d.Body, true, nil
}

// Seen gives a person after the caller changed them.
func (a *App) Seen(ctx context.Context, p catalogue.Person) catalogue.Person {
	c, err := a.Chart(ctx)
	if err != nil {
		c = people.Chart{} // shows less, never more
	}
	return (&Reader{app: a, ctx: ctx, chart: c}).Seen(p)
}

// MayPassword answers whether the caller may set a person's password, and
// whether it is their own.
func (a *App) MayPassword(ctx context.Context, id string) (own bool, err error) {
	who, err := httpx.Require(ctx)
	if err != nil {
		return false, err
	}
	return who.ID == id, access.May(who, access.SetPassword, id, people.Chart{}.Leads)
}
