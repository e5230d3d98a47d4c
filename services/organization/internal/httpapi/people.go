package httpapi

import (
	"context"
	"errors"

	"liuke.dev/services/organization/internal/app"
	"liuke.dev/services/organization/internal/signin"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// PersonPath names a person in an address. It is exported because huma fills embedded structs only then.
type PersonPath struct {
	ID string `path:"id" maxLength:"100" doc:"Person, or me" example:"me"`
}

type listPeople struct {
	httpx.PageParams
	Active     string `query:"active" enum:"true,false" doc:"Only those who are active, or who left"`
	Team       string `query:"team" maxLength:"100" doc:"Only those of a team"`
	Supervisor string `query:"supervisor" maxLength:"100" doc:"Only those directly below somebody"`
}

type newPerson struct {
	Name       string   `json:"name" maxLength:"100" example:"王小明"`
	Email      string   `json:"email,omitempty" maxLength:"254" example:"wang@example.com" doc:"Needed to sign in"`
	Phone      string   `json:"phone,omitempty" maxLength:"30" example:"+8613800138000"`
	Roles      []string `json:"roles" maxItems:"20" example:"[\"salesperson\"]" doc:"Roles of R-159"`
	Team       string   `json:"team,omitempty" maxLength:"100"`
	Supervisor string   `json:"supervisor,omitempty" maxLength:"100"`
	Language   string   `json:"language,omitempty" maxLength:"10" example:"zh-CN" doc:"zh-CN or en"`
	Zone       string   `json:"zone,omitempty" maxLength:"60" example:"Asia/Shanghai" doc:"IANA time zone"`
	Calendar   string   `json:"calendar,omitempty" maxLength:"40" doc:"Working calendar of the policy book; empty: the default one"`
	Password   string   `json:"password,omitempty" maxLength:"800" doc:"First password, at the embedded issuer"`
}

type editPerson struct {
	Name       *string  `json:"name,omitempty" maxLength:"100"`
	Email      *string  `json:"email,omitempty" maxLength:"254"`
	Phone      *string  `json:"phone,omitempty" maxLength:"30"`
	Roles      []string `json:"roles,omitempty" maxItems:"20"`
	Team       *string  `json:"team,omitempty" maxLength:"100"`
	Supervisor *string  `json:"supervisor,omitempty" maxLength:"100"`
	Language   *string  `json:"language,omitempty" maxLength:"10" example:"en"`
	Zone       *string  `json:"zone,omitempty" maxLength:"60"`
	Calendar   *string  `json:"calendar,omitempty" maxLength:"40"`
}

func (a *API) people(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/people", ID: "list-people", Tag: "people", Summary: "People, by name"}, a.listPeople)
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/v1/people", ID: "add-person", Tag: "people", Summary: "Add a person"}, a.addPerson)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/people/{id}", ID: "get-person", Tag: "people", Summary: "A person"}, a.getPerson)
	httpx.Handle(s, httpx.Op{Method: "PATCH", Path: "/v1/people/{id}", ID: "change-person", Tag: "people", Summary: "Change a person",
		Description: "Everybody may change their own language and zone."}, a.changePerson)
	httpx.Handle(s, httpx.Op{Method: "PUT", Path: "/v1/people/{id}/password", ID: "set-password", Tag: "people", Summary: "Set a password",
		Description: "One's own with the present one; an administrator anybody's. Signs the person out everywhere.", Status: 204}, a.setPassword)
}

func (a *API) listPeople(ctx context.Context, in *listPeople) (*httpx.List[catalogue.Person], error) {
	r, err := a.App.Read(ctx)
	if err != nil {
		return nil, err
	}
	q := store.Query{Index: "by_name", Limit: in.Limit, After: in.After}
	chosen := 0
	for _, f := range []struct {
		index string
		value any
		on    bool
	}{{"by_active", in.Active == "true", in.Active != ""}, {"by_team", in.Team, in.Team != ""}, {"by_supervisor", me(ctx, in.Supervisor), in.Supervisor != ""}} {
		if f.on {
			q.Index, q.Equal, chosen = f.index, []any{f.value}, chosen+1
		}
	}
	if chosen > 1 {
		return nil, problem.InvalidFields(problem.FieldError("query", "one_filter", "只能使用一个筛选条件", "takes one of active, team and supervisor"))
	}
	page, err := a.App.Docs.People.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	items := make([]catalogue.Person, len(page.Docs))
	for i, d := range page.Docs {
		items[i] = r.Seen(d.Body)
	}
	return httpx.NewList(items, page.Next), nil
}

func (a *API) addPerson(ctx context.Context, in *struct{ Body newPerson }) (*httpx.Item[catalogue.Person], error) {
	b := in.Body
	if b.Password != "" {
		if a.SignIn == nil {
			return nil, problem.InvalidFields(outside("password"))
		}
		if err := problem.InvalidFields(signin.CheckPassword(b.Password, b.Name, b.Email)...); err != nil {
			return nil, err
		}
	}
	d, err := a.App.AddPerson(ctx, catalogue.Person{ID: httpx.NewID(ctx), Name: b.Name, Email: b.Email, Phone: b.Phone, Roles: b.Roles, Team: b.Team,
		Supervisor: b.Supervisor, Language: b.Language, Zone: b.Zone, Calendar: b.Calendar})
	if err != nil {
		return nil, err
	}
	if b.Password != "" {
		if err := a.SignIn.SetPassword(ctx, d.ID, b.Password); err != nil {
			return nil, err
		}
	}
	return httpx.NewCreated(d.Body, d.Version, httpx.Path("v1", "people", d.ID)), nil
}

func outside(field string) problem.Field {
	return problem.FieldError(field, "outside_issuer", "登录由外部身份提供方负责", "people sign in at an outside issuer")
}

func (a *API) getPerson(ctx context.Context, in *PersonPath) (*httpx.Item[catalogue.Person], error) {
	r, err := a.App.Read(ctx)
	if err != nil {
		return nil, err
	}
	d, err := r.Person(me(ctx, in.ID))
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(d.Body, d.Version), nil
}

func (a *API) changePerson(ctx context.Context, in *struct {
	PersonPath
	httpx.IfMatch
	Body editPerson
}) (*httpx.Item[catalogue.Person], error) {
	b := in.Body
	d, err := a.App.ChangePerson(ctx, me(ctx, in.ID), app.Edit{Name: b.Name, Email: b.Email, Phone: b.Phone, Roles: b.Roles, Team: b.Team,
		Supervisor: b.Supervisor, Language: b.Language, Zone: b.Zone, Calendar: b.Calendar}, in.Check)
	return a.answer(ctx, d, err)
}

// answer shows a person after a change.
func (a *API) answer(ctx context.Context, d *store.Doc[catalogue.Person], err error) (*httpx.Item[catalogue.Person], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(a.App.Seen(ctx, d.Body), d.Version), nil
}

func (a *API) setPassword(ctx context.Context, in *struct {
	PersonPath
	Body struct {
		Current  string `json:"current,omitempty" maxLength:"800" doc:"The present password, to change one's own"`
		Password string `json:"password" maxLength:"800"`
	}
}) (*httpx.None, error) {
	id := me(ctx, in.ID)
	own, err := a.App.MayPassword(ctx, id)
	if err != nil {
		return nil, err
	}
	if a.SignIn == nil {
		return nil, problem.InvalidFields(outside("password"))
	}
	p, ok, err := a.App.Person(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, problem.Missing("人", "person", id)
	case !p.Active:
		return nil, problem.Refuse("active", "此人已离职", "this person has left")
	}
	if err := problem.InvalidFields(signin.CheckPassword(in.Body.Password, p.Name, p.Email)...); err != nil {
		return nil, err
	}
	if own {
		if err := a.SignIn.Confirm(ctx, id, in.Body.Current); errors.Is(err, signin.ErrWrong) {
			return nil, problem.Forbid("current_password", "当前密码不正确，或因多次失败被暂时锁定", "the present password is wrong, or locked for a while after several failures")
		} else if err != nil {
			return nil, err
		}
	}
	return httpx.NoContent(), a.SignIn.SetPassword(ctx, id, in.Body.Password)
}
