package needchange

import (
	"context"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
)

const (
	tag   = "Changes of need"
	place = "/v1/need-changes"
)

func (c *Changes) register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		o := httpx.Op{Method: method, Path: place + path, ID: id, Summary: summary, Description: description, Tag: tag}
		if method == http.MethodPost && path != "" {
			o.Status = http.StatusOK
		}
		return o
	}
	httpx.Handle(s, op("POST", "", "request-need-change", "Ask that a customer's needs change",
		"Approved by whom the policy names, then confirmed by every department concerned; each step has a clock (R-050)."), c.postRequest)
	httpx.Handle(s, op("GET", "", "list-need-changes", "Changes of need, newest first", "At most one filter; approver lists what waits for a person."), c.list)
	httpx.Handle(s, op("GET", "/{id}", "get-need-change", "A change of need", ""), c.get)
	httpx.Handle(s, op("POST", "/{id}/approval", "approve-need-change", "Approve: the customer's need tags change, and the departments are told", ""), c.postStep(c.Approve))
	httpx.Handle(s, op("POST", "/{id}/rejection", "reject-need-change", "Reject, with a reason", ""), c.postStep(c.Reject))
	httpx.Handle(s, op("POST", "/{id}/cancellation", "cancel-need-change", "Take the request back (also an effect of its journey)", ""), c.postStep(c.Cancel))
	httpx.Handle(s, op("POST", "/{id}/confirmations/{department}", "confirm-need-change", "Confirm that a department knows", "With what it does about it."), c.postConfirmation)
}

// ChangeOfNeed is a change of need as HTTP shows it.
type ChangeOfNeed struct {
	catalogue.NeedChange
	Version    int64  `json:"version"`
	JourneyURL string `json:"journey_url,omitempty" doc:"Its journey in the Temporal UI"`
}

func (c *Changes) shown(d *Doc) ChangeOfNeed {
	return ChangeOfNeed{d.Body.Shown(), d.Version, c.JourneyLink(catalogue.KindNeedChange, d.ID)}
}

func (c *Changes) answer(d *Doc, err error) (*httpx.Item[ChangeOfNeed], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(c.shown(d), d.Version), nil
}

// NeedRequestFields are what somebody asks for.
type NeedRequestFields struct {
	Customer    string       `json:"customer" minLength:"1" maxLength:"200"`
	Reason      string       `json:"reason" minLength:"1" maxLength:"4000" doc:"What changed, in words"`
	Add         []string     `json:"add,omitempty" maxItems:"50" doc:"Need tags that now hold"`
	Remove      []string     `json:"remove,omitempty" maxItems:"50" doc:"Need tags that no longer hold"`
	Departments []Department `json:"departments,omitempty" maxItems:"13" doc:"Who must know; absent: the departments of the policy"`
}

func (c *Changes) postRequest(ctx context.Context, in *struct{ Body NeedRequestFields }) (*httpx.Item[ChangeOfNeed], error) {
	d, err := c.Ask(ctx, auth.From(ctx), Request(in.Body))
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(c.shown(d), d.Version, place+httpx.Path(d.ID)), nil
}

func (c *Changes) list(ctx context.Context, in *struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
	Status   string `query:"status" enum:"requested,approved,confirmed,rejected,cancelled"`
	Approver string `query:"approver" maxLength:"80" doc:"What waits for this person's approval"`
}) (*httpx.List[ChangeOfNeed], error) {
	given := 0
	for _, v := range []string{in.Customer, in.Status, in.Approver} {
		if v != "" {
			given++
		}
	}
	if given > 1 {
		return nil, problem.InvalidFields(problem.FieldError("query", "combination", "一次只能用一个条件", "only one filter at a time"))
	}
	docs, next, err := c.List(ctx, auth.From(ctx), Filter{in.Customer, in.Status, in.Approver}, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]ChangeOfNeed, 0, len(docs))
	for _, d := range docs {
		out = append(out, c.shown(d))
	}
	return httpx.NewList(out, next), nil
}

// NeedChangePath names a change of need.
type NeedChangePath struct {
	ID string `path:"id" maxLength:"80"`
}

func (c *Changes) get(ctx context.Context, in *NeedChangePath) (*httpx.Item[ChangeOfNeed], error) {
	return c.answer(c.Get(ctx, auth.From(ctx), in.ID))
}

// NeedStepFields say why.
type NeedStepFields struct {
	Reason string `json:"reason,omitempty" maxLength:"4000" doc:"Mandatory for rejection and cancellation"`
}

type needStepInput struct {
	NeedChangePath
	httpx.IfMatch
	Body *NeedStepFields
}

func (c *Changes) postStep(do func(ctx context.Context, p auth.Principal, id, reason string, m httpx.IfMatch) (*Doc, error)) func(context.Context, *needStepInput) (*httpx.Item[ChangeOfNeed], error) {
	return func(ctx context.Context, in *needStepInput) (*httpx.Item[ChangeOfNeed], error) {
		reason := ""
		if in.Body != nil {
			reason = in.Body.Reason
		}
		return c.answer(do(ctx, auth.From(ctx), in.ID, reason, in.IfMatch))
	}
}

// NeedConfirmationFields say what a department does about it.
type NeedConfirmationFields struct {
	Note string `json:"note,omitempty" maxLength:"4000"`
}

func (c *Changes) postConfirmation(ctx context.Context, in *struct {
	NeedChangePath
	Department string `path:"department" maxLength:"40"`
	httpx.IfMatch
	Body *NeedConfirmationFields
}) (*httpx.Item[ChangeOfNeed], error) {
	note := ""
	if in.Body != nil {
		note = in.Body.Note
	}
	return c.answer(c.Confirm(ctx, auth.From(ctx), in.ID, in.Department, note, in.IfMatch))
}
