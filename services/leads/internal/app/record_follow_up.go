package app

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/followup"
	"liuke.dev/services/leads/internal/lead"
)

// RecordFollowUp records a follow-up on a lead: the lead, the record and the
// planned next touch in one commit.
func (a *App) RecordFollowUp(ctx context.Context, id string, in followup.Input, match httpx.IfMatch) (f catalogue.FollowUp, d *LeadDoc, err error) {
	err = retry(ctx, func() error {
		if d, err = a.leadFor(ctx, id, access.FollowUp); err != nil {
			return err
		}
		record := httpx.NewID(ctx)
		if d.Did(httpx.Command(ctx)) {
			f, err = a.followUpOf(ctx, id, record)
			return err
		}
		if err := match.Check(d.Version); err != nil {
			return err
		}
		f, err = a.followLead(ctx, d, record, in)
		return err
	})
	return f, d, err
}

func (a *App) followLead(ctx context.Context, d *LeadDoc, record string, in followup.Input) (catalogue.FollowUp, error) {
	at, v, err := a.now()
	if err != nil {
		return catalogue.FollowUp{}, err
	}
	l := d.Body.Lead
	if !d.Body.Open {
		return catalogue.FollowUp{}, problem.Refuse("lead.closed", "线索已结束（"+l.Status+"），请在新线索或商机上记录", "the lead is "+l.Status+": record it on a new lead or on its deal")
	}
	by, err := a.recorder(ctx, in, l.Owner)
	if err != nil {
		return catalogue.FollowUp{}, err
	}
	subject := followup.Subject{Ref: catalogue.Subject{Kind: catalogue.KindLead, ID: l.ID}, Open: true, Owner: l.Owner, Stage: l.Status, Trail: followup.TrailOfLead(l)}
	f, err := followup.Record(record, in, subject, by, v.On(a.People.Calendar(by.ID)), at)
	if err != nil {
		return f, err
	}
	before := l.Status
	changed := lead.Follow(&l, f)
	data := followup.Facts(f, followup.TrailOfLead(l), l.Owner, l.Owner, l.Company)
	if changed {
		data = append(data, &catalogue.LeadStatusChanged{Lead: l.ID, Before: before, After: l.Status, Reason: "follow_up"})
	}
	d.Body.Set(l)
	return f, commit(ctx, a.Leads, d, stampOf(l.Customer, at, v), data...)
}

// recorder gives the caller as the rules of a follow-up see them. That a record
// was captured is for recording systems to say: a person could leave out by it
// what a follow-up must name (C-16, R-014).
func (a *App) recorder(ctx context.Context, in followup.Input, owner string) (followup.By, error) {
	refused := a.Guard.May(ctx, access.Capture, owner)
	if in.Captured && refused != nil {
		return followup.By{}, refused
	}
	p := caller(ctx)
	return followup.By{ID: p.ID, Owns: a.Guard.Owns(p.ID, owner), Captures: refused == nil}, nil
}

// followUpOf finds a follow-up of a lead in its history, for a repeated command.
func (a *App) followUpOf(ctx context.Context, leadID, record string) (catalogue.FollowUp, error) {
	after := int64(0)
	for {
		page, next, err := a.followUps(ctx, a.Leads.Aggregate(leadID), after, 200)
		if err != nil {
			return catalogue.FollowUp{}, err
		}
		for _, f := range page {
			if f.ID == record {
				return f, nil
			}
		}
		if next == 0 {
			return catalogue.FollowUp{}, problem.Refuse("idempotency", "该幂等键已用于本线索的其他操作", "this key was used for something else on this lead")
		}
		after = next
	}
}
