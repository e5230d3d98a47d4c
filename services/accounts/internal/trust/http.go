package trust

import (
	"context"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

const tag = "Data trust"

// Register adds the operations.
func (f *Findings) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op("GET", "/v1/customers/findings", "list-findings", "What the system says and customers do not", "Findings over all customers that the caller may read, newest first; a page may be short (R-042)."), f.all)
	httpx.Handle(s, op("GET", "/v1/customers/{id}/findings", "list-customer-findings", "A customer's findings", "Newest first (R-042)."), f.of)
	aside := op("POST", "/v1/customers/{id}/findings/set-aside", "set-finding-aside", "A finding is right as it is", "Takes a reason; it may come up again after policy data_trust.set_aside_for (R-042).")
	aside.Status = http.StatusOK
	httpx.Handle(s, aside, f.setAside)
}

// Run has nothing to do: findings follow the customer's board.
func (f *Findings) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

type allInput struct {
	httpx.PageParams
	Status string `query:"status" enum:"open,settled,set_aside" default:"open"`
	Rule   string `query:"rule" maxLength:"100"`
}

func (f *Findings) all(ctx context.Context, in *allInput) (*httpx.List[catalogue.Finding], error) {
	list, next, err := f.All(ctx, auth.From(ctx), in.Status, in.Rule, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type ofInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.PageParams
}

func (f *Findings) of(ctx context.Context, in *ofInput) (*httpx.List[catalogue.Finding], error) {
	list, next, err := f.Of(ctx, auth.From(ctx), in.ID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type asideInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Finding string `json:"finding" minLength:"1" maxLength:"400" doc:"The finding without its customer: <rule>, or <rule>:<kind>/<id>"`
		Reason  string `json:"reason,omitempty" maxLength:"1000"`
	}
}

type output struct{ Body catalogue.Finding }

func (f *Findings) setAside(ctx context.Context, in *asideInput) (*output, error) {
	found, err := f.SetAside(ctx, auth.From(ctx), in.ID, in.Body.Finding, in.Body.Reason, httpx.Command(ctx))
	if err != nil {
		return nil, err
	}
	return &output{found}, nil
}
