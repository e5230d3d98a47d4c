package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/storage"
)

// ContactDoc is a stored first contact.
type ContactDoc = store.Doc[storage.FirstContact]

// SignalFirstContact notes a contact with somebody who is not recorded yet, so
// that the 24-hour entry rule has a clock. A second signal of the same
// phone or mail gives the first one, created false.
func (a *App) SignalFirstContact(ctx context.Context, in storage.FirstContact) (d *ContactDoc, created bool, err error) {
	if in.Person == "" {
		in.Person = caller(ctx).ID
	}
	if err := a.Guard.May(ctx, access.FirstContact, in.Person); err != nil {
		return nil, false, err
	}
	at := a.Clock()
	var fields []problem.Field
	phone, email := "", ""
	if in.Phone != "" {
		ok := false
		if phone, ok = lead.Phone(in.Phone); !ok {
			fields = append(fields, problem.FieldError("phone", "phone", "不是有效的电话号码", "is not a valid phone number"))
		}
	}
	if in.Email != "" {
		ok := false
		if email, ok = lead.Email(in.Email); !ok {
			fields = append(fields, problem.FieldError("email", "email", "不是有效的邮箱地址", "is not a valid e-mail address"))
		}
	}
	if in.ContactAt.IsZero() {
		in.ContactAt = at
	}
	if in.ContactAt > at {
		fields = append(fields, problem.FieldError("contact_at", "in_future", "接触时间不能在未来", "must not be in the future"))
	}
	if !slices.Contains(followup.Channels, in.Channel) {
		fields = append(fields, problem.FieldError("channel", "one_of", "渠道不对", "must be phone, wechat, mail, visit, meeting or other"))
	}
	if p, known := a.People.Person(in.Person); !known || !p.Active {
		fields = append(fields, problem.FieldError("person", "person", "没有这个人或已停用", "nobody active has this id"))
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return nil, false, err
	}
	if first, err := a.openContact(ctx, phone, email); first != nil || err != nil {
		return first, false, err
	}
	in.ID, in.Phone, in.Email, in.Open = httpx.NewID(ctx), phone, email, true
	d = store.New(in.ID, in)
	err = commit(ctx, a.FirstContacts, d, facts.Stamp{At: at}, &catalogue.FirstContactSignalled{ID: in.ID, Person: in.Person, Channel: in.Channel,
		ContactAt: in.ContactAt, Phone: phone, Email: email})
	if errors.Is(err, store.ErrExists) {
		d, err = a.FirstContacts.Get(ctx, in.ID)
		return d, false, err
	}
	return d, true, err
}

// FirstContact gives a first contact that the caller may see.
func (a *App) FirstContact(ctx context.Context, id string) (*ContactDoc, error) {
	d, err := a.FirstContacts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("首次接触", "first contact", id)
	}
	if err != nil {
		return nil, err
	}
	if a.Guard.MayAtAll(ctx, access.Effect) == nil {
		return d, nil
	}
	return d, a.Guard.May(ctx, access.FirstContact, d.Body.Person)
}

// ReportLate records that a first contact has no record in time; one
// that was recorded meanwhile is not late any more.
func (a *App) ReportLate(ctx context.Context, id string) (*ContactDoc, error) {
	var d *ContactDoc
	err := retry(ctx, func() error {
		var err error
		if d, err = a.FirstContact(ctx, id); err != nil {
			return err
		}
		if !d.Body.Open || !d.Body.LateAt.IsZero() {
			return nil
		}
		d.Body.LateAt = a.Clock()
		return commit(ctx, a.FirstContacts, d, facts.Stamp{At: d.Body.LateAt},
			&catalogue.IntakeLate{ID: id, Person: d.Body.Person, ContactAt: d.Body.ContactAt})
	})
	return d, err
}

// contactOf gives the open first contact that an intake belongs to, nil if there is none.
func (a *App) contactOf(ctx context.Context, in lead.Intake, named string) (*ContactDoc, error) {
	if named == "" {
		return a.openContact(ctx, in.Phone, in.Email)
	}
	d, err := a.FirstContacts.Get(ctx, named)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.InvalidFields(problem.FieldError("first_contact", "exists", "没有这次首次接触", "no such first contact"))
	}
	if err != nil || d.Body.Open {
		return d, err
	}
	if repeated, err := a.repeated(ctx, named); repeated != nil || err != nil {
		return d, err
	}
	return nil, problem.Refuse("R-002", "这次首次接触已有线索 "+d.Body.Lead, "This first contact has its lead already: "+d.Body.Lead)
}

func (a *App) openContact(ctx context.Context, phone, email string) (*ContactDoc, error) {
	docs, err := a.contacts(ctx, phone, email, true)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return docs[0], nil
}

// contacts gives some first contacts of a phone or mail that have no lead yet, or that have one.
func (a *App) contacts(ctx context.Context, phone, email string, open bool) ([]*ContactDoc, error) {
	var found []*ContactDoc
	for _, q := range []struct{ index, value string }{{"phone_open", phone}, {"email_open", email}} {
		if q.value == "" {
			continue
		}
		page, err := a.FirstContacts.Page(ctx, store.Query{Index: q.index, Equal: []any{q.value, open}, Limit: 10})
		if err != nil {
			return nil, err
		}
		found = append(found, page.Docs...)
	}
	return found, nil
}

// closeContact notes that a first contact has its lead. It may fail: the next
// lead that takes the contact finds the lead under its id and closes it then.
func (a *App) closeContact(ctx context.Context, d *ContactDoc, leadID string) {
	err := retry(ctx, func() error {
		now, err := a.FirstContacts.Get(ctx, d.ID)
		if err != nil || !now.Body.Open {
			return err
		}
		now.Body.Open, now.Body.Lead = false, leadID
		return a.FirstContacts.Commit(ctx, now, "")
	})
	if err != nil {
		a.Log.WarnContext(ctx, "a first contact was not closed", "first_contact", d.ID, "lead", leadID, "error", err)
	}
}
