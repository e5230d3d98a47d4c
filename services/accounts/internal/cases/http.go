package cases

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/services/accounts/internal/period"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/service"
)

const tag = "Cases"

// Part is cases as a part of the service.
type Part struct {
	*Cases
	Deps service.Deps
}

// Run carries out what follows from facts, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.cases", Topics: []string{catalogue.TopicAccounts, catalogue.TopicOrganization}, Types: Types, Handle: p.Observe})
}

// View is a case as the interface shows it.
type View struct {
	catalogue.Case
	Talk       []catalogue.CaseEntry `json:"talk,omitempty" doc:"The conversation, oldest first; absent in lists"`
	ActsNext   ActsNext              `json:"acts_next" doc:"Who acts next (R-160)"`
	Progress   string                `json:"progress_address,omitempty" doc:"Where the customer sees its progress (R-142); absent in lists"`
	Version    int64                 `json:"version"`
	JourneyURL string                `json:"journey_url,omitempty" doc:"Its journey in the Temporal UI"`
}

// ActsNext says who acts next, what, and until when.
type ActsNext struct {
	Who  string       `json:"who,omitempty" doc:"Person; empty: the customer, or nobody"`
	What lang.Text    `json:"what"`
	Due  instant.Time `json:"due,omitempty"`
}

func (c *Cases) view(d *Doc) View {
	return View{Case: d.Body.Case, ActsNext: next(&d.Body), Version: d.Version, JourneyURL: c.Journey(catalogue.KindCase, d.ID)}
}

func next(t *ticket.Ticket) ActsNext {
	switch t.Status {
	case catalogue.CaseNew:
		return ActsNext{t.Owner, lang.T("首次响应", "answer first"), t.Response.Due}
	case catalogue.CaseWorking:
		return ActsNext{t.Owner, lang.T("解决", "solve it"), t.Solution.Due}
	case catalogue.CaseWaiting:
		return ActsNext{What: lang.T("客户回复", "the customer answers")}
	case catalogue.CaseResolved:
		return ActsNext{What: lang.T("客户确认，或到期自动关闭", "the customer agrees, or it is closed in time")}
	}
	return ActsNext{What: lang.T("无", "nothing")}
}

func (c *Cases) whole(d *Doc) (View, error) {
	v := c.view(d)
	v.Talk = d.Body.Talk
	var err error
	v.Progress, err = c.Address(&d.Body)
	return v, err
}

func (c *Cases) answer(d *Doc, err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	v, err := c.whole(d)
	return httpx.NewItem(v, d.Version), err
}

func (c *Cases) created(d *Doc, err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	v, err := c.whole(d)
	return httpx.NewCreated(v, d.Version, httpx.Path("v1", "cases", d.ID)), err
}

// Register adds the operations.
func (p Part) Register(s *httpx.Server) {
	c := p.Cases
	op := func(method, path, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Tag: tag, Status: http.StatusOK}
	}
	creates := func(path, id, summary string) httpx.Op {
		o := op(http.MethodPost, path, id, summary)
		o.Status = http.StatusCreated
		return o
	}
	httpx.Handle(s, creates("/v1/cases", "open-case", "Open a case (R-143)"), c.httpOpen)
	httpx.Handle(s, creates("/v1/cases/complaints", "open-complaint", "Open a complaint, in one step (R-144)"), c.httpComplain)
	httpx.Handle(s, creates("/v1/cases/complaint-links", "make-complaint-link", "Make the link by which a customer, or anybody, complains (R-144)"), c.httpComplaintLink)
	httpx.Handle(s, op(http.MethodGet, "/v1/cases", "list-cases", "List cases, newest first"), c.httpList)
	httpx.Handle(s, op(http.MethodGet, "/v1/cases/figures", "case-figures", "How fast cases were answered and solved (R-178)"), c.httpFigures)
	httpx.Handle(s, op(http.MethodGet, "/v1/cases/{id}", "get-case", "Get a case with its conversation"), c.httpGet)
	httpx.Handle(s, op(http.MethodPatch, "/v1/cases/{id}", "sort-case", "Give a case another kind, priority, title or feature that it is about"), c.httpSort)
	httpx.Handle(s, op(http.MethodPost, "/v1/cases/{id}/entries", "say-in-case", "Say or note something; our first word to the customer is the first response"), c.httpSay)
	httpx.Handle(s, op(http.MethodPost, "/v1/cases/{id}/assignment", "assign-case", "Give a case to somebody else (R-160)"), c.httpAssign)
	httpx.Handle(s, op(http.MethodPost, "/v1/cases/{id}/resolution", "resolve-case", "Say how a case was solved"), c.httpResolve)
	httpx.Handle(s, op(http.MethodPost, "/v1/cases/{id}/closing", "close-case", "Close a case (also an effect of its journey)"), c.httpClose)
	httpx.Handle(s, op(http.MethodPost, "/v1/cases/{id}/reopening", "reopen-case", "Open a case again, with clocks of its own"), c.httpReopen)
	httpx.Handle(s, op(http.MethodPut, "/v1/cases/{id}/outcome", "decide-case", "Say what becomes of a suggestion (R-145)"), c.httpDecide)
	httpx.Handle(s, op(http.MethodPost, "/v1/cases/{id}/outcome/told", "told-outcome", "Note that the customer was told (R-145)"), c.httpTold)
	open := op(http.MethodPut, "/v1/cases/{id}", "open-case-for", "Open a case under an effect's id, once")
	open.Creates = true
	httpx.Handle(s, open, c.httpOpenFor)
	httpx.Handle(s, op(http.MethodPut, "/v1/cases/{id}/breaches/{clock}", "breach-case", "Note that a clock ran down (R-141; an effect)"), c.httpBreach)
	httpx.Handle(s, op(http.MethodPut, "/v1/cases/{id}/nudges/{effect}", "nudge-customer", "Remind the customer that a case waits for an answer (an effect)"), c.httpNudge)
	c.registerProgress(s)
	c.registerComplaints(s)
}

// Caller is what is known of who calls.
type Caller struct {
	Name  string `json:"name,omitempty" maxLength:"200"`
	Phone string `json:"phone,omitempty" maxLength:"60"`
	Email string `json:"email,omitempty" maxLength:"254"`
}

// OpenBody is a case as it comes in; without a customer's id the caller is matched, or gets a file.
type OpenBody struct {
	Customer   string             `json:"customer,omitempty" maxLength:"200"`
	Company    string             `json:"company,omitempty" maxLength:"200" doc:"Of a caller whose customer is not known"`
	TaxID      string             `json:"tax_id,omitempty" maxLength:"40"`
	Caller     Caller             `json:"caller,omitzero"`
	Title      string             `json:"title,omitempty" doc:"Empty: the text's first words"`
	Text       string             `json:"text"`
	Feature    string             `json:"feature,omitempty" doc:"Feature of a product that it asks for or finds faulty (R-095)"`
	Channel    string             `json:"channel,omitempty" maxLength:"40"`
	Priority   string             `json:"priority,omitempty" enum:"low,normal,high,urgent"`
	Owner      string             `json:"owner,omitempty" maxLength:"200" doc:"Empty: by the kind's role"`
	Contact    string             `json:"contact,omitempty" maxLength:"200"`
	Ref        *catalogue.Subject `json:"ref,omitempty" doc:"Deal, order or contract that it is about"`
	ReportedAt instant.Time       `json:"reported_at,omitempty" doc:"When the customer said it; empty: now"`
	Answer     string             `json:"answer,omitempty" doc:"What the caller was told at once: the first response"`
}

func (b OpenBody) draft(kind string) Draft {
	return Draft{Company: b.Company, TaxID: b.TaxID, Answer: b.Answer, Intake: ticket.Intake{Customer: b.Customer, Kind: kind, Title: b.Title, Text: b.Text, Feature: b.Feature, Channel: b.Channel,
		Priority: b.Priority, Owner: b.Owner, Contact: b.Contact, Caller: catalogue.Caller(b.Caller), Ref: b.Ref, ReportedAt: b.ReportedAt}}
}

type openInput struct {
	Body struct {
		OpenBody
		Kind string `json:"kind" maxLength:"40" doc:"Of the policy's kinds of cases"`
	}
}

func (c *Cases) httpOpen(ctx context.Context, in *openInput) (*httpx.Item[View], error) {
	return c.created(c.Open(ctx, in.Body.draft(in.Body.Kind)))
}

func (c *Cases) httpComplain(ctx context.Context, in *struct{ Body OpenBody }) (*httpx.Item[View], error) {
	return c.created(c.Complain(ctx, in.Body.draft("")))
}

type linkMade struct {
	Address   string       `json:"address"`
	ExpiresAt instant.Time `json:"expires_at"`
}

func (c *Cases) httpComplaintLink(ctx context.Context, in *struct {
	Body struct {
		Customer string `json:"customer,omitempty" maxLength:"200" doc:"Empty: for anybody, to be published"`
	}
}) (*struct{ Body linkMade }, error) {
	address, until, err := c.ComplaintLink(ctx, in.Body.Customer)
	return &struct{ Body linkMade }{linkMade{address, until}}, err
}

func (c *Cases) httpList(ctx context.Context, in *struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
	Owner    string `query:"owner" maxLength:"200"`
	Kind     string `query:"kind" maxLength:"40"`
	Ended    bool   `query:"ended" doc:"With owner or kind: those that ended"`
}) (*httpx.List[View], error) {
	docs, next, err := c.List(ctx, Filter{in.Customer, in.Owner, in.Kind, in.Ended}, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(docs))
	for _, d := range docs {
		out = append(out, c.view(d))
	}
	return httpx.NewList(out, next), nil
}

func (c *Cases) httpFigures(ctx context.Context, in *period.Query) (*struct{ Body []Figure }, error) {
	from, to, err := in.Instants()
	if err != nil {
		return nil, err
	}
	f, err := c.Figures(ctx, from, to)
	return &struct{ Body []Figure }{f}, err
}

// Path names a case.
type Path struct {
	ID string `path:"id" minLength:"1" maxLength:"400"`
}

func (c *Cases) httpGet(ctx context.Context, in *Path) (*httpx.Item[View], error) {
	return c.answer(c.Get(ctx, in.ID))
}

func (c *Cases) httpOpenFor(ctx context.Context, in *struct {
	Path
	Body effects.OpenCase
}) (*httpx.Item[View], error) {
	return c.answer(c.OpenFor(ctx, in.ID, in.Body))
}
