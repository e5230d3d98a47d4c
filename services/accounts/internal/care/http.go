package care

import (
	"context"
	"net/http"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/service"
)

const tag = "Care"

// Part is care as a part of the service.
type Part struct {
	*Care
	Deps service.Deps
}

// Run makes and sends invitations, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.care", Topics: []string{catalogue.TopicAccounts}, Types: Types, Handle: p.Observe})
}

// Register adds the operations.
func (p Part) Register(r *httpx.Server) {
	c := p.Care
	op := func(method, path, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: tag, Status: http.StatusOK}
	}
	creates := func(path, id, summary string) httpx.Op {
		o := op(http.MethodPost, path, id, summary)
		o.Status = http.StatusCreated
		return o
	}
	httpx.Handle(r, creates("/v1/care/records", "record-care", "Record a care that was done (R-152)"), c.httpRecord)
	httpx.Handle(r, op(http.MethodGet, "/v1/care/records", "list-care", "List care, newest first"), c.httpRecords)
	httpx.Handle(r, op(http.MethodPut, "/v1/care/records/{id}/response", "respond-care", "Note how the customer responded"), c.httpRespond)
	httpx.Handle(r, op(http.MethodGet, "/v1/care/participation", "care-participation", "How a customer takes part (R-152)"), c.httpParticipation)
	httpx.Handle(r, creates("/v1/care/activities", "plan-activity", "Plan an event or value-added service (R-151)"), c.httpPlan)
	httpx.Handle(r, op(http.MethodGet, "/v1/care/activities", "list-activities", "List activities"), c.httpActivities)
	httpx.Handle(r, op(http.MethodGet, "/v1/care/activities/{id}", "get-activity", "Get an activity"), c.httpActivity)
	httpx.Handle(r, op(http.MethodGet, "/v1/care/activities/{id}/audience", "preview-audience", "Who would be invited, and why (R-151)"), c.httpPreview)
	httpx.Handle(r, op(http.MethodPost, "/v1/care/activities/{id}/invitations", "invite-customers", "Invite whom it is for, and nobody else (R-151)"), c.httpInvite)
	httpx.Handle(r, op(http.MethodPost, "/v1/care/activities/{id}/cancellation", "cancel-activity", "Cancel an activity"), c.httpCancel)
	httpx.Handle(r, op(http.MethodPost, "/v1/care/activities/{id}/attendance", "record-attendance", "Note who came (R-152)"), c.httpAttend)
	httpx.Handle(r, op(http.MethodGet, "/v1/care/invitations", "list-invitations", "List the invitations of a customer or an activity"), c.httpInvitations)
	c.registerLinks(r)
}

// RecordView is a care as the interface shows it.
type RecordView struct {
	catalogue.CareRecord
	Version int64 `json:"version"`
}

func (c *Care) httpRecord(ctx context.Context, in *struct {
	Body struct {
		Customer string       `json:"customer" minLength:"1" maxLength:"200"`
		Kind     string       `json:"kind" enum:"greeting,gift,visit,service,other"`
		Occasion string       `json:"occasion,omitempty" maxLength:"200"`
		Text     string       `json:"text,omitempty"`
		Contact  string       `json:"contact,omitempty" maxLength:"200"`
		At       instant.Time `json:"at,omitempty" doc:"When it was done; empty: now"`
	}
}) (*httpx.Item[RecordView], error) {
	b := in.Body
	d, err := c.Record(ctx, catalogue.CareRecord{Customer: b.Customer, Kind: b.Kind, Occasion: b.Occasion, Text: b.Text, Contact: b.Contact, At: b.At})
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(RecordView{d.Body.CareRecord, d.Version}, d.Version, httpx.Path("v1", "care", "records", d.ID)), nil
}

func (c *Care) httpRecords(ctx context.Context, in *struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
}) (*httpx.List[RecordView], error) {
	docs, next, err := c.Records(ctx, in.Customer, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]RecordView, 0, len(docs))
	for _, d := range docs {
		out = append(out, RecordView{d.Body.CareRecord, d.Version})
	}
	return httpx.NewList(out, next), nil
}

// Path names a record or an activity.
type Path struct {
	ID string `path:"id" minLength:"1" maxLength:"400"`
}

func (c *Care) httpRespond(ctx context.Context, in *struct {
	Path
	Body struct {
		Response string `json:"response" enum:"thanked,ignored,declined,complained"`
	}
}) (*httpx.Item[RecordView], error) {
	d, err := c.Respond(ctx, in.ID, in.Body.Response)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(RecordView{d.Body.CareRecord, d.Version}, d.Version), nil
}

func (c *Care) httpParticipation(ctx context.Context, in *struct {
	Customer string `query:"customer" required:"true" minLength:"1" maxLength:"200"`
}) (*struct{ Body Participation }, error) {
	p, err := c.Participation(ctx, in.Customer)
	return &struct{ Body Participation }{p}, err
}

// ActivityView is an activity as the interface shows it.
type ActivityView struct {
	catalogue.Activity
	Version int64 `json:"version"`
}

func (c *Care) httpPlan(ctx context.Context, in *struct {
	Body struct {
		Kind        string                 `json:"kind" enum:"event,value_added"`
		Name        lang.Text              `json:"name"`
		Text        lang.Text              `json:"text,omitzero"`
		Place       string                 `json:"place,omitempty" maxLength:"300"`
		StartsAt    instant.Time           `json:"starts_at"`
		EndsAt      instant.Time           `json:"ends_at,omitempty"`
		Owner       string                 `json:"owner,omitempty" maxLength:"200" doc:"Empty: whoever plans it"`
		Tiers       []string               `json:"tiers,omitempty" maxItems:"20"`
		Types       []string               `json:"types,omitempty" maxItems:"20"`
		Tags        []string               `json:"tags,omitempty" maxItems:"20"`
		Preferences []catalogue.Preference `json:"preferences,omitempty" maxItems:"20"`
		Channel     string                 `json:"channel,omitempty" maxLength:"40"`
	}
}) (*httpx.Item[ActivityView], error) {
	b := in.Body
	d, err := c.Plan(ctx, catalogue.Activity{Kind: b.Kind, Name: b.Name, Text: b.Text, Place: b.Place, StartsAt: b.StartsAt, EndsAt: b.EndsAt, Owner: b.Owner,
		Tiers: b.Tiers, Types: b.Types, Tags: b.Tags, Preferences: b.Preferences, Channel: b.Channel})
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(ActivityView{d.Body, d.Version}, d.Version, httpx.Path("v1", "care", "activities", d.ID)), nil
}

func (c *Care) httpActivities(ctx context.Context, in *httpx.PageParams) (*httpx.List[ActivityView], error) {
	docs, next, err := c.Activities(ctx, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]ActivityView, 0, len(docs))
	for _, d := range docs {
		out = append(out, ActivityView{d.Body, d.Version})
	}
	return httpx.NewList(out, next), nil
}

func activityItem(d *ActivityDoc, err error) (*httpx.Item[ActivityView], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(ActivityView{d.Body, d.Version}, d.Version), nil
}

func (c *Care) httpActivity(ctx context.Context, in *Path) (*httpx.Item[ActivityView], error) {
	return activityItem(c.Activity(ctx, in.ID))
}

func (c *Care) httpInvite(ctx context.Context, in *Path) (*httpx.Item[ActivityView], error) {
	return activityItem(c.Invite(ctx, in.ID))
}

func (c *Care) httpCancel(ctx context.Context, in *Path) (*httpx.Item[ActivityView], error) {
	return activityItem(c.Cancel(ctx, in.ID))
}

// Audience is who would be invited.
type Audience struct {
	All    int     `json:"all" doc:"How many there are"`
	Guests []Guest `json:"guests" doc:"The first of them"`
}

func (c *Care) httpPreview(ctx context.Context, in *struct {
	Path
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
}) (*struct{ Body Audience }, error) {
	guests, all, err := c.Preview(ctx, in.ID, in.Limit)
	if guests == nil {
		guests = []Guest{}
	}
	return &struct{ Body Audience }{Audience{all, guests}}, err
}

func (c *Care) httpAttend(ctx context.Context, in *struct {
	Path
	Body struct {
		Attended []string `json:"attended" maxItems:"1000" doc:"Customers who came, invited or not"`
		Done     bool     `json:"done,omitempty" doc:"Whoever accepted and did not come stayed away"`
	}
}) (*struct{ Body attendance }, error) {
	n, err := c.Attend(ctx, in.ID, in.Body.Attended, in.Body.Done)
	return &struct{ Body attendance }{attendance{n}}, err
}

type attendance struct {
	Attended int `json:"attended"`
}

func (c *Care) httpInvitations(ctx context.Context, in *struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
	Activity string `query:"activity" maxLength:"200"`
}) (*httpx.List[catalogue.Invitation], error) {
	docs, next, err := c.Invitations(ctx, in.Customer, in.Activity, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]catalogue.Invitation, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Body.Invitation)
	}
	return httpx.NewList(out, next), nil
}
