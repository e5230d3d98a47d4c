package churnreview

import (
	"context"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

func (r *Reviews) postFindings(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Role     string `json:"role" enum:"sales,technical,product,service"`
		Findings []struct {
			Phase string   `json:"phase" enum:"before,during,after"`
			Text  string   `json:"text" maxLength:"8000"`
			Facts []string `json:"facts,omitempty" maxItems:"100" doc:"Ids of facts or timeline entries it rests on"`
		} `json:"findings" minItems:"1" maxItems:"20"`
	}
}) (*httpx.Item[View], error) {
	var findings []catalogue.ChurnFinding
	for _, f := range in.Body.Findings {
		findings = append(findings, catalogue.ChurnFinding{Phase: f.Phase, Text: f.Text, Facts: f.Facts})
	}
	return item(r.Find(ctx, auth.From(ctx), in.ID, in.Body.Role, findings, in.Check))
}

func (r *Reviews) postParticipant(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Role   string `json:"role" enum:"sales,technical,product,service"`
		Person string `json:"person" minLength:"1" maxLength:"80"`
	}
}) (*httpx.Item[View], error) {
	return item(r.Assign(ctx, auth.From(ctx), in.ID, in.Body.Role, in.Body.Person, in.Check))
}

func (r *Reviews) postReasons(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Reasons    []Reason `json:"reasons" minItems:"1" maxItems:"20" doc:"The main reason first"`
		Competitor string   `json:"competitor,omitempty" maxLength:"200" doc:"Who won the customer"`
	}
}) (*httpx.Item[View], error) {
	return item(r.Choose(ctx, auth.From(ctx), in.ID, in.Body.Reasons, in.Body.Competitor, in.Check))
}

func (r *Reviews) postInterview(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Way   string       `json:"way" enum:"phone,deep,refused"`
		Notes string       `json:"notes" maxLength:"20000" doc:"What the customer said, or why there was no talk"`
		At    instant.Time `json:"at,omitempty" doc:"When it took place; by default now"`
	}
}) (*httpx.Item[View], error) {
	return item(r.Talk(ctx, auth.From(ctx), in.ID, in.Body.Way, in.Body.Notes, in.Body.At, in.Check))
}

// Sent tells what became of the invitation to the questionnaire.
type Sent struct {
	View
	Outreach effects.Reached `json:"outreach" doc:"The contact by which the customer is invited: sent, or until when it waits and why"`
}

func (r *Reviews) postQuestionnaire(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
}) (*httpx.Item[Sent], error) {
	d, o, err := r.Send(ctx, auth.From(ctx), in.ID, in.Check)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(Sent{viewOf(d), effects.Reached{ID: o.ID, Status: o.Status, SendAt: o.SendAt, Rule: o.Rule, Reason: o.Reason}}, d.Version), nil
}

func (r *Reviews) postClosing(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Summary string   `json:"summary" maxLength:"20000"`
		Lessons []string `json:"lessons,omitempty" maxItems:"50" doc:"What is done differently from now on"`
	}
}) (*httpx.Item[View], error) {
	return item(r.Close(ctx, auth.From(ctx), in.ID, in.Body.Summary, in.Body.Lessons, in.Check))
}

func (r *Reviews) postWithdrawal(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		Reason string `json:"reason" maxLength:"4000"`
	}
}) (*httpx.Item[View], error) {
	return item(r.Withdraw(ctx, auth.From(ctx), in.ID, in.Body.Reason, in.Check))
}

func (r *Reviews) postWonBack(ctx context.Context, in *struct {
	PathInput
	httpx.IfMatch
	Body struct {
		At instant.Time `json:"at,omitempty" doc:"When it came back; by default now"`
	}
}) (*httpx.Item[View], error) {
	return item(r.WonBack(ctx, auth.From(ctx), in.ID, in.Body.At, in.Check))
}
