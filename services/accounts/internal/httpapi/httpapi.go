// Package httpapi puts the use cases of accounts under /v1/customers.
package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/standing"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
)

const tag = "Customers"

// API answers HTTP for accounts.
type API struct {
	Accounts *app.Accounts
	Guard    access.Guard
	// Stands tells how a customer stands, false where nothing is known; nil: nobody can tell.
	Stands func(ctx context.Context, customer string) (standing.Brief, bool, error)
}

// Register adds the operations.
func (a *API) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(s, op("PUT", "/v1/customers/matches/{id}", "match-customer", "Match or create a customer", "For journeys; idempotent under the asking id (R-032)."), a.match)
	batch := op("POST", "/v1/customers/matches", "match-customers", "Match or create many customers", "For imports; each item is idempotent under its id (R-032). A preview says whom each would be matched with and writes nothing.")
	batch.Status = http.StatusOK
	httpx.Handle(s, batch, a.matchMany)
	httpx.Handle(s, op("GET", "/v1/customers/match", "look-up-customer", "Does this customer exist?", "Asked while somebody types; what the caller may not see is masked (R-032)."), a.lookUp)
	httpx.Handle(s, op("POST", "/v1/customers", "create-customer", "Open a customer's file", "Answers 201, or 200 with Liuke-Existing: true and the file that exists (R-032)."), a.create)
	httpx.Handle(s, op("GET", "/v1/customers", "list-customers", "List customers", "By the beginning of the name, by a match key, by tier, type, tag or owner, or newest first."), a.list)
	httpx.Handle(s, op("GET", "/v1/customers/{id}", "get-customer", "Read a customer", "Follows files that were folded into others."), a.get)
	httpx.Handle(s, op("PATCH", "/v1/customers/{id}", "change-customer", "Edit a customer's file", "Basics, tier and type, tags, preferences, channels, time zone, care dates; options are those of the policy."), a.change)
	a.registerContacts(s)
}

type createInput struct {
	Body Create
}

// Create is what a person says about a new customer.
type Create struct {
	Kind    string `json:"kind,omitempty" enum:"company,person" default:"company"`
	Name    string `json:"name" minLength:"1" maxLength:"300"`
	Contact string `json:"contact,omitempty" maxLength:"200"`
	Phone   string `json:"phone,omitempty" maxLength:"60"`
	Email   string `json:"email,omitempty" maxLength:"254"`
	TaxID   string `json:"tax_id,omitempty" maxLength:"40"`
	Sector  string `json:"sector,omitempty" maxLength:"200"`
}

type createOutput struct {
	Status   int
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Existing string `header:"Liuke-Existing"`
	Body     Customer
}

func (a *API) create(ctx context.Context, in *createInput) (*createOutput, error) {
	b := in.Body
	ask := app.Ask{Sector: b.Sector, MatchCustomer: effects.MatchCustomer{Kind: b.Kind, Name: b.Name, Contact: b.Contact, Phone: b.Phone, Email: b.Email, TaxID: b.TaxID}}
	m, seen, err := a.Accounts.Create(ctx, auth.From(ctx), httpx.NewID(ctx), ask)
	if err != nil {
		return nil, err
	}
	out := &createOutput{Status: http.StatusCreated, ETag: httpx.ETag(seen.At), Location: httpx.Path("v1", "customers", m.Customer), Body: a.customerOf(ctx, seen)}
	if !m.Created {
		out.Status, out.Existing = http.StatusOK, "true"
	}
	return out, nil
}

type lookUpInput struct {
	Kind  string `query:"kind" enum:"company,person" default:"company"`
	Name  string `query:"name" maxLength:"300"`
	Phone string `query:"phone" maxLength:"60"`
	Email string `query:"email" maxLength:"254"`
	TaxID string `query:"tax_id" maxLength:"40"`
}

// LookedUp answers whether a customer is known.
type LookedUp struct {
	Exists    bool       `json:"exists"`
	Customers []Match    `json:"customers" doc:"Whom a deciding key leads to; creating would go to the first"`
	Similar   []Customer `json:"similar" doc:"Names that are alike and decide nothing"`
}

// Match is a customer with the keys that agree.
type Match struct {
	Customer
	By []string `json:"by" enum:"tax,phone,mail,domain,name"`
}

func (a *API) lookUp(ctx context.Context, in *lookUpInput) (*output[LookedUp], error) {
	found, alike, err := a.Accounts.LookUp(ctx, auth.From(ctx), matching.Known{Kind: in.Kind, Name: in.Name, Phone: in.Phone, Email: in.Email, TaxID: in.TaxID})
	if err != nil {
		return nil, err
	}
	out := LookedUp{Exists: len(found) > 0, Customers: []Match{}, Similar: []Customer{}}
	for _, f := range found {
		out.Customers = append(out.Customers, Match{a.customerOf(ctx, f.Seen), f.By})
	}
	for _, s := range alike {
		out.Similar = append(out.Similar, a.customerOf(ctx, s))
	}
	return &output[LookedUp]{out}, nil
}

type listInput struct {
	httpx.PageParams
	Filter
	Name  string `query:"name" maxLength:"300" doc:"Beginning of the name, in any spelling"`
	Phone string `query:"phone" maxLength:"60" doc:"A match key instead: at most one customer each"`
	Email string `query:"email" maxLength:"254"`
	TaxID string `query:"tax_id" maxLength:"40"`
}

func (a *API) list(ctx context.Context, in *listInput) (*httpx.List[Customer], error) {
	p := auth.From(ctx)
	by, err := in.chosen(in.Name != "" || in.Phone != "" || in.Email != "" || in.TaxID != "")
	if err != nil {
		return nil, err
	}
	if by != nil {
		seen, next, err := by(ctx, a.Accounts, p, in.Limit, in.After)
		if err != nil {
			return nil, err
		}
		return httpx.NewList(a.customersOf(ctx, seen), next), nil
	}
	if in.Phone != "" || in.Email != "" || in.TaxID != "" {
		return a.listByKey(ctx, p, in)
	}
	var seen []app.Seen
	var next string
	if in.Name != "" {
		seen, next, err = a.Accounts.Search(ctx, p, in.Name, in.Limit, in.After)
	} else {
		seen, next, err = a.Accounts.Newest(ctx, p, in.Limit, in.After)
	}
	if err != nil {
		return nil, err
	}
	return httpx.NewList(a.customersOf(ctx, seen), next), nil
}

func (a *API) listByKey(ctx context.Context, p auth.Principal, in *listInput) (*httpx.List[Customer], error) {
	if in.Name != "" || in.After != "" {
		return nil, problem.InvalidFields(problem.FieldError("query.name", "exclusive", "不能与电话、邮箱、税号同时查询", "cannot be combined with phone, email or tax_id"))
	}
	found, _, err := a.Accounts.LookUp(ctx, p, matching.Known{Kind: matching.Person, Phone: in.Phone, Email: in.Email, TaxID: in.TaxID})
	if err != nil {
		return nil, err
	}
	seen := make([]app.Seen, 0, len(found))
	for _, f := range found {
		seen = append(seen, f.Seen)
	}
	return httpx.NewList(a.customersOf(ctx, seen), ""), nil
}

type getInput struct {
	ID string `path:"id" maxLength:"200"`
}

func (a *API) get(ctx context.Context, in *getInput) (*httpx.Item[Customer], error) {
	s, err := a.Accounts.Get(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(a.customerOf(ctx, s), s.At), nil
}

type changeInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body Change
}

func (a *API) change(ctx context.Context, in *changeInput) (*httpx.Item[Customer], error) {
	s, err := a.Accounts.Change(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Check, in.Body.edit())
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(a.customerOf(ctx, s), s.At), nil
}
