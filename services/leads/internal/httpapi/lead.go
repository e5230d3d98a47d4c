package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/services/leads/internal/lead"
)

const tagLeads = "leads"

type leads struct{ app *app.App }

func registerLeads(s *httpx.Server, a *app.App) {
	l := leads{a}
	httpx.Handle(s, creates("/v1/leads", "record-lead", tagLeads, "Record a lead",
		"Five fields are mandatory: company, contact, a contact method, source, need (R-003). Without owner it belongs to the caller who sells, else to whose turn it is."), l.record)
	httpx.Handle(s, op(http.MethodGet, "/v1/leads", "list-leads", tagLeads, "List leads, newest first",
		"One filter, or owner with status or with no_next_touch. Counts and lists know recorded leads only (R-001)."), l.list)
	httpx.Handle(s, op(http.MethodGet, "/v1/leads/{id}", "get-lead", tagLeads, "Get a lead", ""), l.get)
	httpx.Handle(s, op(http.MethodPatch, "/v1/leads/{id}", "change-lead", tagLeads, "Edit a lead's fields",
		"Last contact, next touch, status and owner are not fields: they come from commands (R-019, R-046)."), l.change)
	httpx.Handle(s, creates("/v1/leads/{id}/follow-ups", "follow-up-lead", tagLeads, "Record a follow-up",
		"Refused without time, key points and next action (R-013) or next touch (R-014); the first one names the seven fields (C-13)."), l.followUp)
	httpx.Handle(s, op(http.MethodGet, "/v1/leads/{id}/follow-ups", "list-lead-follow-ups", tagLeads, "List a lead's follow-ups, oldest first", ""), l.followUps)
	httpx.Handle(s, op(http.MethodGet, "/v1/leads/{id}/history", "lead-history", tagLeads, "The recorded facts of a lead", ""), l.history)
	httpx.Handle(s, op(http.MethodPost, "/v1/leads/{id}/conversion", "convert-lead", tagLeads, "Make a deal of a lead", ""), l.convert)
	httpx.Handle(s, op(http.MethodPost, "/v1/leads/{id}/closing", "close-lead", tagLeads, "Close a lead, with its reason", ""), l.close)
	httpx.Handle(s, op(http.MethodPost, "/v1/leads/{id}/revival", "revive-lead", tagLeads, "Take a nurtured lead up again", ""), l.revive)
	httpx.Handle(s, op(http.MethodPost, "/v1/leads/{id}/assignment", "assign-lead", tagLeads, "Give a lead without customer to somebody else",
		"A lead of a customer changes hands by a transfer of the customer (R-046)."), l.assign)
	httpx.Handle(s, op(http.MethodGet, "/v1/queue", "work-queue", "queue", "The work queue: open leads and deals by stated priority (R-009)",
		"Ranked by value, stage and due time, with the parts of each score and the reason in words."), l.queue)
}

// LeadPath names a thing by its id.
type LeadPath struct {
	ID string `path:"id" maxLength:"80"`
}

// leadView is a lead as the interface shows it.
type leadView struct {
	catalogue.Lead
	Version      int64         `json:"version"`
	PooledAt     instant.Time  `json:"pooled_at,omitempty"`
	PoolReason   string        `json:"pool_reason,omitempty"`
	MissingNames []lang.Text   `json:"missing_names,omitempty" doc:"What is missing for follow-up to be done, in words (R-016)"`
	ActsNext     *app.ActsNext `json:"acts_next,omitempty" doc:"Who does what next, and until when (R-160)"`
	JourneyURL   string        `json:"journey_url,omitempty" doc:"Its journey in the Temporal UI"`

	CustomerStanding *app.CustomerStanding `json:"customer_standing,omitempty" doc:"How its customer stands (R-102)"`
}

func (h leads) view(d *app.LeadDoc) leadView {
	v := leadView{Lead: d.Body.Lead, Version: d.Version, PooledAt: d.Body.PooledAt, PoolReason: d.Body.PoolReason, ActsNext: h.app.ActsNext(d.Body.Lead), JourneyURL: h.app.Journey(catalogue.KindLead, d.ID),
		CustomerStanding: h.app.StandingOf(d.Body.Customer)}
	for _, m := range d.Body.Missing {
		v.MissingNames = append(v.MissingNames, followup.MissingName(m))
	}
	return v
}

// answer makes the answer of a command on one lead.
func (h leads) answer(d *app.LeadDoc, err error) (*httpx.Item[leadView], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(h.view(d), d.Version), nil
}

// leadBody is what a lead is recorded with. Mandatory fields are checked by the
// rules, so that one answer names all that is missing.
type leadBody struct {
	Company        string        `json:"company,omitempty" maxLength:"200" doc:"Mandatory (R-003): company name (客户公司名称)"`
	Contact        string        `json:"contact,omitempty" maxLength:"200" doc:"Mandatory (R-003): contact person (联系人)"`
	Phone          string        `json:"phone,omitempty" maxLength:"60" doc:"Contact method (联系方式): phone, email or wechat is mandatory (R-003)"`
	Email          string        `json:"email,omitempty" maxLength:"254"`
	WeChat         string        `json:"wechat,omitempty" maxLength:"200"`
	Source         string        `json:"source,omitempty" maxLength:"40" doc:"Mandatory (R-003): source (来源), an option of the policy book (R-005)"`
	Need           string        `json:"need,omitempty" maxLength:"2000" doc:"Mandatory (R-003): the current need in one sentence (当前需求一句话描述)"`
	Owner          string        `json:"owner,omitempty" maxLength:"80" doc:"Person; empty: the caller who sells, else whose turn it is"`
	FirstContact   string        `json:"first_contact,omitempty" maxLength:"80" doc:"Id of the signalled first contact that this lead comes from (R-002)"`
	FirstContactAt instant.Time  `json:"first_contact_at,omitempty" doc:"First contact with the customer, before the record (R-002)"`
	CustomerType   string        `json:"customer_type,omitempty" maxLength:"40"`
	BudgetBand     string        `json:"budget_band,omitempty" maxLength:"40"`
	KeyPerson      string        `json:"key_person,omitempty" maxLength:"200"`
	KeyNeed        string        `json:"key_need,omitempty" maxLength:"2000"`
	Value          *money.Amount `json:"value,omitempty"`
}

func (b leadBody) domain() lead.Intake {
	return lead.Intake{Company: b.Company, Contact: b.Contact, Phone: b.Phone, Email: b.Email, WeChat: b.WeChat, Source: b.Source, Need: b.Need, Owner: b.Owner,
		FirstContactAt: b.FirstContactAt, CustomerType: b.CustomerType, BudgetBand: b.BudgetBand, KeyPerson: b.KeyPerson, KeyNeed: b.KeyNeed, Value: b.Value}
}

func (h leads) record(ctx context.Context, in *struct{ Body leadBody }) (*httpx.Item[leadView], error) {
	d, err := h.app.RecordLead(ctx, in.Body.domain(), in.Body.FirstContact)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(h.view(d), d.Version, httpx.Path("v1", "leads", d.ID)), nil
}

func (h leads) get(ctx context.Context, in *LeadPath) (*httpx.Item[leadView], error) {
	return h.answer(h.app.Lead(ctx, in.ID))
}

func (h leads) list(ctx context.Context, in *struct {
	httpx.PageParams
	Owner       string `query:"owner" maxLength:"80"`
	Status      string `query:"status" enum:"new,contacted,nurturing,converted,folded,closed"`
	Source      string `query:"source" maxLength:"40"`
	Customer    string `query:"customer" maxLength:"80"`
	NoNextTouch bool   `query:"no_next_touch" doc:"Open leads for which nobody planned a next touch (R-015)"`
	Pooled      bool   `query:"pooled" doc:"Leads in the public pool that have no customer yet"`
}) (*httpx.List[leadView], error) {
	docs, next, err := h.app.ListLeads(ctx, app.LeadFilter{Owner: in.Owner, Status: in.Status, Source: in.Source, Customer: in.Customer,
		NoNextTouch: in.NoNextTouch, Pooled: in.Pooled}, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]leadView, 0, len(docs))
	for _, d := range docs {
		out = append(out, h.view(d))
	}
	return httpx.NewList(out, next), nil
}

type leadEdit struct {
	Company      *string       `json:"company,omitempty" maxLength:"200"`
	Contact      *string       `json:"contact,omitempty" maxLength:"200"`
	Phone        *string       `json:"phone,omitempty" maxLength:"60"`
	Email        *string       `json:"email,omitempty" maxLength:"254"`
	WeChat       *string       `json:"wechat,omitempty" maxLength:"200"`
	Source       *string       `json:"source,omitempty" maxLength:"40"`
	Need         *string       `json:"need,omitempty" maxLength:"2000"`
	CustomerType *string       `json:"customer_type,omitempty" maxLength:"40"`
	BudgetBand   *string       `json:"budget_band,omitempty" maxLength:"40"`
	KeyPerson    *string       `json:"key_person,omitempty" maxLength:"200"`
	KeyNeed      *string       `json:"key_need,omitempty" maxLength:"2000"`
	Value        *money.Amount `json:"value,omitempty"`
}

func (h leads) change(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body leadEdit
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.ChangeLead(ctx, in.ID, app.LeadEdit(in.Body), in.IfMatch))
}

// recordedOnLead answers a follow-up with the lead as it left it.
type recordedOnLead struct {
	FollowUp catalogue.FollowUp `json:"follow_up"`
	Lead     leadView           `json:"lead"`
}

func (h leads) followUp(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body dealFollowUpBody
}) (*httpx.Item[recordedOnLead], error) {
	f, d, err := h.app.RecordFollowUp(ctx, in.ID, followup.Input(in.Body), in.IfMatch)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(recordedOnLead{f, h.view(d)}, d.Version, httpx.Path("v1", "leads", d.ID, "follow-ups")), nil
}

func (h leads) followUps(ctx context.Context, in *struct {
	LeadPath
	httpx.PageParams
}) (*httpx.List[catalogue.FollowUp], error) {
	after, err := versionCursor(in.After)
	if err != nil {
		return nil, err
	}
	if _, err := h.app.Lead(ctx, in.ID); err != nil {
		return nil, err
	}
	found, next, err := h.app.FollowUps(ctx, catalogue.KindLead, in.ID, after, in.Limit)
	return httpx.NewList(found, cursor(next)), err
}

func (h leads) history(ctx context.Context, in *struct {
	LeadPath
	httpx.PageParams
}) (*httpx.List[happened], error) {
	after, err := versionCursor(in.After)
	if err != nil {
		return nil, err
	}
	if _, err := h.app.Lead(ctx, in.ID); err != nil {
		return nil, err
	}
	events, next, err := h.app.History(ctx, catalogue.KindLead+"/"+in.ID, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out, err := historyOf(events)
	return httpx.NewList(out, cursor(next)), err
}

func (h leads) convert(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body app.ConvertInput
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.ConvertLead(ctx, in.ID, in.Body, in.IfMatch))
}

func (h leads) close(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500"`
	}
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.CloseLead(ctx, in.ID, in.Body.Reason, in.IfMatch))
}

func (h leads) revive(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.ReviveLead(ctx, in.ID, in.Body.Reason, in.IfMatch))
}

func (h leads) assign(ctx context.Context, in *struct {
	LeadPath
	httpx.IfMatch
	Body struct {
		Owner string `json:"owner" minLength:"1" maxLength:"80"`
	}
}) (*httpx.Item[leadView], error) {
	return h.answer(h.app.AssignLead(ctx, in.ID, in.Body.Owner, in.IfMatch))
}

// queueView is the top of a work queue.
type queueView struct {
	Items []app.Queued `json:"items"`
	Total int          `json:"total" doc:"Open leads and deals that were ranked"`
}

func (h leads) queue(ctx context.Context, in *struct {
	Owner string `query:"owner" maxLength:"80" doc:"Empty: the caller, with those absent whom they stand in for (R-165)"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*struct{ Body queueView }, error) {
	items, total, err := h.app.Queue(ctx, in.Owner, in.Limit)
	if items == nil {
		items = []app.Queued{}
	}
	return &struct{ Body queueView }{queueView{items, total}}, err
}
