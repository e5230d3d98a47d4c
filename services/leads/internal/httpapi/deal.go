package httpapi

import (
	"context"
	"net/http"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

const tagDeals = "deals"

type deals struct{ app *app.App }

// registerDeals adds the operations on deals.
func registerDeals(s *httpx.Server, a *app.App) {
	d := deals{a}
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals", ID: "open-deal", Tag: tagDeals, Summary: "Open a deal",
		Description: "It runs on the version of its pipeline that is in force (R-054). Begun further on than the first stage, it has passed the gates before."}, d.open)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/deals", ID: "list-deals", Tag: tagDeals, Summary: "List deals",
		Description: "Filters that go together: customer; owner with outcome or with stage; outcome; stage with its pipeline."}, d.list)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/deals/{id}", ID: "get-deal", Tag: tagDeals, Summary: "Get a deal"}, d.get)
	httpx.Handle(s, httpx.Op{Method: http.MethodPatch, Path: "/v1/deals/{id}", ID: "edit-deal", Tag: tagDeals, Summary: "Edit a deal's fields",
		Description: "Stage, outcome, last contact and next touch are not fields: they come from commands (R-019, R-055)."}, d.edit)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/stage", ID: "advance-deal", Tag: tagDeals, Status: http.StatusOK, Summary: "Move a deal to another stage",
		Description: "The only way into a stage. The gate refuses unanswered mandatory questions (R-055) and missing fields of the stage entered (R-057, R-058, R-066); answers and fields may come along."}, d.advance)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/answers", ID: "answer-deal", Tag: tagDeals, Status: http.StatusOK, Summary: "Answer gate questions (R-055)"}, d.answer)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/win", ID: "win-deal", Tag: tagDeals, Status: http.StatusOK, Summary: "Close a deal as won",
		Description: "The gate asks for follow-on contact, service nodes and revisit cadence (R-069); they may come along, or are assumed as the policy book says."}, d.win)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/loss", ID: "lose-deal", Tag: tagDeals, Status: http.StatusOK, Summary: "Close a deal as lost, with its reason (R-066)"}, d.lose)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/reopening", ID: "reopen-deal", Tag: tagDeals, Status: http.StatusOK, Summary: "Take a lost deal up again (R-066)"}, d.reopen)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/deals/{id}/pipeline-version", ID: "move-deal-version", Tag: tagDeals, Status: http.StatusOK,
		Summary: "Put a deal on the pipeline version in force (R-054)"}, d.moveVersion)
	d.registerWork(s)
	d.registerViews(s)
}

// DealPath names a deal. It is exported because huma reads no embedded field of a type that is not.
type DealPath struct {
	ID string `path:"id" maxLength:"80"`
}

// DealFields are the fields of a deal that people edit.
type DealFields struct {
	Title           *string       `json:"title,omitempty" maxLength:"200"`
	Company         *string       `json:"company,omitempty" maxLength:"200"`
	Source          *string       `json:"source,omitempty" maxLength:"40"`
	Product         *string       `json:"product,omitempty" maxLength:"200"`
	Need            *string       `json:"need,omitempty" maxLength:"2000"`
	CustomerType    *string       `json:"customer_type,omitempty" maxLength:"40"`
	BudgetBand      *string       `json:"budget_band,omitempty" maxLength:"40"`
	KeyPerson       *string       `json:"key_person,omitempty" maxLength:"200"`
	KeyNeed         *string       `json:"key_need,omitempty" maxLength:"2000"`
	DecisionMaker   *string       `json:"decision_maker,omitempty" maxLength:"200" doc:"Key decision maker (关键决策人, R-058)"`
	ProcurementNode *string       `json:"procurement_node,omitempty" maxLength:"200" doc:"Procurement-process node (采购流程节点, R-058)"`
	Competitors     *[]string     `json:"competitors,omitempty" maxItems:"50" doc:"Competitor information (R-057)"`
	Objections      *[]string     `json:"objections,omitempty" maxItems:"50" doc:"Objection tags (R-018, R-057)"`
	Amount          *money.Amount `json:"amount,omitempty"`
	ExpectedClose   *instant.Time `json:"expected_close,omitempty"`

	FollowOnContact *string            `json:"follow_on_contact,omitempty" maxLength:"200" doc:"Whom service speaks to after the win (后续联系人, R-069)"`
	ServiceNodes    *[]string          `json:"service_nodes,omitempty" maxItems:"50" doc:"Service nodes agreed (服务节点, R-069)"`
	RevisitCadence  *catalogue.Cadence `json:"revisit_cadence,omitempty" doc:"Revisit cadence agreed (回访节奏, R-069)"`
}

func (f DealFields) domain() deal.Fields { return deal.Fields(f) }

type dealAnswer struct {
	Question string `json:"question" minLength:"1" maxLength:"40"`
	Yes      bool   `json:"yes"`
	Remark   string `json:"remark,omitempty" maxLength:"2000"`
}

func answered(in []dealAnswer) []deal.Answered {
	var out []deal.Answered
	for _, a := range in {
		out = append(out, deal.Answered(a))
	}
	return out
}

type openDealBody struct {
	DealFields
	Customer string       `json:"customer,omitempty" maxLength:"80"`
	Owner    string       `json:"owner,omitempty" maxLength:"80" doc:"Empty: the customer's owner, else the caller"`
	Pipeline string       `json:"pipeline,omitempty" maxLength:"40" doc:"Empty: the default pipeline"`
	Stage    string       `json:"stage,omitempty" maxLength:"40" doc:"Empty: the first stage"`
	Answers  []dealAnswer `json:"answers,omitempty" maxItems:"50"`
}

func (h deals) open(ctx context.Context, in *struct{ Body openDealBody }) (*httpx.Item[dealView], error) {
	b := in.Body
	doc, err := h.app.OpenDeal(ctx, deal.New{Customer: b.Customer, Owner: b.Owner, Pipeline: b.Pipeline, Stage: b.Stage, Fields: b.domain(), Answers: answered(b.Answers)})
	if err != nil {
		return nil, err
	}
	v, err := h.view(ctx, doc)
	return httpx.NewCreated(v, doc.Version, httpx.Path("v1", "deals", doc.ID)), err
}

func (h deals) get(ctx context.Context, in *DealPath) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.GetDeal(ctx, in.ID))
}

// answerWith makes the answer of a command on one deal.
func (h deals) answerWith(ctx context.Context) func(*app.DealDoc, error) (*httpx.Item[dealView], error) {
	return func(doc *app.DealDoc, err error) (*httpx.Item[dealView], error) {
		if err != nil {
			return nil, err
		}
		v, err := h.view(ctx, doc)
		return httpx.NewItem(v, doc.Version), err
	}
}

func (h deals) edit(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body DealFields
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.EditDeal(ctx, in.ID, in.IfMatch, in.Body.domain()))
}

func (h deals) advance(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body struct {
		Stage      string       `json:"stage" minLength:"1" maxLength:"40"`
		Answers    []dealAnswer `json:"answers,omitempty" maxItems:"50"`
		Fields     DealFields   `json:"fields,omitempty" doc:"Fields that the gate asks for, in the same step"`
		LostReason string       `json:"lost_reason,omitempty" maxLength:"40" doc:"Where the stage is lost (R-066)"`
		LostRemark string       `json:"lost_remark,omitempty" maxLength:"2000"`
	}
}) (*httpx.Item[dealView], error) {
	b := in.Body
	m := app.StageMove{To: b.Stage, Answers: answered(b.Answers), Fields: b.Fields.domain(), Loss: deal.Loss{Reason: b.LostReason, Remark: b.LostRemark}}
	return h.answerWith(ctx)(h.app.AdvanceDeal(ctx, in.ID, in.IfMatch, m))
}

func (h deals) answer(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body struct {
		Answers []dealAnswer `json:"answers" minItems:"1" maxItems:"50"`
	}
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.AnswerDeal(ctx, in.ID, in.IfMatch, answered(in.Body.Answers)))
}

func (h deals) win(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body *DealFields
}) (*httpx.Item[dealView], error) {
	var f DealFields
	if in.Body != nil {
		f = *in.Body
	}
	return h.answerWith(ctx)(h.app.WinDeal(ctx, in.ID, in.IfMatch, f.domain()))
}

func (h deals) lose(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body struct {
		Reason string `json:"reason" maxLength:"40" doc:"Reason for the loss, an option of the policy book (R-066)"`
		Remark string `json:"remark,omitempty" maxLength:"2000"`
	}
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.LoseDeal(ctx, in.ID, in.IfMatch, deal.Loss{Reason: in.Body.Reason, Remark: in.Body.Remark}))
}

func (h deals) reopen(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
	Body *struct {
		Stage string `json:"stage,omitempty" maxLength:"40" doc:"Empty: the stage it was lost from"`
	}
}) (*httpx.Item[dealView], error) {
	stage := ""
	if in.Body != nil {
		stage = in.Body.Stage
	}
	return h.answerWith(ctx)(h.app.ReopenDeal(ctx, in.ID, in.IfMatch, stage))
}

func (h deals) moveVersion(ctx context.Context, in *struct {
	DealPath
	httpx.IfMatch
}) (*httpx.Item[dealView], error) {
	return h.answerWith(ctx)(h.app.MoveDealVersion(ctx, in.ID, in.IfMatch))
}
