package outreach

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Names of the rules that refuse a contact, besides those of the budget.
const (
	ruleConsent   = "outreach.consent"
	ruleAddress   = "outreach.address"
	ruleLeft      = "outreach.contact_left"
	ruleWithdrawn = "outreach.withdrawn"
	ruleTooLate   = "outreach.until"
)

// purposeAnswer is exempt only while the customer waits for an answer.
const purposeAnswer = "answer"

// Reach plans a contact with a customer under an id, and sends it if its place in
// the contact budget is now (D-9). Asked again under the id it answers as it
// stands. Errors: refused with the rule and until when, invalid fields, no such customer.
func (o *Outreach) Reach(ctx context.Context, id, by string, ask effects.ReachCustomer) (catalogue.Outreach, error) {
	now := o.Clock()
	v, err := o.view(now)
	if err != nil {
		return catalogue.Outreach{}, err
	}
	d, err := o.contacts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		d, err = o.write(ctx, v, id, by, ask, now)
	}
	if err != nil {
		return catalogue.Outreach{}, err
	}
	if d.Body.Placing {
		if d, err = o.place(ctx, id); err != nil {
			return catalogue.Outreach{}, err
		}
		if d.Body.SendAt <= o.Clock() { // it took its place a moment after it was asked for
			if err := o.leave(ctx, d.Body.Customer); err != nil {
				return catalogue.Outreach{}, err
			}
			if d, err = o.contacts.Get(ctx, id); err != nil {
				return catalogue.Outreach{}, err
			}
		}
	}
	return d.Body.Outreach, refusal(d.Body.Outreach)
}

// refusal is the error of a contact that a rule forbids.
func refusal(c catalogue.Outreach) error {
	if c.Status != catalogue.OutreachRefused {
		return nil
	}
	return problem.Refuse(c.Rule, c.Reason.Zh, c.Reason.En)
}

// write writes a contact down, not yet placed.
func (o *Outreach) write(ctx context.Context, v *policy.View, id, by string, ask effects.ReachCustomer, now instant.Time) (*store.Doc[Contact], error) {
	if ask.Channel == "email" { // what senders call mail
		ask.Channel = "mail"
	}
	if err := problem.InvalidFields(check(v.Sections.Outreach, ask, now)...); err != nil {
		return nil, err
	}
	f, err := o.file(ctx, ask.Customer)
	if err != nil {
		return nil, err
	}
	if ask.Contact != "" && contactOf(f, ask.Contact) == nil {
		return nil, problem.InvalidFields(problem.FieldError("contact", "exists", "该客户没有这个联系人", "is no contact of this customer"))
	}
	c := Contact{Placing: true, Open: true, Refuses: ask.IfFull == "refuse", Outreach: catalogue.Outreach{ID: id, Customer: f.ID, Contact: ask.Contact, Channel: ask.Channel,
		Purpose: ask.Purpose, Department: ask.Department, Subject: ask.Subject, Text: ask.Text, Language: language(f), Uses: ask.Uses, Urgent: ask.Urgent, For: ask.For,
		Status: catalogue.OutreachPlanned, NotBefore: ask.NotBefore, Until: ask.Until, By: by, PlannedAt: now}}
	d := store.New(id, c)
	err = o.contacts.Commit(ctx, d, "")
	if errors.Is(err, store.ErrExists) {
		return o.contacts.Get(ctx, id)
	}
	return d, err
}

// check gives what is wrong with an ask by itself.
func check(p policy.Outreach, ask effects.ReachCustomer, now instant.Time) []problem.Field {
	var wrong []problem.Field
	if _, ok := p.Channel(ask.Channel); !ok {
		var ids []string
		for _, c := range p.Channels {
			ids = append(ids, c.ID)
		}
		wrong = append(wrong, problem.FieldError("channel", "one_of", "只能是："+strings.Join(ids, "、"), "must be one of "+strings.Join(ids, ", ")))
	}
	if strings.TrimSpace(ask.Text.Zh+ask.Text.En) == "" {
		wrong = append(wrong, problem.Required("text"))
	}
	if ask.Channel == "mail" && strings.TrimSpace(ask.Subject.Zh+ask.Subject.En) == "" {
		wrong = append(wrong, problem.Required("subject"))
	}
	if ask.Until != 0 && ask.Until < max(ask.NotBefore, now) {
		wrong = append(wrong, problem.FieldError("until", "after", "不能早于计划发送的时间", "must not be before it is meant to leave"))
	}
	if ask.For != nil && (ask.For.Kind == "" || ask.For.ID == "") {
		wrong = append(wrong, problem.Required("for"))
	}
	return wrong
}

// place gives a contact its place in the budget, or refuses it.
func (o *Outreach) place(ctx context.Context, id string) (*store.Doc[Contact], error) {
	d, err := o.contacts.Get(ctx, id)
	if err != nil || !d.Body.Placing {
		return d, err
	}
	c, now := d.Body.Outreach, o.Clock()
	v, err := o.view(now)
	if err != nil {
		return nil, err
	}
	f, err := o.file(ctx, c.Customer)
	if err != nil {
		return nil, err
	}
	rule, why, err := o.forbidden(ctx, v, f, c)
	if err != nil {
		return nil, err
	}
	got, counted := budget.Answer{Rule: rule}, false
	r := budget.RulesOf(v, f.TimeZone)
	if rule == "" {
		_, err = o.spend(ctx, f.ID, func(b *budget.Budget) bool {
			slot := slotOf(v, b, r, c, now)
			counted = !slot.Free
			got = b.Take(slot, d.Body.Refuses, now, r)
			return got.Granted
		})
		if err != nil {
			return nil, err
		}
		why = inWords(got, r)
	}
	status := catalogue.OutreachPlanned
	switch {
	case !got.Granted:
		status = catalogue.OutreachRefused
	case got.Rule != "":
		status = catalogue.OutreachDeferred
	}
	return o.change(ctx, id, status, func(c *Contact) bool {
		if !c.Placing {
			return false
		}
		c.Placing, c.Status, c.SendAt, c.Rule, c.Reason, c.Counted, c.Customer = false, status, got.At, got.Rule, why, counted, f.ID
		if status == catalogue.OutreachRefused {
			c.Open, c.EndedAt = false, now
		}
		return true
	})
}

// slotOf gives what a contact takes from the budget.
func slotOf(v *policy.View, b *budget.Budget, r budget.Rules, c catalogue.Outreach, now instant.Time) budget.Slot {
	p := v.Sections.Outreach
	free := slices.Contains(p.Exempt, c.Purpose) && (c.Purpose != purposeAnswer || b.Answers(max(now, c.NotBefore), r))
	return budget.Slot{ID: c.ID, Department: c.Department, Channel: c.Channel, Purpose: c.Purpose, By: c.By, From: c.NotBefore, Until: c.Until, Free: free,
		AnyHour: slices.Contains(p.AnyHour, c.Purpose) || c.Urgent && p.UrgentAnyHour}
}

// forbidden tells which rule forbids a contact whatever the budget says.
func (o *Outreach) forbidden(ctx context.Context, v *policy.View, f customer.File, c catalogue.Outreach) (string, lang.Text, error) {
	if c.For != nil {
		for _, mark := range []string{c.For.Kind + "/" + c.For.ID, one(c.ID)} {
			_, err := o.withdrawals.Get(ctx, mark)
			if err == nil {
				return ruleWithdrawn, lang.T("所属事项的触达已撤回", "What it belongs to was withdrawn"), nil
			}
			if !errors.Is(err, store.ErrNotFound) {
				return "", lang.Text{}, err
			}
		}
	}
	rule, why := unwelcome(v.Sections.Outreach, f, c)
	return rule, why, nil
}

// unwelcome tells whether the customer must not, or cannot, be reached that way.
func unwelcome(p policy.Outreach, f customer.File, c catalogue.Outreach) (string, lang.Text) {
	said := ""
	for _, k := range f.Consent {
		if k.Channel == c.Channel {
			said = k.Status
		}
	}
	switch {
	case said == catalogue.ConsentWithdrawn && !slices.Contains(p.DespiteNo, c.Purpose):
		return ruleConsent, lang.T("客户已撤回该渠道的同意", "The customer withdrew consent to this channel")
	case said == "" && slices.Contains(p.OptIn, c.Channel):
		return ruleConsent, lang.T("该渠道需要客户同意", "This channel takes the customer's consent")
	}
	if k := contactOf(f, c.Contact); c.Contact != "" && (k == nil || k.LeftAt != 0) {
		return ruleLeft, lang.T("联系人已离开", "The contact has left")
	}
	if address(f, c.Contact, c.Channel) == "" {
		return ruleAddress, lang.T("没有该渠道的联系方式", "No address is known for this channel")
	}
	return "", lang.Text{}
}

var ruleTexts = map[string]lang.Text{
	budget.PerDay:     lang.T("当天的联系次数已满", "The contacts of the day are used up"),
	budget.PerWeek:    lang.T("七天内的联系次数已满", "The contacts of seven days are used up"),
	budget.QuietHours: lang.T("客户的免打扰时段", "The customer's quiet hours"),
}

// inWords says what the budget answered, with until when.
func inWords(a budget.Answer, r budget.Rules) lang.Text {
	t, ok := ruleTexts[a.Rule]
	if !ok {
		return lang.Text{}
	}
	return lang.T(t.Zh+"，最早可在 "+r.Local(a.At), t.En+"; free from "+r.Local(a.At)+" on")
}
