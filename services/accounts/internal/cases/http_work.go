package cases

import (
	"context"

	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
)

func (c *Cases) httpSort(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body struct {
		Kind     string `json:"kind,omitempty" maxLength:"40"`
		Priority string `json:"priority,omitempty" enum:"low,normal,high,urgent"`
		Title    string `json:"title,omitempty"`
		Feature  string `json:"feature,omitempty" doc:"Feature of a product that it is about (R-095)"`
	}
}) (*httpx.Item[View], error) {
	return c.answer(c.Sort(ctx, in.ID, in.Body.Kind, in.Body.Priority, in.Body.Title, in.Body.Feature, in.IfMatch))
}

func (c *Cases) httpSay(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body struct {
		Side    string `json:"side" enum:"inbound,outbound,internal" doc:"inbound: what the customer said; outbound: what we say; internal: not for the customer"`
		Channel string `json:"channel,omitempty" maxLength:"40"`
		Text    string `json:"text"`
		Waits   bool   `json:"waits,omitempty" doc:"It asks the customer something: the clocks stand still until they answer"`
		Send    bool   `json:"send,omitempty" doc:"Send it to the customer, with the link to the progress"`
	}
}) (*httpx.Item[View], error) {
	return c.answer(c.Say(ctx, in.ID, Said(in.Body), in.IfMatch))
}

func (c *Cases) httpAssign(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body struct {
		Owner  string `json:"owner" maxLength:"200"`
		Reason string `json:"reason,omitempty" maxLength:"1000"`
	}
}) (*httpx.Item[View], error) {
	return c.answer(c.Assign(ctx, in.ID, in.Body.Owner, in.Body.Reason, in.IfMatch))
}

func (c *Cases) httpResolve(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body struct {
		Resolution string `json:"resolution" doc:"How it was solved; the customer sees it"`
	}
}) (*httpx.Item[View], error) {
	return c.answer(c.Resolve(ctx, in.ID, in.Body.Resolution, in.IfMatch))
}

func (c *Cases) httpClose(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body struct {
		Reason string       `json:"reason" enum:"solved,agreed,no_answer,withdrawn,duplicate"`
		AsOf   instant.Time `json:"as_of,omitempty" doc:"For journeys: since when the case is as the rule knows it"`
	}
}) (*httpx.Item[View], error) {
	return c.answer(c.Close(ctx, in.ID, in.Body.Reason, in.Body.AsOf, in.IfMatch))
}

func (c *Cases) httpReopen(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"1000"`
	}
}) (*httpx.Item[View], error) {
	reason := ""
	if in.Body != nil {
		reason = in.Body.Reason
	}
	return c.answer(c.Reopen(ctx, in.ID, reason, in.IfMatch))
}

func (c *Cases) httpDecide(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
	Body struct {
		Outcome string `json:"outcome" maxLength:"40" doc:"Of the policy's outcomes: accepted, planned, done, rejected"`
		Reason  string `json:"reason" doc:"The customer sees it"`
	}
}) (*httpx.Item[View], error) {
	return c.answer(c.Decide(ctx, in.ID, in.Body.Outcome, in.Body.Reason, in.IfMatch))
}

func (c *Cases) httpTold(ctx context.Context, in *struct {
	Path
	httpx.IfMatch
}) (*httpx.Item[View], error) {
	return c.answer(c.Told(ctx, in.ID, in.IfMatch))
}

func (c *Cases) httpBreach(ctx context.Context, in *struct {
	Path
	Clock string `path:"clock" enum:"response,solution"`
	Body  effects.BreachCase
}) (*httpx.Item[View], error) {
	return c.answer(c.Breach(ctx, in.ID, in.Clock, in.Body.Round, in.Body.Due))
}

func (c *Cases) httpNudge(ctx context.Context, in *struct {
	Path
	Effect string `path:"effect" minLength:"1" maxLength:"400"`
	Body   effects.NudgeCustomer
}) (*httpx.Item[View], error) {
	return c.answer(c.Nudge(ctx, in.ID, in.Effect, in.Body.AsOf))
}
