package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/storage"
)

const tagContacts = "first contacts"

type firstContacts struct{ app *app.App }

func registerFirstContacts(s *httpx.Server, a *app.App) {
	c := firstContacts{a}
	httpx.Handle(s, creates("/v1/first-contacts", "signal-first-contact", tagContacts, "Signal a contact with somebody who is not recorded yet",
		"From this instant the 24-hour entry rule runs (R-002). A lead recorded later with the same phone or mail, or naming it, takes its id. A second signal answers the first one with 200; so does one of somebody who has an open lead, with that lead and no id: no clock starts."), c.signal)
	httpx.Handle(s, op(http.MethodGet, "/v1/first-contacts/{id}", "get-first-contact", tagContacts, "Get a signalled first contact", ""), c.get)
	httpx.Handle(s, op(http.MethodPost, "/v1/first-contacts/{id}/lateness", "report-late", "effects", "The entry rule was broken (effect of a journey, R-002)", ""), c.late)
}

func (h firstContacts) signal(ctx context.Context, in *struct {
	Body struct {
		Person    string       `json:"person,omitempty" maxLength:"80" doc:"Who had the contact; empty: the caller"`
		Channel   string       `json:"channel" enum:"phone,wechat,mail,visit,meeting,other"`
		ContactAt instant.Time `json:"contact_at,omitempty" doc:"Empty: now"`
		Phone     string       `json:"phone,omitempty" maxLength:"60"`
		Email     string       `json:"email,omitempty" maxLength:"254"`
	}
}) (*httpx.Item[storage.FirstContact], error) {
	b := in.Body
	d, created, err := h.app.SignalFirstContact(ctx, storage.FirstContact{Person: b.Person, Channel: b.Channel, ContactAt: b.ContactAt, Phone: b.Phone, Email: b.Email})
	if err != nil {
		return nil, err
	}
	if d.ID == "" { // known: there is a lead and nothing to look at but that
		return &httpx.Item[storage.FirstContact]{Status: http.StatusOK, Location: httpx.Path("v1", "leads", d.Body.Lead), Body: d.Body}, nil
	}
	if !created {
		return httpx.NewItem(d.Body, d.Version), nil
	}
	return httpx.NewCreated(d.Body, d.Version, httpx.Path("v1", "first-contacts", d.ID)), nil
}

func (h firstContacts) get(ctx context.Context, in *LeadPath) (*httpx.Item[storage.FirstContact], error) {
	return contactAnswer(h.app.FirstContact(ctx, in.ID))
}

func (h firstContacts) late(ctx context.Context, in *struct {
	LeadPath
	Body effects.ReportLate
}) (*httpx.Item[storage.FirstContact], error) {
	return contactAnswer(h.app.ReportLate(ctx, in.ID))
}

func contactAnswer(d *app.ContactDoc, err error) (*httpx.Item[storage.FirstContact], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(d.Body, d.Version), nil
}
