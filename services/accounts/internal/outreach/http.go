package outreach

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

const tag = "Outreach"

// Register adds the operations.
func (o *Outreach) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op("PUT", "/v1/outreach/{id}", "reach-customer", "Contact a customer",
		"For journeys; idempotent under the id. Answers whether it left, or until when the contact budget defers it; 409 with the rule where it is refused (D-9)."), o.put)
	httpx.Handle(s, op("POST", "/v1/outreach", "plan-outreach", "Plan a contact with a customer", "As journeys do, for people: through the same contact budget (D-9)."), o.post)
	withdraw := op("PUT", "/v1/outreach/withdrawals/{id}", "withdraw-outreach", "Take back what a subject planned", "For journeys: what was not sent is not sent any more (D-9).")
	httpx.Handle(s, withdraw, o.withdrawAll)
	httpx.Handle(s, op("GET", "/v1/outreach", "list-outreach", "List contacts", "With a customer, newest first; or all in a state, for whoever may see everybody's."), o.list)
	httpx.Handle(s, op("GET", "/v1/outreach/{id}", "get-outreach", "Read a contact", ""), o.get)
	back := op("POST", "/v1/outreach/{id}/withdrawal", "withdraw-one-outreach", "Take back a contact that was not sent", "")
	back.Status = http.StatusOK
	httpx.Handle(s, back, o.takeBackOne)
	httpx.Handle(s, op("GET", "/v1/customers/{id}/contact-budget", "get-contact-budget", "May the customer be contacted now?", "By whom they were, are and will be contacted, and from when on they may be (D-9)."), o.getBudget)
	httpx.Handle(s, op("POST", "/v1/customers/{id}/contact-budget/reservations", "reserve-contact", "Ask before a call", "Keeps the place until the call is recorded, or the reservation ends; 409 with the rule and from when on it is free (D-9)."), o.reserve)
	httpx.Handle(s, op("DELETE", "/v1/customers/{id}/contact-budget/reservations/{reservation}", "return-reservation", "Give a reservation back", ""), o.giveUp)
}

type reachInput struct {
	ID   string `path:"id" minLength:"1" maxLength:"400"`
	Body effects.ReachCustomer
}

type output[T any] struct{ Body T }

func reached(c catalogue.Outreach) effects.Reached {
	return effects.Reached{ID: c.ID, Status: c.Status, SendAt: c.SendAt, Rule: c.Rule, Reason: c.Reason}
}

func (o *Outreach) put(ctx context.Context, in *reachInput) (*output[effects.Reached], error) {
	p := auth.From(ctx)
	if err := o.Guard.MayAtAll(p, access.OutreachReach); err != nil {
		return nil, err
	}
	c, err := o.Reach(ctx, in.ID, p.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &output[effects.Reached]{reached(c)}, nil
}

func (o *Outreach) post(ctx context.Context, in *struct{ Body effects.ReachCustomer }) (*httpx.Item[catalogue.Outreach], error) {
	p := auth.From(ctx)
	if _, _, err := o.Files.Permitted(ctx, p, access.OutreachPlan, in.Body.Customer); err != nil {
		return nil, err
	}
	c, err := o.Reach(ctx, httpx.NewID(ctx), p.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &httpx.Item[catalogue.Outreach]{Status: http.StatusCreated, Location: httpx.Path("v1", "outreach", c.ID), Body: c}, nil
}

// Withdrawn tells what was taken back.
type Withdrawn struct {
	Withdrawn int `json:"withdrawn" doc:"How many contacts this call took back"`
}

func (o *Outreach) withdrawAll(ctx context.Context, in *struct {
	ID   string `path:"id" minLength:"1" maxLength:"400"`
	Body effects.WithdrawOutreach
}) (*output[Withdrawn], error) {
	if err := o.Guard.MayAtAll(auth.From(ctx), access.OutreachCancel); err != nil {
		return nil, err
	}
	if in.Body.For.Kind == "" || in.Body.For.ID == "" {
		return nil, problem.InvalidFields(problem.Required("for"))
	}
	n, err := o.Withdraw(ctx, in.Body.For, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &output[Withdrawn]{Withdrawn{n}}, nil
}

type listInput struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
	Status   string `query:"status" enum:"planned,deferred,refused,sent,delivered,failed,withdrawn" doc:"Of all customers' contacts; not together with a customer"`
}

func (o *Outreach) list(ctx context.Context, in *listInput) (*httpx.List[catalogue.Outreach], error) {
	p := auth.From(ctx)
	if (in.Customer == "") == (in.Status == "") {
		return nil, problem.InvalidFields(problem.FieldError("query.customer", "one_of", "请给出客户或状态之一", "give a customer or a status, not both"))
	}
	var list []catalogue.Outreach
	var next string
	var err error
	if in.Customer != "" {
		list, next, err = o.List(ctx, p, in.Customer, in.Limit, in.After)
	} else {
		list, next, err = o.ListStatus(ctx, p, in.Status, in.Limit, in.After)
	}
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type idInput struct {
	ID string `path:"id" maxLength:"400"`
}

func (o *Outreach) get(ctx context.Context, in *idInput) (*output[catalogue.Outreach], error) {
	c, err := o.Get(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &output[catalogue.Outreach]{c}, nil
}

func (o *Outreach) takeBackOne(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"400"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	}
}) (*output[catalogue.Outreach], error) {
	c, err := o.TakeBack(ctx, auth.From(ctx), in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &output[catalogue.Outreach]{c}, nil
}

func (o *Outreach) getBudget(ctx context.Context, in *idInput) (*output[Standing], error) {
	s, err := o.Budget(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &output[Standing]{s}, nil
}

type reserveInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Channel    string       `json:"channel" minLength:"1" maxLength:"40" doc:"phone, visit, wechat, …"`
		Department string       `json:"department" minLength:"1" maxLength:"40"`
		Purpose    string       `json:"purpose,omitempty" maxLength:"40"`
		At         instant.Time `json:"at,omitempty" doc:"When; empty: now"`
	}
}

func (o *Outreach) reserve(ctx context.Context, in *reserveInput) (*httpx.Item[Place], error) {
	b := in.Body
	place, err := o.Reserve(ctx, auth.From(ctx), in.ID, httpx.NewID(ctx), Hold{Channel: b.Channel, Department: b.Department, Purpose: b.Purpose, At: b.At})
	if err != nil {
		return nil, err
	}
	return &httpx.Item[Place]{Status: http.StatusCreated, Location: httpx.Path("v1", "customers", in.ID, "contact-budget", "reservations", place.ID), Body: place}, nil
}

func (o *Outreach) giveUp(ctx context.Context, in *struct {
	ID          string `path:"id" maxLength:"200"`
	Reservation string `path:"reservation" maxLength:"200"`
}) (*httpx.None, error) {
	if err := o.Return(ctx, auth.From(ctx), in.ID, in.Reservation); err != nil {
		return nil, err
	}
	return httpx.NoContent(), nil
}
