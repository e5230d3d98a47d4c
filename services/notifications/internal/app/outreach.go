package app

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

// OutreachTypes are the facts that tell what customers are to be told.
var OutreachTypes = []string{(&catalogue.OutreachStepped{}).Kind().Type}

// ReactToOutreach carries out that a customer was sent something: one delivery for
// each contact, whoever tells it how often (D-9).
func (d *Desk) ReactToOutreach(ctx context.Context, e facts.Event) error {
	f, err := facts.Decode[catalogue.OutreachStepped](e)
	if err != nil {
		return facts.Final(err)
	}
	if f.Change != catalogue.OutreachSent {
		return nil
	}
	v, err := d.Policy.At(e.Time)
	if err != nil {
		return problem.Away(err)
	}
	o := f.After
	one := outbox.Delivery{ID: outbox.DeliveryID(o.ID, "customer", o.Channel), Outreach: &o, Channel: outbox.Webhook, Target: outbox.Gateways, Status: outbox.Pending, Open: true,
		Next: d.Clock(), At: d.Clock(), Trace: telemetry.Here(ctx)}
	if c, ok := v.Sections.Outreach.Channel(o.Channel); ok && c.By == policy.ByMail {
		one.Channel, one.Target = outbox.Email, outbox.Customers
	}
	err = d.Docs.Deliveries.Commit(ctx, store.New(one.ID, one), "")
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	d.Wake()
	return err
}

// reach carries to a customer: by mail, or through the gateway of the channel.
func (s *Sender) reach(ctx context.Context, v *outbox.Delivery) error {
	o, now := *v.Outreach, s.Desk.Clock()
	view, err := s.Desk.Policy.At(now)
	if err != nil {
		return err
	}
	if awake := outbox.Awake(view, o, now); awake > now {
		return channel.Later(errors.New("the customer's quiet hours have begun meanwhile"), awake.Sub(now))
	}
	if v.Channel == outbox.Email {
		if s.Mail == nil {
			return channel.Final(errors.New("mail is not configured"))
		}
		return s.Mail.Send(ctx, catalogue.Person{Email: o.Address, Language: o.Language}, channel.Content{ID: v.ID, Outreach: &o})
	}
	hooks, err := s.Desk.Hooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if h.Carries(o.Channel) {
			return s.Hook.Carry(ctx, h, v.ID, o)
		}
	}
	return channel.Final(fmt.Errorf("no gateway carries %s: register a webhook for the channel and try again", o.Channel))
}

// about tells whom a delivery is about, and which contact it is.
func about(v *outbox.Delivery) (customer, outreach string) {
	if v.Outreach != nil {
		return v.Outreach.Customer, v.Outreach.ID
	}
	return v.Reminder.Customer, ""
}
