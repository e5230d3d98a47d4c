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
// phone or mail gives the first one, created false; for somebody who has an open
// lead it gives that lead and records nothing.
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
	in.Phone, in.Email = phone, email
	if in.Lead, err = a.knownLead(ctx, phone, email); err != nil || in.Lead != "" {
		return store.New("", in), false, err
	}
	in.Open = true
	return a.createContact(ctx, in)
}

// knownLead gives the open lead that a phone or mail belongs to: its first
// contact has long been recorded, and no clock may start for it again.
func (a *App) knownLead(ctx context.Context, phone, email string) (string, error) {
	for _, q := range []store.Query{{Index: "phone_open", Equal: []any{phone, true}, Limit: 1}, {Index: "email_open", Equal: []any{email, true}, Limit: 1}} {
		if q.Equal[0] == "" {
			continue
		}
		page, err := a.Leads.Page(ctx, q)
		if err != nil {
			return "", err
		}
		if len(page.Docs) > 0 {
			return page.Docs[0].ID, nil
		}
	}
	return "", nil
}

// createContact reserves the contact's keys, so that of two signals of one
// phone at once there is one, and records the contact. A reservation whose
// process died is completed by the next signal, under the same id.
func (a *App) createContact(ctx context.Context, in storage.FirstContact) (d *ContactDoc, created bool, err error) {
	in.ID = httpx.NewID(ctx)
	for _, key := range keysOf(in.Phone, in.Email) {
		if in.ID, err = a.reserveKey(ctx, key, in.ID); err != nil {
			return nil, false, err
		}
	}
	d = store.New(in.ID, in)
	err = commit(ctx, a.FirstContacts, d, facts.Stamp{At: a.Clock()}, &catalogue.FirstContactSignalled{ID: in.ID, Person: in.Person, Channel: in.Channel,
		ContactAt: in.ContactAt, Phone: in.Phone, Email: in.Email})
	if errors.Is(err, store.ErrExists) {
		d, err = a.FirstContacts.Get(ctx, in.ID)
		return d, false, err
	}
	return d, true, err
}

// reserveKey lets a key lead to a contact, unless it leads to an open one
// already, whose id it gives.
func (a *App) reserveKey(ctx context.Context, key, contact string) (leadsTo string, err error) {
	err = retry(ctx, func() error {
		k, err := a.ContactKeys.Get(ctx, key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			k = store.New(key, storage.ContactKey{})
		case err != nil:
			return err
		default:
			d, err := a.FirstContacts.Get(ctx, k.Body.Contact)
			if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Open {
				leadsTo = k.Body.Contact
				return nil
			}
			if err != nil {
				return err
			}
		}
		leadsTo, k.Body.Contact = contact, contact
		return a.ContactKeys.Commit(ctx, k, "")
	})
	return leadsTo, err
}

func keysOf(phone, email string) []string {
	return slices.DeleteFunc([]string{phone, email}, func(k string) bool { return k == "" })
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
		// A lead that was recorded in the very moment of the signal is a record in time.
		if d.Body.Lead, err = a.knownLead(ctx, d.Body.Phone, d.Body.Email); err != nil {
			return err
		}
		if d.Body.Lead != "" {
			d.Body.Open = false
			return a.FirstContacts.Commit(ctx, d, "")
		}
		d.Body.LateAt = a.Clock()
		return commit(ctx, a.FirstContacts, d, facts.Stamp{At: d.Body.LateAt},
			&catalogue.IntakeLate{ID: id, Person: d.Body.Person, ContactAt: d.Body.ContactAt})
	})
	return d, err
}

// contactOf gives the first contact that an intake belongs to, nil if there is
// none. One that has its lead already is given too, for a repeated command.
func (a *App) contactOf(ctx context.Context, in lead.Intake, named string) (*ContactDoc, error) {
	if named == "" {
		docs, err := a.contacts(ctx, in.Phone, in.Email)
		if err != nil || len(docs) == 0 {
			return nil, err
		}
		if i := slices.IndexFunc(docs, func(d *ContactDoc) bool { return d.Body.Open }); i >= 0 {
			return docs[i], nil
		}
		return docs[0], nil
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

// contacts gives the newest first contacts of a phone and a mail.
func (a *App) contacts(ctx context.Context, phone, email string) ([]*ContactDoc, error) {
	var found []*ContactDoc
	for _, key := range keysOf(phone, email) {
		k, err := a.ContactKeys.Get(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d, err := a.FirstContacts.Get(ctx, k.Body.Contact)
		if errors.Is(err, store.ErrNotFound) {
			continue // reserved by a signal that is not recorded yet
		}
		if err != nil {
			return nil, err
		}
		found = append(found, d)
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
