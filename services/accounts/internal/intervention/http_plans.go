package intervention

import (
	"context"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

func (s *Interventions) registerPlans(r *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1/customers/{id}/wake-up-plans" + path, ID: id, Summary: summary, Description: description, Tag: "Wake-up plans"}
	}
	httpx.Handle(r, op("GET", "/suggestions", "suggest-wake-up", "What the customer's own facts suggest", "Product push, livestream, coupon, each with the facts that it rests on (R-112)."), s.suggest)
	httpx.Handle(r, op("GET", "", "list-wake-up-plans", "Wake-up plans of a customer", "Newest first."), s.listPlans)
	httpx.Handle(r, op("POST", "", "draft-wake-up-plan", "Draft a wake-up plan", "Of the steps given, or of those suggested. A step that rests on no fact of this customer is refused with the field named (R-113)."), s.draftPlan)
	httpx.Handle(r, op("PUT", "/{plan}/steps", "edit-wake-up-plan", "Give a draft other steps", "(R-113)"), s.editPlan)
	decide := op("POST", "/{plan}/decision", "decide-wake-up-plan", "Approve, reject or stop a plan", "Approved steps are sent at their times within the contact budget (R-112, D-9).")
	decide.Status = http.StatusOK
	httpx.Handle(r, decide, s.decidePlan)
}

// Steps of a wake-up plan.
type Steps struct {
	Steps []catalogue.WakeUpStep `json:"steps,omitempty" maxItems:"20" doc:"Empty: those suggested"`
}

func (s *Interventions) suggest(ctx context.Context, in *idInput) (*output[Steps], error) {
	list, err := s.Suggest(ctx, auth.From(ctx), in.ID)
	return answer(Steps{list}, err)
}

func (s *Interventions) listPlans(ctx context.Context, in *struct {
	httpx.PageParams
	ID string `path:"id" maxLength:"200"`
}) (*httpx.List[catalogue.WakeUpPlan], error) {
	list, next, err := s.Plans(ctx, auth.From(ctx), in.ID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

func (s *Interventions) draftPlan(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"200"`
	Body Steps
}) (*httpx.Item[catalogue.WakeUpPlan], error) {
	w, err := s.Draft(ctx, auth.From(ctx), in.ID, httpx.NewID(ctx), in.Body.Steps)
	if err != nil {
		return nil, err
	}
	return &httpx.Item[catalogue.WakeUpPlan]{Status: http.StatusCreated, Location: httpx.Path("v1", "customers", w.Customer, "wake-up-plans", w.ID), Body: w}, nil
}

// PlanFields name a plan of a customer.
type PlanFields struct {
	ID   string `path:"id" maxLength:"200"`
	Plan string `path:"plan" maxLength:"200"`
}

func (s *Interventions) editPlan(ctx context.Context, in *struct {
	PlanFields
	Body struct {
		Steps []catalogue.WakeUpStep `json:"steps" minItems:"1" maxItems:"20"`
	}
}) (*output[catalogue.WakeUpPlan], error) {
	return answer(s.Edit(ctx, auth.From(ctx), in.ID, in.Plan, httpx.Command(ctx), in.Body.Steps))
}

func (s *Interventions) decidePlan(ctx context.Context, in *struct {
	PlanFields
	Body struct {
		Decision string `json:"decision" enum:"approved,rejected,stopped"`
		Reason   string `json:"reason,omitempty" maxLength:"1000"`
	}
}) (*output[catalogue.WakeUpPlan], error) {
	return answer(s.Decide(ctx, auth.From(ctx), in.ID, in.Plan, httpx.Command(ctx), in.Body.Decision, in.Body.Reason))
}
