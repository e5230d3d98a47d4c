package maintenance

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/maintenance/plan"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

const tag = "Maintenance"

// Register adds the operations on how customers are looked after.
func (m *Maintenance) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		o := httpx.Op{Method: method, Path: "/v1/customers" + path, ID: id, Summary: summary, Description: description, Tag: tag}
		if method == http.MethodPost {
			o.Status = http.StatusOK
		}
		return o
	}
	httpx.Handle(s, op("GET", "/{id}/maintenance", "get-maintenance", "How a customer is looked after", "What runs, who acts next and until when (R-160, R-161)."), m.get)
	httpx.Handle(s, op("PUT", "/{id}/maintenance", "begin-maintenance", "Begin a customer's maintenance by hand (R-068)", "For customers of before; a win or a first order begins it by itself."), m.put)
	httpx.Handle(s, op("PATCH", "/{id}/maintenance", "agree-maintenance", "Change what is agreed, and who looks after the customer (R-069, R-158)", ""), m.patch)
	httpx.Handle(s, op("GET", "/maintained", "list-maintained", "List maintained customers", "Of a success person, or all (R-158)."), m.list)
	httpx.Handle(s, op("POST", "/{id}/maintenance/link", "move-post-sale-link", "Go to another post-sale link, with a reason (R-053)", ""), m.link)
	httpx.Handle(s, op("POST", "/{id}/referrals", "record-referral", "Note somebody whom the customer brought (R-075)", ""), m.refer)
	httpx.Handle(s, op("GET", "/{id}/processes", "list-processes", "Processes that have ended, newest first (R-161)", "Those that run are part of the maintenance."), m.processes)
	httpx.Handle(s, op("PUT", "/{id}/processes/{process}", "begin-process", "Begin a process of the policy book (R-161)", "By hand, or as an effect of the customer's journey; once per id."), m.beginProcess)
	httpx.Handle(s, op("POST", "/{id}/processes/{process}/cancellation", "cancel-process", "End a process before its end, with a reason", ""), m.cancel)
	httpx.Handle(s, op("POST", "/{id}/processes/{process}/steps/{step}/completion", "complete-step", "End a step as done, with outcome and evidence (R-161)", "Of a hand-over: one party's confirmation (R-049)."), m.complete)
	httpx.Handle(s, op("POST", "/{id}/processes/{process}/steps/{step}/skip", "skip-step", "Skip a step, with a reason", ""), m.skip)
	httpx.Handle(s, op("POST", "/{id}/processes/{process}/steps/{step}/carried", "carry-step", "An automatic step was asked for (effect of a journey)", ""), m.carried)
}

// View is how a customer is looked after, as the interface shows it.
type View struct {
	catalogue.Maintenance
	ActsNext   []ActsNext `json:"acts_next,omitempty" doc:"Who acts next, the earliest due first (R-160)"`
	Version    int64      `json:"version"`
	JourneyURL string     `json:"journey_url,omitempty" doc:"Its journey in the Temporal UI"`
}

// CustomerPath names a customer. It is exported because huma reads no embedded
// field of a type that is not.
type CustomerPath struct {
	ID string `path:"id" minLength:"1" maxLength:"200"`
}

// ProcessPath names a process of a customer.
type ProcessPath struct {
	CustomerPath
	Process string `path:"process" minLength:"1" maxLength:"400"`
}

// StepPath names a step of a process.
type StepPath struct {
	ProcessPath
	Step string `path:"step" minLength:"1" maxLength:"40"`
}

func (m *Maintenance) answer(doc *store.Doc[Doc], err error) (*httpx.Item[View], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(m.show(doc), doc.Version), nil
}

func (m *Maintenance) show(doc *store.Doc[Doc]) View {
	return View{Maintenance: doc.Body.Maintenance, ActsNext: actsNext(doc.Body.Maintenance), Version: doc.Version, JourneyURL: m.Journey("maintenance", doc.ID)}
}

func (m *Maintenance) get(ctx context.Context, in *CustomerPath) (*httpx.Item[View], error) {
	return m.answer(m.Get(ctx, in.ID))
}

// AgreementBody is what is agreed; absent fields stay as they are.
type AgreementBody struct {
	Contact        *string            `json:"contact,omitempty" maxLength:"200" doc:"Follow-on contact person (后续联系人, R-069)"`
	Nodes          *[]string          `json:"nodes,omitempty" maxItems:"50" doc:"Service nodes of the policy book (服务节点, R-069)"`
	Cadence        *catalogue.Cadence `json:"cadence,omitempty" doc:"Revisit cadence (回访节奏, R-069)"`
	Success        *string            `json:"success,omitempty" maxLength:"80" doc:"Customer-success person (R-158)"`
	Implementation *string            `json:"implementation,omitempty" maxLength:"80"`
}

func (m *Maintenance) put(ctx context.Context, in *struct {
	CustomerPath
	Body AgreementBody
}) (*httpx.Item[View], error) {
	return m.answer(m.Begin(ctx, in.ID, Agreement(in.Body)))
}

func (m *Maintenance) patch(ctx context.Context, in *struct {
	CustomerPath
	httpx.IfMatch
	Body AgreementBody
}) (*httpx.Item[View], error) {
	return m.answer(m.Agree(ctx, in.ID, in.Check, Agreement(in.Body)))
}

func (m *Maintenance) list(ctx context.Context, in *struct {
	httpx.PageParams
	Success string `query:"success" maxLength:"80" doc:"Of this success person; empty: of all"`
	Status  string `query:"status" enum:"running,still,ended" default:"running"`
}) (*httpx.List[View], error) {
	docs, next, err := m.List(ctx, in.Success, in.Status, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, d := range docs {
		out = append(out, m.show(d))
	}
	return httpx.NewList(out, next), nil
}

func (m *Maintenance) link(ctx context.Context, in *struct {
	CustomerPath
	Body struct {
		Link   string `json:"link" enum:"signing,implementation,after_sales,repurchase"`
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
}) (*httpx.Item[View], error) {
	return m.answer(m.MoveLink(ctx, in.ID, in.Body.Link, in.Body.Reason))
}

func (m *Maintenance) refer(ctx context.Context, in *struct {
	CustomerPath
	Body struct {
		Lead     string       `json:"lead,omitempty" maxLength:"80"`
		Customer string       `json:"customer,omitempty" maxLength:"200"`
		Name     string       `json:"name" minLength:"1" maxLength:"300"`
		At       instant.Time `json:"at,omitempty" doc:"When; empty: now"`
	}
}) (*httpx.Item[View], error) {
	b := in.Body
	return m.answer(m.Refer(ctx, in.ID, catalogue.Referral{Lead: b.Lead, Customer: b.Customer, Name: b.Name, At: b.At}))
}

func (m *Maintenance) processes(ctx context.Context, in *struct {
	CustomerPath
	httpx.PageParams
}) (*httpx.List[catalogue.ProcessInstance], error) {
	all, next, err := m.Processes(ctx, in.ID, in.Limit, in.After)
	return httpx.NewList(all, next), err
}

func (m *Maintenance) beginProcess(ctx context.Context, in *struct {
	ProcessPath
	Body effects.BeginProcess
}) (*httpx.Item[View], error) {
	return m.answer(m.BeginProcess(ctx, in.ID, in.Process, in.Body))
}

// ReasonBody says why.
type ReasonBody struct {
	Reason string `json:"reason" maxLength:"4000"`
}

func (m *Maintenance) cancel(ctx context.Context, in *struct {
	ProcessPath
	Body ReasonBody
}) (*httpx.Item[View], error) {
	return m.answer(m.CancelProcess(ctx, in.ID, in.Process, in.Body.Reason))
}

func (m *Maintenance) complete(ctx context.Context, in *struct {
	StepPath
	Body struct {
		Outcome string   `json:"outcome" maxLength:"4000" doc:"What came of it"`
		Proof   []string `json:"proof,omitempty" maxItems:"50" doc:"Evidence: ids of records, links (R-161)"`
	}
}) (*httpx.Item[View], error) {
	return m.answer(m.EndStep(ctx, in.ID, in.Process, plan.Ending{Step: in.Step, Outcome: in.Body.Outcome, Proof: in.Body.Proof}, false))
}

func (m *Maintenance) skip(ctx context.Context, in *struct {
	StepPath
	Body ReasonBody
}) (*httpx.Item[View], error) {
	return m.answer(m.EndStep(ctx, in.ID, in.Process, plan.Ending{Step: in.Step, Outcome: in.Body.Reason}, true))
}

func (m *Maintenance) carried(ctx context.Context, in *struct {
	StepPath
	Body effects.CarryStep
}) (*httpx.Item[View], error) {
	return m.answer(m.Carried(ctx, in.ID, in.Body))
}
