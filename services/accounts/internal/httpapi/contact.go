package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

func (a *API) registerContacts(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1/customers/{id}/" + path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op("GET", "contacts", "list-contacts", "Contacts of a customer", "The ETag is the customer's; changes are based on it."), a.contacts)
	httpx.Handle(s, op("POST", "contacts", "add-contact", "Add a contact", "With role in the buying process and place in the organization (R-036)."), a.addContact)
	httpx.Handle(s, op("GET", "contacts/{contact}", "get-contact", "Read a contact", ""), a.getContact)
	httpx.Handle(s, op("PATCH", "contacts/{contact}", "change-contact", "Change a contact", "Absent fields stay; a superior who is unknown or stands below the contact is refused."), a.changeContact)
	left := op("POST", "contacts/{contact}/departure", "depart-contact", "A contact left or moved", "Told again when a successor is found; those who reported to the one who left report to the successor (R-084).")
	left.Status = http.StatusOK
	httpx.Handle(s, left, a.departContact)
	httpx.Handle(s, op("DELETE", "contacts/{contact}/departure", "return-contact", "A contact did not leave after all", ""), a.returnContact)
	httpx.Handle(s, op("GET", "organization", "customer-organization", "The customer's organization", "Contacts as a tree by whom they report to (R-036)."), a.organization)
	httpx.Handle(s, op("PUT", "consent/{channel}", "customer-consent", "What the customer said about a channel", "Consent given or withdrawn, when, and how it is known."), a.consent)
}

// CustomerPath names a customer.
type CustomerPath struct {
	ID string `path:"id" maxLength:"200"`
}

// ContactPath names a contact of a customer.
type ContactPath struct {
	CustomerPath
	Contact string `path:"contact" maxLength:"200"`
}

// ContactFields are what can be said of a contact; absent fields stay as they are.
type ContactFields struct {
	Name      *string           `json:"name,omitempty" maxLength:"200"`
	Role      *string           `json:"role,omitempty" enum:"decision_maker,user,procurement,gatekeeper,influencer," doc:"Role in the buying process; empty: unknown"`
	Title     *string           `json:"title,omitempty" maxLength:"200"`
	Phone     *string           `json:"phone,omitempty" maxLength:"60"`
	Email     *string           `json:"email,omitempty" maxLength:"254"`
	Phones    *[]string         `json:"phones,omitempty" maxItems:"10" doc:"Further numbers"`
	Mails     *[]string         `json:"mails,omitempty" maxItems:"10" doc:"Further addresses"`
	ReportsTo *string           `json:"reports_to,omitempty" maxLength:"200" doc:"Id of the superior among the customer's contacts; empty: none"`
	Birthday  *catalogue.Yearly `json:"birthday,omitempty"`
	Forget    []string          `json:"forget,omitempty" maxItems:"10" enum:"birthday" doc:"What is no longer kept"`
	Key       *bool             `json:"key,omitempty" doc:"Key contact (关键联系人)"`
	Note      *string           `json:"note,omitempty" maxLength:"1000"`
}

func (a *API) editing(ctx context.Context, id string, m httpx.IfMatch) app.Editing {
	return app.Editing{By: auth.From(ctx), ID: id, Command: httpx.Command(ctx), Match: m.Check}
}

// contactOf answers with one contact of the file that an edit left.
func contactOf(s app.Seen, err error, id string) (*httpx.Item[catalogue.Contact], error) {
	if err != nil {
		return nil, err
	}
	c, known := s.File.Contact(id)
	if !known {
		return nil, problem.Missing("联系人", "contact", id)
	}
	return httpx.NewItem(c, s.At), nil
}

// ContactList are the contacts of a customer.
type ContactList struct {
	Items []catalogue.Contact `json:"items"`
}

func (a *API) contacts(ctx context.Context, in *struct {
	CustomerPath
	Left bool `query:"left" default:"true" doc:"Also those who left"`
}) (*httpx.Item[ContactList], error) {
	s, err := a.Accounts.Get(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	list := []catalogue.Contact{}
	for _, c := range s.File.Contacts {
		if in.Left || c.LeftAt == 0 {
			list = append(list, c)
		}
	}
	return httpx.NewItem(ContactList{list}, s.At), nil
}

func (a *API) addContact(ctx context.Context, in *struct {
	CustomerPath
	httpx.IfMatch
	Body ContactFields
}) (*httpx.Item[catalogue.Contact], error) {
	id := httpx.NewID(ctx)
	s, err := a.Accounts.AddContact(ctx, a.editing(ctx, in.ID, in.IfMatch), id, customer.ContactEdit(in.Body))
	out, err := contactOf(s, err, id)
	if err != nil {
		return nil, err
	}
	out.Status, out.Location = http.StatusCreated, httpx.Path("v1", "customers", s.File.ID, "contacts", id)
	return out, nil
}

func (a *API) getContact(ctx context.Context, in *ContactPath) (*httpx.Item[catalogue.Contact], error) {
	s, err := a.Accounts.Get(ctx, auth.From(ctx), in.ID)
	return contactOf(s, err, in.Contact)
}

func (a *API) changeContact(ctx context.Context, in *struct {
	ContactPath
	httpx.IfMatch
	Body ContactFields
}) (*httpx.Item[catalogue.Contact], error) {
	s, err := a.Accounts.EditContact(ctx, a.editing(ctx, in.ID, in.IfMatch), in.Contact, customer.ContactEdit(in.Body))
	return contactOf(s, err, in.Contact)
}

// DepartureFields say how a contact left.
type DepartureFields struct {
	LeftAt    instant.Time `json:"left_at,omitempty" doc:"When; absent: now, or as told before"`
	Successor string       `json:"successor,omitempty" maxLength:"200" doc:"Id of the contact who took over; absent while nobody has"`
	Note      string       `json:"note,omitempty" maxLength:"1000"`
}

func (a *API) departContact(ctx context.Context, in *struct {
	ContactPath
	httpx.IfMatch
	Body DepartureFields
}) (*httpx.Item[catalogue.Contact], error) {
	d := app.Departure{At: in.Body.LeftAt, Successor: in.Body.Successor, Note: in.Body.Note}
	s, err := a.Accounts.DepartContact(ctx, a.editing(ctx, in.ID, in.IfMatch), in.Contact, d)
	return contactOf(s, err, in.Contact)
}

func (a *API) returnContact(ctx context.Context, in *struct {
	ContactPath
	httpx.IfMatch
}) (*httpx.Item[catalogue.Contact], error) {
	s, err := a.Accounts.ReturnContact(ctx, a.editing(ctx, in.ID, in.IfMatch), in.Contact)
	return contactOf(s, err, in.Contact)
}

// OrganizationPost is a contact with those who report to them.
type OrganizationPost struct {
	Contact catalogue.Contact  `json:"contact"`
	Reports []OrganizationPost `json:"reports"`
}

// Organization is the tree of a customer's contacts.
type Organization struct {
	Customer string             `json:"customer"`
	Name     string             `json:"name"`
	Roots    []OrganizationPost `json:"roots"`
	// Vacant are key posts that nobody took over.
	Vacant []string `json:"vacant" doc:"Key contacts and decision makers who left without successor (R-084)"`
}

func (a *API) organization(ctx context.Context, in *CustomerPath) (*httpx.Item[Organization], error) {
	s, err := a.Accounts.Get(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	o := Organization{Customer: s.File.ID, Name: s.File.Name, Roots: postsOf(s.File.Organization()), Vacant: s.File.Vacant()}
	return httpx.NewItem(o, s.At), nil
}

func postsOf(list []customer.Post) []OrganizationPost {
	out := make([]OrganizationPost, 0, len(list))
	for _, p := range list {
		out = append(out, OrganizationPost{p.Contact, postsOf(p.Reports)})
	}
	return out
}

// ConsentFields are what the customer said.
type ConsentFields struct {
	Status string       `json:"status" enum:"given,withdrawn"`
	At     instant.Time `json:"at,omitempty" doc:"When the customer said so; absent: now"`
	Source string       `json:"source" minLength:"1" maxLength:"500" doc:"How it is known: a form, a call, a contract"`
}

func (a *API) consent(ctx context.Context, in *struct {
	CustomerPath
	Channel string `path:"channel" maxLength:"40"`
	httpx.IfMatch
	Body ConsentFields
}) (*httpx.Item[Customer], error) {
	s, err := a.Accounts.Agree(ctx, a.editing(ctx, in.ID, in.IfMatch), catalogue.Consent{Channel: in.Channel, Status: in.Body.Status, At: in.Body.At, Source: in.Body.Source})
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(a.customerOf(ctx, s), s.At), nil
}
