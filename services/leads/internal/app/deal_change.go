package app

import (
	"context"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// EditDeal changes fields of a deal.
func (a *App) EditDeal(ctx context.Context, id string, match httpx.IfMatch, f deal.Fields) (*DealDoc, error) {
	return a.changeDeal(ctx, id, match, access.DealChange, func(d catalogue.Deal, r deal.Rules, _ instant.Time) (deal.Change, error) {
		return deal.Edit(d, r, f)
	})
}

// StageMove is a move to another stage, with what its gate asks for.
type StageMove struct {
	To      string
	Answers []deal.Answered
	Fields  deal.Fields
	Loss    deal.Loss
}

// AdvanceDeal moves a deal to another stage: the only way there is, whoever
// asks. Answers and fields that come along are recorded in the same commit.
func (a *App) AdvanceDeal(ctx context.Context, id string, match httpx.IfMatch, m StageMove) (*DealDoc, error) {
	by := caller(ctx).ID
	return a.changeDeal(ctx, id, match, access.DealMove, func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
		c, err := deal.Edit(d, r, m.Fields)
		if err != nil {
			return c, err
		}
		if len(m.Answers) > 0 {
			c, err = c.Then(func(d catalogue.Deal) (deal.Change, error) { return deal.AnswerQuestions(d, r, m.Answers, by, at) })
			if err != nil {
				return c, err
			}
		}
		return c.Then(func(d catalogue.Deal) (deal.Change, error) { return deal.AdvanceStage(d, r, m.To, m.Loss, at) })
	})
}

// AnswerDeal records answers to gate questions.
func (a *App) AnswerDeal(ctx context.Context, id string, match httpx.IfMatch, answers []deal.Answered) (*DealDoc, error) {
	by := caller(ctx).ID
	return a.changeDeal(ctx, id, match, access.DealChange, func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
		return deal.AnswerQuestions(d, r, answers, by, at)
	})
}

// WinDeal closes a deal as won.
// What its gate asks for may come along.
func (a *App) WinDeal(ctx context.Context, id string, match httpx.IfMatch, f deal.Fields) (*DealDoc, error) {
	return a.changeDeal(ctx, id, match, access.DealMove, func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
		c, err := deal.Edit(d, r, f)
		if err != nil {
			return c, err
		}
		return c.Then(func(d catalogue.Deal) (deal.Change, error) { return deal.Win(d, r, at) })
	})
}

// LoseDeal closes a deal as lost.
func (a *App) LoseDeal(ctx context.Context, id string, match httpx.IfMatch, loss deal.Loss) (*DealDoc, error) {
	return a.changeDeal(ctx, id, match, access.DealMove, func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
		return deal.Lose(d, r, loss, at)
	})
}

// ReopenDeal takes a lost deal up again.
func (a *App) ReopenDeal(ctx context.Context, id string, match httpx.IfMatch, stage string) (*DealDoc, error) {
	return a.changeDeal(ctx, id, match, access.DealMove, func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
		return deal.Reopen(d, r, stage, at)
	})
}

// MoveDealVersion puts a deal on the pipeline version in force.
func (a *App) MoveDealVersion(ctx context.Context, id string, match httpx.IfMatch) (*DealDoc, error) {
	return a.changeDeal(ctx, id, match, access.DealMove, func(d catalogue.Deal, r deal.Rules, _ instant.Time) (deal.Change, error) {
		return deal.MoveToVersion(d, r)
	})
}

// FollowUpDeal records a follow-up on a deal.
func (a *App) FollowUpDeal(ctx context.Context, id string, in followup.Input) (*DealDoc, catalogue.FollowUp, error) {
	var made catalogue.FollowUp
	record := httpx.NewID(ctx)
	doc, err := a.changeDeal(ctx, id, httpx.IfMatch{}, access.FollowUp, func(d catalogue.Deal, r deal.Rules, at instant.Time) (deal.Change, error) {
		by, err := a.recorder(ctx, in, d.Owner)
		if err != nil {
			return deal.Change{}, err
		}
		r.InForce = r.InForce.On(a.People.Calendar(by.ID))
		c, err := deal.RecordFollowUp(d, r, record, in, by, "", at)
		if err == nil {
			made = c.Facts[0].(*catalogue.FollowUpRecorded).FollowUp
		}
		return c, err
	})
	if err == nil && made.ID == "" { // carried out before: the record is in the history
		made, err = a.dealFollowUp(ctx, id, record)
	}
	return doc, made, err
}

// SendQuote records a quote that was sent and gives its id.
func (a *App) SendQuote(ctx context.Context, id string, match httpx.IfMatch, in deal.QuoteInput) (*DealDoc, string, error) {
	in.ID = httpx.NewID(ctx)
	by := caller(ctx).ID
	doc, err := a.changeDeal(ctx, id, match, access.DealQuote, func(d catalogue.Deal, _ deal.Rules, at instant.Time) (deal.Change, error) {
		return deal.SendQuote(d, in, by, at)
	})
	return doc, in.ID, err
}

// ConfirmQuote records that the customer confirmed a quote.
func (a *App) ConfirmQuote(ctx context.Context, id, quote string, at instant.Time) (*DealDoc, error) {
	return a.changeDeal(ctx, id, httpx.IfMatch{}, access.DealQuote, func(d catalogue.Deal, _ deal.Rules, now instant.Time) (deal.Change, error) {
		return deal.ConfirmQuote(d, quote, at, now)
	})
}

// MarkDeal sets a mark of a rule (an effect of the deal's journey).
func (a *App) MarkDeal(ctx context.Context, id, rule string, evidence []string) (*DealDoc, error) {
	return a.changeDeal(ctx, id, httpx.IfMatch{}, access.Effect, func(d catalogue.Deal, _ deal.Rules, at instant.Time) (deal.Change, error) {
		return deal.SetMark(d, catalogue.Mark{Rule: rule, Since: at, Cause: facts.CauseFrom(ctx), Evidence: evidence}), nil
	})
}

// UnmarkDeal clears a mark of a rule (an effect of the deal's journey).
func (a *App) UnmarkDeal(ctx context.Context, id, rule string) (*DealDoc, error) {
	return a.changeDeal(ctx, id, httpx.IfMatch{}, access.Effect, func(d catalogue.Deal, _ deal.Rules, _ instant.Time) (deal.Change, error) {
		return deal.ClearMark(d, rule), nil
	})
}

// InterveneInDeal records a manager's step and, if to is named, gives the deal
// to somebody else. A customer's deal goes with the customer, by a
// transfer: it is not taken out of it.
func (a *App) InterveneInDeal(ctx context.Context, id string, match httpx.IfMatch, note, to string) (*DealDoc, error) {
	by := caller(ctx).ID
	if to != "" {
		if p, ok := a.People.Person(to); !ok || !p.Active {
			return nil, problem.InvalidFields(problem.FieldError("owner", "active_person", "没有这位在职人员", "is not an active person"))
		}
		if err := a.Guard.May(ctx, access.Intervene, to); err != nil {
			return nil, err
		}
	}
	return a.changeDeal(ctx, id, match, access.Intervene, func(d catalogue.Deal, _ deal.Rules, _ instant.Time) (deal.Change, error) {
		if to != "" && to != d.Owner && d.Customer != "" {
			return deal.Change{}, problem.Refuse("R-046", "客户的商机随客户转交，请发起转交", "A customer's deal goes with the customer: request a transfer")
		}
		return deal.Intervene(d, by, note, to)
	})
}
