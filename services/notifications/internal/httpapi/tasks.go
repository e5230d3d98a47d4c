package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"liuke.dev/services/notifications/internal/app"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/standing/shown"
	"liuke.dev/shared/store"
)

// Task is a task as HTTP shows it.
type Task struct {
	catalogue.Task
	Owner      string       `json:"owner" doc:"Who answers for it; the assignee acts"`
	Version    int64        `json:"version"`
	ChangedAt  instant.Time `json:"changed_at"`
	WhyURL     string       `json:"why_url" doc:"Where the chain of causes is told"`
	JourneyURL string       `json:"journey_url,omitempty" doc:"The subject's journey in the Temporal UI"`
	Unseen     bool         `json:"unseen,omitempty" doc:"What it is about was not known when the task was made, and no fact has told of it yet"`

	CustomerStanding *shown.CustomerStanding `json:"customer_standing,omitempty" doc:"How its customer stands (R-102)"`
}

func (a *API) task(ctx context.Context, doc *store.Doc[task.Task]) (Task, error) {
	t := doc.Body
	out := Task{Task: t.Task, Owner: t.Owner, Version: doc.Version, ChangedAt: t.ChangedAt, WhyURL: "/v1/insights/why?task=" + url.QueryEscape(t.ID),
		CustomerStanding: a.standing(ctx, t.Customer, t.Subject)}
	switch t.Subject.Kind {
	case catalogue.KindLead, catalogue.KindDeal, catalogue.KindTransfer, catalogue.KindCase, catalogue.KindContract, catalogue.KindIntervention,
		catalogue.KindChurnReview, catalogue.KindNeedChange:
		out.JourneyURL = a.Journey(t.Subject.Kind, t.Subject.ID)
	}
	var err error
	out.Unseen, err = a.Desk.Unseen(ctx, t)
	return out, err
}

// standing gives how the customer stands of whom something is told, nil where there is none.
func (a *API) standing(ctx context.Context, customer string, of catalogue.Subject) *shown.CustomerStanding {
	if customer == "" && of.Kind == catalogue.KindCustomer {
		customer = of.ID
	}
	return a.Desk.Standings.Of(ctx, customer)
}

func (a *API) item(ctx context.Context, doc *store.Doc[task.Task], err error) (*httpx.Item[Task], error) {
	if err != nil {
		return nil, err
	}
	out, err := a.task(ctx, doc)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(out, doc.Version), nil
}

type openTaskInput struct {
	ID   string `path:"id" minLength:"1" maxLength:"400"`
	Body effects.CreateTask
}

func (a *API) openTask(ctx context.Context, in *openTaskInput) (*httpx.Item[Task], error) {
	if err := a.effect(ctx); err != nil {
		return nil, err
	}
	b := in.Body
	doc, created, err := a.Desk.Open(ctx, task.Task{Owner: b.Assignee, Follows: task.Follows(b.Kind), Task: catalogue.Task{ID: in.ID, Kind: b.Kind,
		Subject: b.Subject, Customer: b.Customer, Company: b.Company, Title: b.Title, Due: b.Due, Rule: b.Rule, Why: why(ctx, in.ID)}})
	out, err := a.item(ctx, doc, err)
	if err == nil && created {
		out.Status, out.Location = http.StatusCreated, httpx.Path("v1", "tasks", in.ID)
	}
	return out, err
}

// taskBody is the document of a task.
type taskBody = task.Task

type output[T any] struct{ Body T }

// Cancelled says how many tasks were cancelled.
type Cancelled struct {
	Cancelled int `json:"cancelled"`
}

func (a *API) cancelTasks(ctx context.Context, in *struct{ Body effects.CancelTasks }) (*output[Cancelled], error) {
	if err := a.effect(ctx); err != nil {
		return nil, err
	}
	b := in.Body
	n, err := a.Desk.CancelOnce(ctx, httpx.Command(ctx), b.Subject, b.Reason, func(t task.Task) bool {
		return t.Kind != task.Manual && (len(b.Kinds) == 0 || slices.Contains(b.Kinds, t.Kind)) && (len(b.Rules) == 0 || slices.Contains(b.Rules, t.Rule))
	})
	return &output[Cancelled]{Cancelled{n}}, err
}

// NewTask is a task that a person makes.
type NewTask struct {
	Assignee string            `json:"assignee,omitempty" maxLength:"60" doc:"Empty: oneself"`
	Title    string            `json:"title" minLength:"1" maxLength:"300"`
	Due      instant.Time      `json:"due"`
	Subject  catalogue.Subject `json:"subject,omitempty" required:"false"`
	Customer string            `json:"customer,omitempty" maxLength:"60"`
	Company  string            `json:"company,omitempty" maxLength:"300"`
}

func (a *API) createTask(ctx context.Context, in *struct{ Body NewTask }) (*httpx.Item[Task], error) {
	b, p := in.Body, auth.From(ctx)
	if strings.TrimSpace(b.Title) == "" {
		return nil, problem.InvalidFields(problem.Required("title"))
	}
	id := httpx.NewID(ctx)
	if b.Subject.ID == "" {
		b.Subject = catalogue.Subject{Kind: catalogue.KindPerson, ID: p.ID}
	}
	doc, err := a.Desk.Assign(ctx, p, id, task.Task{Owner: b.Assignee, Task: catalogue.Task{Subject: b.Subject, Customer: b.Customer, Company: b.Company,
		Title: lang.T(b.Title, b.Title), Due: b.Due, Why: "person:" + p.ID}})
	out, err := a.item(ctx, doc, err)
	if err == nil {
		out.Status, out.Location = http.StatusCreated, httpx.Path("v1", "tasks", id)
	}
	return out, err
}

type listTasksInput struct {
	httpx.PageParams
	Scope    string `query:"scope" enum:"mine,team,all" default:"mine"`
	Assignee string `query:"assignee" maxLength:"60" doc:"Tasks that this person is to do, instead of a scope; whose one may see, own, mates', team's or all, says the permission table"`
	Status   string `query:"status" enum:"open,done,cancelled" default:"open"`
	DueFrom  string `query:"due_from" format:"date-time"`
	DueTo    string `query:"due_to" format:"date-time" doc:"Due before this instant"`
	Subject  string `query:"subject" maxLength:"200" doc:"lead/ID, deal/ID, customer/ID, transfer/ID: tasks of a subject, whoever has them; not together with assignee"`
}

func (in *listTasksInput) wanted() (app.Wanted, error) {
	w := app.Wanted{Scope: in.Scope, Assignee: in.Assignee, Status: in.Status, Limit: in.Limit, After: in.After}
	var wrong []problem.Field
	for _, t := range []struct {
		name, text string
		into       *instant.Time
	}{{"query.due_from", in.DueFrom, &w.From}, {"query.due_to", in.DueTo, &w.To}} {
		if t.text == "" {
			continue
		}
		v, err := instant.Parse(t.text)
		if err != nil {
			wrong = append(wrong, problem.FieldError(t.name, "date_time", "应为带时区的 RFC 3339 时间", "must be an RFC 3339 time with a zone"))
		}
		*t.into = v
	}
	if in.Subject != "" && in.Assignee != "" {
		wrong = append(wrong, problem.FieldError("query.assignee", "exclusive", "不能与 subject 同时使用", "cannot be used together with subject"))
	}
	if in.Subject != "" {
		kind, id, ok := strings.Cut(in.Subject, "/")
		if !ok || kind == "" || id == "" {
			wrong = append(wrong, problem.FieldError("query.subject", "pattern", "格式应为 lead/ID", "must look like lead/ID"))
		}
		w.Subject = catalogue.Subject{Kind: kind, ID: id}
	}
	return w, problem.InvalidFields(wrong...)
}

func (a *API) listTasks(ctx context.Context, in *listTasksInput) (*httpx.List[Task], error) {
	w, err := in.wanted()
	if err != nil {
		return nil, err
	}
	docs, next, err := a.Desk.List(ctx, auth.From(ctx), w)
	if err != nil {
		return nil, err
	}
	out := make([]Task, 0, len(docs))
	for _, doc := range docs {
		seen, err := a.task(ctx, doc)
		if err != nil {
			return nil, err
		}
		out = append(out, seen)
	}
	return httpx.NewList(out, next), nil
}

// TaskPath names a thing by its id.
type TaskPath struct {
	ID string `path:"id" maxLength:"400"`
}

func (a *API) getTask(ctx context.Context, in *TaskPath) (*httpx.Item[Task], error) {
	doc, err := a.Desk.Get(ctx, auth.From(ctx), in.ID)
	return a.item(ctx, doc, err)
}

type completeInput struct {
	TaskPath
	httpx.IfMatch
	Body struct {
		Outcome string `json:"outcome" minLength:"1" maxLength:"500"`
	}
}

func (a *API) completeTask(ctx context.Context, in *completeInput) (*httpx.Item[Task], error) {
	doc, err := a.Desk.Complete(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Check, in.Body.Outcome)
	return a.item(ctx, doc, err)
}

type postponeInput struct {
	TaskPath
	httpx.IfMatch
	Body struct {
		Due instant.Time `json:"due"`
	}
}

func (a *API) postponeTask(ctx context.Context, in *postponeInput) (*httpx.Item[Task], error) {
	doc, err := a.Desk.Postpone(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Check, in.Body.Due)
	return a.item(ctx, doc, err)
}

type reassignInput struct {
	TaskPath
	httpx.IfMatch
	Body struct {
		To string `json:"to" minLength:"1" maxLength:"60"`
	}
}

func (a *API) reassignTask(ctx context.Context, in *reassignInput) (*httpx.Item[Task], error) {
	doc, err := a.Desk.Reassign(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Check, in.Body.To)
	return a.item(ctx, doc, err)
}
