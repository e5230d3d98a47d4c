package surveys

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// ruleAtMost is why a survey is skipped.
const ruleAtMost = "surveys.at_most"

// Send sends a customer a survey under an id, once; one who was asked enough
// lately is passed over, which is recorded too.
func (s *Surveys) Send(ctx context.Context, id string, ask effects.SendSurvey) (*Doc, error) {
	p := auth.From(ctx)
	if d, err := s.docs.Get(ctx, id); err == nil || !errors.Is(err, store.ErrNotFound) {
		return d, err
	}
	at, v, err := s.now()
	if err != nil {
		return nil, err
	}
	t, link, err := template(v.Sections.Surveys, ask)
	if err != nil {
		return nil, err
	}
	f, _, err := s.Files.Permitted(ctx, p, access.SurveySend, ask.Customer)
	if err != nil {
		return nil, err
	}
	body := Body{Intro: t.Intro, Questions: t.Questions, Survey: catalogue.Survey{ID: id, Customer: f.ID, Contact: ask.Contact, Template: t.ID, Kind: t.Kind, Name: t.Name,
		Occasion: ask.Occasion, Link: link, Ref: ask.Ref, Tier: f.Tier, Policy: v.Version, Status: catalogue.SurveyOpen, SentAt: at,
		Expires: v.After(at, v.Sections.PublicLinks.SurveyValid), SentBy: p.ID}}
	free, err := s.take(ctx, f.ID, id, at, v)
	if err != nil {
		return nil, err
	}
	d := store.New(id, body)
	var fact catalogue.Data
	if !free {
		d.Body.Status, d.Body.Why, d.Body.Reason, d.Body.Expires = catalogue.SurveyPassed, ruleAtMost, lang.T("客户近期被调查的次数已满", "the customer was asked often enough lately"), 0
		fact = &catalogue.SurveySkipped{After: d.Body.Survey}
	} else {
		fact = &catalogue.SurveySent{After: d.Body.Survey}
	}
	err = s.commit(ctx, d, at, fact)
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return s.docs.Get(ctx, id)
	}
	return d, err
}

// template gives what is asked, and at which link of the life cycle.
func template(p policy.Surveys, ask effects.SendSurvey) (*policy.SurveyTemplate, string, error) {
	var f []problem.Field
	id, link := ask.Template, ask.Link
	if o := p.Occasion(ask.Occasion); o != nil {
		if id == "" {
			id = o.Template
		}
		if link == "" {
			link = o.Link
		}
	} else if ask.Occasion != "" && ask.Template == "" {
		f = append(f, problem.FieldError("occasion", "one_of", "没有这个时机", "no occasion has this id"))
	}
	t := p.Template(id)
	switch {
	case id == "" && len(f) == 0:
		f = append(f, problem.Required("template"))
	case t == nil && id != "":
		f = append(f, problem.FieldError("template", "one_of", "没有这个调查模板", "no template has this id"))
	}
	if link != "" && !policy.Has(p.Links, link) {
		f = append(f, problem.FieldError("link", "one_of", "没有这个环节", "no link has this id"))
	}
	if ask.Customer == "" {
		f = append(f, problem.Required("customer"))
	}
	return t, link, problem.InvalidFields(f...)
}

// take takes one of the places that a customer has for surveys; false: there is none.
func (s *Surveys) take(ctx context.Context, customer, survey string, at instant.Time, v *policy.View) (bool, error) {
	p := v.Sections.Surveys
	for range 20 {
		d, err := s.asked.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(customer, asked{Belonging: holdings.Belonging{Customer: customer}}), nil
		}
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(d.Body.Lately, func(a asking) bool { return a.Survey == survey }) {
			return true, nil
		}
		d.Body.Lately = slices.DeleteFunc(slices.Clone(d.Body.Lately), func(a asking) bool { return at >= v.After(a.At, p.Window) })
		if len(d.Body.Lately) >= p.AtMost {
			return false, nil
		}
		d.Body.Lately = append(d.Body.Lately, asking{survey, at})
		if err = s.asked.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return err == nil, err
		}
	}
	return false, store.ErrConflict
}

// giveBack gives the place of a survey back that never reached the customer.
func (s *Surveys) giveBack(ctx context.Context, customer, survey string) error {
	for range 20 {
		d, err := s.asked.Get(ctx, customer)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		d.Body.Lately = slices.DeleteFunc(slices.Clone(d.Body.Lately), func(a asking) bool { return a.Survey == survey })
		if err = s.asked.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return store.ErrConflict
}

// Address gives the address of the page on which a survey is answered.
func (s *Surveys) Address(k catalogue.Survey) (string, error) {
	return s.Links.Address(signedlink.Link{Purpose: purpose, Subject: k.ID, Expires: k.Expires})
}

// deliver sends the link; a survey that may not reach the customer is passed over.
func (s *Surveys) deliver(ctx context.Context, k catalogue.Survey) error {
	d, err := s.docs.Get(ctx, k.ID)
	if err != nil || d.Body.Status != catalogue.SurveyOpen {
		return err
	}
	at, v, err := s.now()
	if err != nil {
		return err
	}
	f, err := s.Files.Root(ctx, d.Body.Customer)
	if err != nil {
		return err
	}
	address, err := s.Address(d.Body.Survey)
	if err != nil {
		return err
	}
	refused, err := reach.Say(ctx, s.Outreach, "survey:"+k.ID, k.SentBy, effects.ReachCustomer{Customer: f.ID, Contact: k.Contact, Channel: channel(v, f), Purpose: purpose,
		Department: reach.Service, Subject: d.Body.Name, Text: lang.T(d.Body.Intro.Zh+"\n"+address, d.Body.Intro.En+"\n"+address), Uses: uses(k),
		For: &catalogue.Subject{Kind: catalogue.KindSurvey, ID: k.ID}, Until: d.Body.Expires})
	if err != nil || refused == nil {
		return err
	}
	return s.pass(ctx, d, at, refused.Rule, refused.Text)
}

// pass notes that a survey never reached the customer, and gives its place back.
func (s *Surveys) pass(ctx context.Context, d *Doc, at instant.Time, rule string, why lang.Text) error {
	d.Body.Status, d.Body.Why, d.Body.Reason = catalogue.SurveyPassed, rule, why
	if err := s.commit(ctx, d, at, &catalogue.SurveySkipped{After: d.Body.Survey}); err != nil {
		return err
	}
	return s.giveBack(ctx, d.Body.Customer, d.ID)
}

func channel(v *policy.View, f customer.File) string {
	if c := v.Sections.Surveys.Channel; c != "" {
		return c
	}
	return reach.Channel(f)
}

func uses(k catalogue.Survey) []string {
	if k.Ref == nil {
		return nil
	}
	return []string{k.Ref.Kind + "/" + k.Ref.ID}
}
