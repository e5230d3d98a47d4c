package surveys

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// Turning points that facts tell of; others are asked for by journeys, by the
// interface, or by an entry of the timeline whose data names the occasion.
const (
	occasionCase           = "case_closed"
	occasionImplementation = "implementation_finished"
)

// Types are the facts that surveys react to.
var Types = []string{(&catalogue.SurveySent{}).Kind().Type, (&catalogue.CaseStepped{}).Kind().Type, (&catalogue.MaintenanceChanged{}).Kind().Type,
	(&catalogue.TimelineRecorded{}).Kind().Type, (&catalogue.OutreachStepped{}).Kind().Type}

// Observe sends what was asked for, and asks at turning points. A turning
// point sends its survey under the fact's id, so that it sends it once.
func (s *Surveys) Observe(ctx context.Context, e facts.Event) error {
	ctx = facts.WithCause(auth.With(ctx, process), e.ID)
	switch e.Type {
	case Types[0]:
		d, err := facts.Decode[catalogue.SurveySent](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.deliver(ctx, d.After)
	case Types[1]:
		d, err := facts.Decode[catalogue.CaseStepped](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.caseClosed(ctx, d)
	case Types[2]:
		d, err := facts.Decode[catalogue.MaintenanceChanged](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.linkLeft(ctx, d)
	case Types[3]:
		d, err := facts.Decode[catalogue.TimelineRecorded](e)
		if err != nil {
			return facts.Final(err)
		}
		if o := d.After.Data["occasion"]; o != "" && d.After.Source != timeline.Own { // ours tell of what was sent already
			return s.occasion(ctx, "entry:"+d.After.ID, o, effects.SendSurvey{Customer: d.After.Customer, Ref: d.After.Ref})
		}
	case Types[4]:
		d, err := facts.Decode[catalogue.OutreachStepped](e)
		if err != nil {
			return facts.Final(err)
		}
		return s.unsent(ctx, d)
	}
	return nil
}

// unsent passes a survey over whose link never left: it waited for its place, and
// by then a rule forbade it.
func (s *Surveys) unsent(ctx context.Context, d catalogue.OutreachStepped) error {
	about := d.After.For
	if d.Change != catalogue.OutreachRefused && d.Change != catalogue.OutreachWithdrawn || about == nil || about.Kind != catalogue.KindSurvey {
		return nil
	}
	return race.Again(ctx, 20, func() error {
		k, err := s.docs.Get(ctx, about.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && k.Body.Status != catalogue.SurveyOpen {
			return nil
		}
		if err != nil {
			return err
		}
		return s.pass(ctx, k, s.Clock(), cmp.Or(d.After.Rule, "outreach.withdrawn"), d.After.Reason)
	})
}

// caseClosed asks after a case that was solved.
func (s *Surveys) caseClosed(ctx context.Context, d catalogue.CaseStepped) error {
	if d.Step != "closed" || d.After.CloseWhy != "solved" && d.After.CloseWhy != "agreed" {
		return nil
	}
	v, err := s.Policy.At(s.Clock())
	if err != nil {
		return err
	}
	o := v.Sections.Surveys.Occasion(occasionCase)
	if o == nil || len(o.Kinds) > 0 && !slices.Contains(o.Kinds, d.After.Kind) || d.After.Ref != nil && d.After.Ref.Kind == catalogue.KindSurvey {
		return nil // who complained in a survey is not asked by another one
	}
	id := "case:" + d.After.ID + ":" + d.After.ClosedAt.String()
	return s.occasion(ctx, id, occasionCase, effects.SendSurvey{Customer: d.After.Customer, Contact: d.After.Contact, Ref: &catalogue.Subject{Kind: catalogue.KindCase, ID: d.After.ID}})
}

// linkLeft asks when implementation is finished.
func (s *Surveys) linkLeft(ctx context.Context, d catalogue.MaintenanceChanged) error {
	n := len(d.After.Links)
	if d.Change != "link" || n == 0 || d.After.Links[n-1].Link != catalogue.LinkImplementation || d.After.Link == catalogue.LinkSigning {
		return nil
	}
	return s.occasion(ctx, "link:"+d.After.Customer+":"+d.After.Links[n-1].Until.String(), occasionImplementation, effects.SendSurvey{Customer: d.After.Customer, Contact: d.After.Contact})
}

// occasion sends the survey of a turning point that the book has; another is nobody's business here.
func (s *Surveys) occasion(ctx context.Context, id, occasion string, ask effects.SendSurvey) error {
	v, err := s.Policy.At(s.Clock())
	if err != nil {
		return err
	}
	if v.Sections.Surveys.Occasion(occasion) == nil {
		return nil
	}
	ask.Occasion = occasion
	_, err = s.Send(ctx, id, ask)
	var wrong *problem.Error
	if errors.As(err, &wrong) && wrong.Code == problem.Invalid {
		return facts.Final(err)
	}
	return err
}
