package app

import (
	"context"
	"reflect"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/lead"
)

// LeadEdit are the fields of a lead that people edit; nil leaves one as it is.
type LeadEdit struct {
	Company, Contact, Phone, Email, WeChat, Source, Need *string
	CustomerType, BudgetBand, KeyPerson, KeyNeed         *string
	Value                                                *money.Amount
}

// Lead gives a lead that the caller may read.
func (a *App) Lead(ctx context.Context, id string) (*LeadDoc, error) {
	return a.leadFor(ctx, id, access.LeadRead)
}

// onLead reads, changes and commits a lead; a command that was carried out
// before gives the lead as it stands. change gives the facts; none is no change.
func (a *App) onLead(ctx context.Context, id string, action access.Action, match httpx.IfMatch, change func(l *catalogue.Lead, at instant.Time, v *policy.View) ([]catalogue.Data, error)) (*LeadDoc, error) {
	return a.onLeadAs(ctx, httpx.Command(ctx), id, action, match, change)
}

func (a *App) onLeadAs(ctx context.Context, command, id string, action access.Action, match httpx.IfMatch, change func(l *catalogue.Lead, at instant.Time, v *policy.View) ([]catalogue.Data, error)) (d *LeadDoc, err error) {
	err = retry(ctx, func() error {
		if d, err = a.leadFor(ctx, id, action); err != nil {
			return err
		}
		if d.Did(command) {
			return nil
		}
		if err := match.Check(d.Version); err != nil {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		l := d.Body.Lead
		data, err := change(&l, at, v)
		if err != nil || len(data) == 0 {
			return err
		}
		d.Body.Set(l)
		return commitAs(ctx, command, a.Leads, d, stampOf(l.Customer, at, v), data...)
	})
	return d, err
}

// ChangeLead edits a lead's fields.
func (a *App) ChangeLead(ctx context.Context, id string, e LeadEdit, match httpx.IfMatch) (*LeadDoc, error) {
	return a.onLead(ctx, id, access.LeadChange, match, func(l *catalogue.Lead, at instant.Time, v *policy.View) ([]catalogue.Data, error) {
		if !lead.Open(l.Status) {
			return nil, problem.Refuse("lead.closed", "线索已结束（"+l.Status+"），不能修改", "the lead is "+l.Status+" and takes no changes")
		}
		before := *l
		if err := e.apply(l, v, at); err != nil {
			return nil, err
		}
		changed := changedFields(before, *l)
		if len(changed) == 0 {
			return nil, nil
		}
		return []catalogue.Data{&catalogue.LeadChanged{Before: before, After: *l, Changed: changed}}, nil
	})
}

func (e LeadEdit) apply(l *catalogue.Lead, v *policy.View, at instant.Time) error {
	in := lead.Intake{Company: l.Company, Contact: l.Contact, Phone: l.Phone, Email: l.Email, WeChat: l.WeChat, Source: l.Source, Need: l.Need,
		CustomerType: l.CustomerType, BudgetBand: l.BudgetBand, KeyPerson: l.KeyPerson, KeyNeed: l.KeyNeed, Value: l.Value}
	for to, from := range map[*string]*string{&in.Company: e.Company, &in.Contact: e.Contact, &in.Phone: e.Phone, &in.Email: e.Email, &in.WeChat: e.WeChat,
		&in.Source: e.Source, &in.Need: e.Need, &in.CustomerType: e.CustomerType, &in.BudgetBand: e.BudgetBand, &in.KeyPerson: e.KeyPerson, &in.KeyNeed: e.KeyNeed} {
		if from != nil {
			*to = *from
		}
	}
	if e.Value != nil {
		in.Value = e.Value
	}
	in, err := in.Check(v, at)
	if err != nil {
		return err
	}
	l.Company, l.Contact, l.Phone, l.Email, l.WeChat, l.Source, l.Need = in.Company, in.Contact, in.Phone, in.Email, in.WeChat, in.Source, in.Need
	l.CustomerType, l.BudgetBand, l.KeyPerson, l.KeyNeed, l.Value = in.CustomerType, in.BudgetBand, in.KeyPerson, in.KeyNeed, in.Value
	lead.Judge(l)
	return nil
}

// changedFields names the fields in which two leads differ, by their JSON names.
func changedFields(before, after catalogue.Lead) []string {
	var names []string
	b, c := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range b.NumField() {
		if !reflect.DeepEqual(b.Field(i).Interface(), c.Field(i).Interface()) {
			name, _, _ := strings.Cut(b.Type().Field(i).Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

// CloseLead ends a lead with its reason.
func (a *App) CloseLead(ctx context.Context, id, reason string, match httpx.IfMatch) (*LeadDoc, error) {
	return a.onLead(ctx, id, access.LeadChange, match, func(l *catalogue.Lead, _ instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		reason = strings.TrimSpace(reason)
		if reason == "" {
			return nil, problem.InvalidFields(problem.Required("reason"))
		}
		l.CloseReason = reason
		return moved(l, catalogue.LeadClosed, reason, 0)
	})
}

// NurtureLead gives a lead to long-term nurture with its next date.
func (a *App) NurtureLead(ctx context.Context, id string, next instant.Time, reason string, match httpx.IfMatch) (*LeadDoc, error) {
	action := access.LeadChange
	if a.Guard.MayAtAll(ctx, access.Effect) == nil {
		action = access.Effect
	}
	return a.onLead(ctx, id, action, match, func(l *catalogue.Lead, at instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		if action == access.Effect && !lead.Open(l.Status) {
			return nil, nil // ended meanwhile: the rule came too late
		}
		if err := lead.CheckNurture(next, at); err != nil && action != access.Effect {
			return nil, err
		}
		l.NextTouchAt = next
		if l.Status == catalogue.LeadNurturing {
			lead.Judge(l)
			return []catalogue.Data{&catalogue.LeadStatusChanged{Lead: l.ID, Before: l.Status, After: l.Status, Reason: reason, NextAt: next}}, nil
		}
		return moved(l, catalogue.LeadNurturing, reason, next)
	})
}

// ReviveLead takes a nurtured lead up again.
func (a *App) ReviveLead(ctx context.Context, id, reason string, match httpx.IfMatch) (*LeadDoc, error) {
	return a.onLead(ctx, id, access.LeadChange, match, func(l *catalogue.Lead, _ instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		if l.Status != catalogue.LeadNurturing {
			return nil, problem.Refuse("R-012", "只有记录了跟进才算已联系", "a lead is contacted once a follow-up is recorded")
		}
		return moved(l, catalogue.LeadContacted, reason, 0)
	})
}

func moved(l *catalogue.Lead, to, reason string, next instant.Time) ([]catalogue.Data, error) {
	before := l.Status
	if err := lead.Move(l, to); err != nil {
		return nil, err
	}
	return []catalogue.Data{&catalogue.LeadStatusChanged{Lead: l.ID, Before: before, After: to, Reason: reason, Deal: l.Deal, NextAt: next}}, nil
}

// SetMark lets a rule's remark stand on a lead.
func (a *App) SetMark(ctx context.Context, id, rule string, evidence []string, cause string) (*LeadDoc, error) {
	return a.onLead(ctx, id, access.Effect, httpx.IfMatch{}, func(l *catalogue.Lead, at instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		for _, m := range l.Marks {
			if m.Rule == rule {
				return nil, nil
			}
		}
		m := catalogue.Mark{Rule: rule, Since: at, Cause: cause, Evidence: evidence}
		l.Marks = append(l.Marks[:len(l.Marks):len(l.Marks)], m)
		return []catalogue.Data{&catalogue.MarkSet{Subject: catalogue.Subject{Kind: catalogue.KindLead, ID: id}, Mark: m}}, nil
	})
}

// ClearMark takes a rule's remark away.
func (a *App) ClearMark(ctx context.Context, id, rule string) (*LeadDoc, error) {
	return a.onLead(ctx, id, access.Effect, httpx.IfMatch{}, func(l *catalogue.Lead, _ instant.Time, _ *policy.View) ([]catalogue.Data, error) {
		var kept []catalogue.Mark
		for _, m := range l.Marks {
			if m.Rule != rule {
				kept = append(kept, m)
			}
		}
		if len(kept) == len(l.Marks) {
			return nil, nil
		}
		l.Marks = kept
		return []catalogue.Data{&catalogue.MarkCleared{Subject: catalogue.Subject{Kind: catalogue.KindLead, ID: id}, Rule: rule}}, nil
	})
}
