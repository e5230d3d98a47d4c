package intervention

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

const tag = "Interventions"

// Register adds the operations.
func (s *Interventions) Register(r *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	httpx.Handle(r, op("PUT", "/v1/interventions/{id}", "ask-intervention", "Open a team for an endangered customer", "For journeys; {id} is the effect's. At most one is open for a customer: if one is, it is the answer (R-114)."), s.ask)
	httpx.Handle(r, op("POST", "/v1/interventions", "open-intervention", "Open a team for an endangered customer", "Answers 201, or 200 with the one that is open (R-114)."), s.open)
	httpx.Handle(r, op("GET", "/v1/interventions", "list-interventions", "List interventions", "Of a customer, or all in a state, first due first."), s.list)
	httpx.Handle(r, op("GET", "/v1/interventions/{id}", "get-intervention", "Read an intervention", ""), s.read)
	httpx.Handle(r, op("PUT", "/v1/interventions/{id}/roles/{role}/outcome", "log-outcome", "Log a role's outcome", "By who holds the role, or watches the whole (R-115 to R-119)."), s.logOutcome)
	httpx.Handle(r, op("PUT", "/v1/interventions/{id}/roles/{role}/person", "hand-over-role", "Give a role to somebody else", ""), s.handOverRole)
	httpx.Handle(r, op("POST", "/v1/interventions/{id}/contacts", "plan-contact", "Plan a contact with the customer", "Sent at its time within the contact budget; withdrawn when the customer comes back (D-9)."), s.planContact)
	httpx.Handle(r, op("DELETE", "/v1/interventions/{id}/contacts/{contact}", "cancel-contact", "Take a planned contact back", ""), s.cancelContact)
	closing := op("POST", "/v1/interventions/{id}/closing", "close-intervention", "Close an intervention with its result", "409 while a role has not logged its outcome (R-119).")
	closing.Status = http.StatusOK
	httpx.Handle(r, closing, s.close)
	httpx.Handle(r, op("GET", "/v1/interventions/group", "get-warning-group", "The standing churn-warning group", "Its members, and when it met last (R-120, C-10)."), s.group)
	httpx.Handle(r, op("GET", "/v1/interventions/group/meetings", "list-group-meetings", "Meetings of the warning group", "Newest first (R-111, R-120)."), s.listMeetings)
	httpx.Handle(r, op("POST", "/v1/interventions/group/meetings", "log-group-meeting", "Log a meeting of the warning group", "Each decision is carried out (R-120)."), s.logMeeting)
	s.registerPlans(r)
	s.registerOffers(r)
}

type output[T any] struct{ Body T }

type idInput struct {
	ID string `path:"id" maxLength:"400"`
}

func (s *Interventions) ask(ctx context.Context, in *struct {
	ID   string `path:"id" minLength:"1" maxLength:"400"`
	Body effects.OpenIntervention
}) (*output[effects.OpenedIntervention], error) {
	p := auth.From(ctx)
	if err := s.Guard.MayAtAll(p, access.InterventionAsk); err != nil {
		return nil, err
	}
	i, opened, err := s.Open(ctx, in.ID, p.ID, in.Body)
	if err != nil {
		return nil, err
	}
	return &output[effects.OpenedIntervention]{effects.OpenedIntervention{ID: i.ID, Opened: opened, Episode: i.Episode}}, nil
}

func (s *Interventions) open(ctx context.Context, in *struct{ Body effects.OpenIntervention }) (*httpx.Item[catalogue.Intervention], error) {
	i, opened, err := s.OpenBy(ctx, auth.From(ctx), httpx.NewID(ctx), in.Body)
	if err != nil {
		return nil, err
	}
	out := &httpx.Item[catalogue.Intervention]{Status: http.StatusOK, Location: httpx.Path("v1", "interventions", i.ID), Body: i}
	if opened {
		out.Status = http.StatusCreated
	}
	return out, nil
}

type listInput struct {
	httpx.PageParams
	Customer string `query:"customer" maxLength:"200"`
	Status   string `query:"status" enum:"open,recovered,closed" default:"open"`
}

func (s *Interventions) list(ctx context.Context, in *listInput) (*httpx.List[catalogue.Intervention], error) {
	list, next, err := s.List(ctx, auth.From(ctx), in.Customer, in.Status, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

func (s *Interventions) read(ctx context.Context, in *idInput) (*output[catalogue.Intervention], error) {
	return answer(s.Get(ctx, auth.From(ctx), in.ID))
}

func answer[T any](v T, err error) (*output[T], error) {
	if err != nil {
		return nil, err
	}
	return &output[T]{v}, nil
}

// RoleFields name a role of an intervention.
type RoleFields struct {
	ID   string `path:"id" maxLength:"400"`
	Role string `path:"role" maxLength:"40"`
}

func (s *Interventions) logOutcome(ctx context.Context, in *struct {
	RoleFields
	Body struct {
		Says   string `json:"says" minLength:"1" maxLength:"4000"`
		Result string `json:"result,omitempty" enum:"recovered,ongoing,churned"`
	}
}) (*output[catalogue.Intervention], error) {
	return answer(s.LogOutcome(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Role, in.Body.Says, in.Body.Result))
}

func (s *Interventions) handOverRole(ctx context.Context, in *struct {
	RoleFields
	Body struct {
		Person string `json:"person" minLength:"1" maxLength:"200"`
	}
}) (*output[catalogue.Intervention], error) {
	return answer(s.HandOver(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Role, in.Body.Person))
}

// NewContact is a contact that a role plans.
type NewContact struct {
	Role    string       `json:"role" minLength:"1" maxLength:"40"`
	Channel string       `json:"channel" minLength:"1" maxLength:"40"`
	Purpose string       `json:"purpose,omitempty" maxLength:"40"`
	Subject lang.Text    `json:"subject"`
	Text    lang.Text    `json:"text"`
	Uses    []string     `json:"uses,omitempty" maxItems:"50"`
	At      instant.Time `json:"at,omitempty" doc:"Empty: now"`
}

func (s *Interventions) planContact(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"400"`
	Body NewContact
}) (*httpx.Item[catalogue.Intervention], error) {
	b := in.Body
	i, err := s.Plan(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), catalogue.PlannedContact{Role: b.Role, Channel: b.Channel, Purpose: b.Purpose, Subject: b.Subject, Text: b.Text, Uses: b.Uses, At: b.At})
	if err != nil {
		return nil, err
	}
	return &httpx.Item[catalogue.Intervention]{Status: http.StatusCreated, Body: i}, nil
}

func (s *Interventions) cancelContact(ctx context.Context, in *struct {
	ID      string `path:"id" maxLength:"400"`
	Contact string `path:"contact" maxLength:"20"`
}) (*output[catalogue.Intervention], error) {
	return answer(s.Cancel(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Contact))
}

func (s *Interventions) close(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"400"`
	Body struct {
		Result string `json:"result" enum:"recovered,ongoing,churned"`
		Note   string `json:"note,omitempty" maxLength:"4000"`
	}
}) (*output[catalogue.Intervention], error) {
	return answer(s.Close(ctx, auth.From(ctx), in.ID, httpx.Command(ctx), in.Body.Result, in.Body.Note))
}

func (s *Interventions) group(ctx context.Context, _ *struct{}) (*output[catalogue.WarningGroup], error) {
	return answer(s.Standing(ctx, auth.From(ctx)))
}

func (s *Interventions) listMeetings(ctx context.Context, in *struct{ httpx.PageParams }) (*httpx.List[catalogue.GroupMeeting], error) {
	list, next, err := s.Meetings(ctx, auth.From(ctx), in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

// NewMeeting is a meeting that is logged.
type NewMeeting struct {
	Present   []string                  `json:"present" minItems:"1" maxItems:"100"`
	Analysis  string                    `json:"analysis,omitempty" maxLength:"8000"`
	Decisions []catalogue.GroupDecision `json:"decisions" maxItems:"200"`
}

func (s *Interventions) logMeeting(ctx context.Context, in *struct{ Body NewMeeting }) (*httpx.Item[catalogue.GroupMeeting], error) {
	m, err := s.Meet(ctx, auth.From(ctx), httpx.NewID(ctx), in.Body.Present, in.Body.Analysis, in.Body.Decisions)
	if err != nil {
		return nil, err
	}
	return &httpx.Item[catalogue.GroupMeeting]{Status: http.StatusCreated, Body: m}, nil
}
