package contracts

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

type listInput struct {
	httpx.PageParams
	Customer string       `query:"customer" maxLength:"200"`
	Status   string       `query:"status" enum:"draft,approving,approved,sent,signed,active,renewed,expired,terminated" doc:"In order of expiry"`
	Before   instant.Time `query:"until_before" doc:"With status: those that end before this"`
	Overdue  bool         `query:"overdue" doc:"Those with an installment that was due and is not paid, the oldest first (R-136)"`
}

// current brings what time alone changes up to date for whoever looks.
func (c *Contracts) current(d *store.Doc[Body]) catalogue.Contract {
	o := d.Body.Contract
	o.Customer = d.Body.Customer
	o.Schedule = append([]catalogue.Installment{}, o.Schedule...)
	now := c.Clock()
	for i := range o.Schedule {
		s := &o.Schedule[i]
		s.Overdue = o.Signature != nil && s.Paid < s.Minor && !now.Before(s.Due)
	}
	return o
}

func (c *Contracts) query(ctx context.Context, p auth.Principal, in *listInput) (store.Query, error) {
	q := store.Query{Index: newest, Desc: true, Limit: in.Limit, After: in.After}
	asked := 0
	for _, set := range []bool{in.Customer != "", in.Status != "", in.Overdue} {
		if set {
			asked++
		}
	}
	if asked > 1 || !in.Before.IsZero() && in.Status == "" {
		return q, problem.InvalidFields(problem.FieldError("query.customer", "exclusive", "customer、status、overdue 只能选其一，until_before 须与 status 同用", "only one of customer, status and overdue; until_before goes with status"))
	}
	switch {
	case in.Customer != "":
		f, _, err := c.Files.Permitted(ctx, p, access.ContractRead, in.Customer)
		if err != nil {
			return q, err
		}
		q.Index, q.Equal = holdings.Index, []any{f.ID}
	case in.Status != "":
		q.Index, q.Equal, q.Desc = byStatus, []any{in.Status}, false
		if !in.Before.IsZero() {
			q.Range = store.Range{To: in.Before.String()}
		}
	case in.Overdue:
		q.Index, q.Equal, q.Desc = overdue, []any{true}, false
	}
	return q, nil
}

// list leaves out what the caller may not see; a page may hold fewer than asked for.
func (c *Contracts) list(ctx context.Context, in *listInput) (*httpx.List[ContractView], error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.ContractRead); err != nil {
		return nil, err
	}
	q, err := c.query(ctx, p, in)
	if err != nil {
		return nil, err
	}
	page, err := c.docs.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	all := c.Guard.Everywhere(p, access.ContractRead) || in.Customer != ""
	out := make([]ContractView, 0, len(page.Docs))
	for _, d := range page.Docs {
		if !all {
			if _, _, err := c.Files.Permitted(ctx, p, access.ContractRead, d.Body.Customer); err != nil && c.Guard.May(p, access.ContractRead, access.Holder{Owner: d.Body.Contract.Owner}) != nil {
				continue
			}
		}
		out = append(out, c.show(ctx, Seen{c.current(d), d.Version}, false))
	}
	return httpx.NewList(out, page.Next), nil
}

var textType = reflect.TypeFor[string]()

func describe(s *httpx.Server, id, path, param, summary string) {
	httpx.Describe(s, &huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary,
		Parameters: []*huma.Param{{Name: param, In: "path", Required: true, Schema: huma.SchemaFromType(s.API.OpenAPI().Components.Schemas, textType)}},
		Responses:  map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/pdf": {}}}}})
}

// registerDocument adds the PDF for those who are signed in.
func (c *Contracts) registerDocument(s *httpx.Server) {
	describe(s, "get-contract-document", "/v1/contracts/{id}/document", "id", "The contract as PDF, as it was submitted (R-131)")
	s.Routes.GET("/v1/contracts/:id/document", func(g *gin.Context) {
		ctx := g.Request.Context()
		p, err := httpx.Require(ctx)
		var pdf []byte
		var o catalogue.Contract
		if err == nil {
			pdf, o, err = c.Document(ctx, p, g.Param("id"))
		}
		answerPDF(g, pdf, o, err)
	})
}

func answerPDF(g *gin.Context, pdf []byte, o catalogue.Contract, err error) {
	if err != nil {
		httpx.Abort(g, err)
		return
	}
	g.Header("Content-Disposition", `inline; filename="`+o.Number+`.pdf"`)
	g.Header("ETag", `"`+o.Hash+`"`)
	g.Header("X-Content-Type-Options", "nosniff")
	g.Header("Cache-Control", "private, no-store")
	g.Data(http.StatusOK, "application/pdf", pdf)
}
