package cases

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Draft is a case as it comes in. The customer is named by its id, or by what is
// known of the caller, who is matched or gets a file.
type Draft struct {
	ticket.Intake
	Company string // of a caller whose customer is not known
	TaxID   string
	Answer  string // what the caller was told at once
}

// Open opens a case for a person.
func (c *Cases) Open(ctx context.Context, in Draft) (*Doc, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CaseOpen); err != nil {
		return nil, err
	}
	in.By = p.ID
	return c.open(ctx, httpx.NewID(ctx), in)
}

// OpenFor opens a case that a journey asks for, once under the effect's id.
func (c *Cases) OpenFor(ctx context.Context, id string, ask effects.OpenCase) (*Doc, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CaseEffect); err != nil {
		return nil, err
	}
	return c.open(ctx, id, Draft{Intake: ticket.Intake{Customer: ask.Customer, Kind: ask.Kind, Title: ask.Title, Text: ask.Text, Channel: ask.Channel, Priority: ask.Priority,
		Owner: ask.Owner, Contact: ask.Contact, Ref: ask.Ref, By: p.ID}})
}

// open opens the case of that id, or gives the one that is there.
func (c *Cases) open(ctx context.Context, id string, in Draft) (*Doc, error) {
	if d, err := c.docs.Get(ctx, id); err == nil || !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	at, v, err := c.now()
	if err != nil {
		return nil, err
	}
	in.ID = id
	checked, wrong := in.Intake.Check(v, at)
	file, holder, err := c.customerOf(ctx, &in, wrong)
	if err != nil {
		return nil, err
	}
	in.Intake = checked
	in.Customer, in.Name, in.Tier = file.ID, file.Name, file.Tier
	kind := v.Sections.Cases.Kind(in.Kind)
	if in.Owner, err = c.ownerOf(ctx, in.Owner, kind, holder, at); err != nil {
		return nil, err
	}
	d := store.New(id, ticket.Ticket{Case: catalogue.Case{Owner: in.Owner, Calendar: kind.Calendar}})
	view := c.on(v, &d.Body)
	t, entry := ticket.Open(in.Intake, view, at)
	d.Body = t
	data := []catalogue.Data{&catalogue.CaseOpened{After: t.Case, Entry: entry}}
	if in.Answer != "" {
		said, _, err := d.Body.Say(catalogue.CaseEntry{Side: catalogue.CaseOutbound, Channel: in.Channel, By: in.By, Text: in.Answer}, false, view, at)
		if err != nil {
			return nil, err
		}
		data = append(data, &catalogue.CaseEntryAdded{Entry: said, After: d.Body.Case})
	}
	err = c.commit(ctx, d, at, v, data...)
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return c.docs.Get(ctx, id)
	}
	return d, err
}

// customerOf gives whose case it is, and who answers for them. wrong is what is
// wrong with the rest, so that all is named at once and nothing is written.
func (c *Cases) customerOf(ctx context.Context, in *Draft, wrong error) (customer.File, access.Holder, error) {
	var fields []problem.Field
	var e *problem.Error
	if errors.As(wrong, &e) {
		fields = e.Fields
	} else if wrong != nil {
		return customer.File{}, access.Holder{}, wrong
	}
	who := in.Caller
	if in.Customer == "" {
		fields = append(fields, callerFields(in)...)
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return customer.File{}, access.Holder{}, err
	}
	id := in.Customer
	if id == "" {
		ask := app.Ask{MatchCustomer: effects.MatchCustomer{Kind: "company", Name: in.Company, Contact: who.Name, Phone: who.Phone, Email: who.Email, TaxID: in.TaxID}}
		if in.Company == "" {
			ask.Kind, ask.Name = "person", who.Name
		}
		m, err := c.Files.MatchOrCreate(ctx, in.ID, in.By, ask)
		if err != nil {
			return customer.File{}, access.Holder{}, err
		}
		id = m.Customer
	}
	return c.Files.Permitted(ctx, process, access.CaseOpen, id)
}

// callerFields names what is missing to find or make the caller's file.
func callerFields(in *Draft) []problem.Field {
	who := in.Caller
	var f []problem.Field
	if who.Phone == "" && who.Email == "" {
		f = append(f, problem.FieldError("customer", "required", "必填，或给出来电人的电话或邮箱", "is required, or else a phone number or mail address of the caller"))
		return f
	}
	name := in.Company
	if name == "" {
		name = who.Name
	}
	if name == "" {
		name = who.Phone + who.Email // no field of its own is missing: the file is called by what is known
	}
	var e *problem.Error
	if errors.As(app.Check(name, who.Phone, who.Email, in.TaxID), &e) {
		for _, x := range e.Fields {
			x.Field = "caller." + x.Field
			f = append(f, x)
		}
	}
	return f
}

// ownerOf gives who answers: who was named, or whom the kind's role leads to.
func (c *Cases) ownerOf(ctx context.Context, named string, kind *policy.CaseKind, holder access.Holder, at instant.Time) (string, error) {
	if named != "" {
		if p, ok := c.People.Person(named); !ok || !p.Active {
			return "", problem.InvalidFields(problem.FieldError("owner", "exists", "没有这位在职人员", "nobody active has this id"))
		}
		return c.People.Substitute(named, at), nil
	}
	owner, err := c.route(ctx, kind, holder, at)
	if err == nil && owner == "" {
		err = problem.Refuse("R-074", "没有可以负责的人员", "There is nobody who could answer for it")
	}
	return owner, err
}
