package app

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/ownership"
)

// ConvertLead makes a deal of a lead. The deal is opened first, under an id
// that derives from the lead's: a crash before the lead says so is repaired by
// asking again.
func (a *App) ConvertLead(ctx context.Context, id string, in ConvertInput, match httpx.IfMatch) (*LeadDoc, error) {
	d, err := a.leadFor(ctx, id, access.LeadConvert)
	if err != nil || d.Did(httpx.Command(ctx)) {
		return d, err
	}
	if err := match.Check(d.Version); err != nil {
		return nil, err
	}
	if !lead.Open(d.Body.Status) {
		return nil, problem.Refuse("lead.status", "线索已结束（"+d.Body.Status+"）", "the lead is "+d.Body.Status)
	}
	if d.Body.Owner == "" {
		return nil, problem.Refuse("R-047", "在公共资源中，请先领取", "It is in the public pool: claim it first")
	}
	dealID, err := a.OpenDealOfLead(ctx, d.Body.Lead, in)
	if err != nil {
		return nil, err
	}
	return a.onLead(ctx, id, access.LeadConvert, httpx.IfMatch{}, func(l *catalogue.Lead, _ instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		l.Deal = dealID
		return moved(l, catalogue.LeadConverted, "converted", 0)
	})
}

// AssignLead gives a lead that has no customer yet to somebody else; with a
// customer the owner changes by the transfer process alone.
func (a *App) AssignLead(ctx context.Context, id, to string, match httpx.IfMatch) (*LeadDoc, error) {
	return a.onLead(ctx, id, access.LeadAssign, match, func(l *catalogue.Lead, at instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		if l.Customer != "" {
			return nil, problem.Refuse("R-046", "已关联客户，请走转交流程", "it belongs to a customer: request a transfer")
		}
		if !lead.Open(l.Status) {
			return nil, problem.Refuse("lead.closed", "线索已结束（"+l.Status+"）", "the lead is "+l.Status)
		}
		if err := a.assignable("owner", to, at); err != nil {
			return nil, err
		}
		if l.Owner == to {
			return nil, nil
		}
		before := l.Owner
		l.Owner, l.Pooled = to, false
		return []catalogue.Data{&catalogue.LeadAssigned{Lead: id, Before: before, After: to, Reason: ownership.Manual}}, nil
	})
}
