package contracts

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/service"
)

// Types are the facts that contracts and prices react to.
var Types = []string{(&catalogue.ContractSentFact{}).Kind().Type, (&catalogue.ContractUrged{}).Kind().Type, (&catalogue.ContractSignedFact{}).Kind().Type,
	(&catalogue.ContractActivated{}).Kind().Type, (&catalogue.CustomerChanged{}).Kind().Type, (&catalogue.OfferPushed{}).Kind().Type, (&catalogue.PaymentRecorded{}).Kind().Type,
	(&catalogue.OwnerChanged{}).Kind().Type, (&catalogue.CustomerClaimed{}).Kind().Type}

// Part is contracts with prices as a part of the service.
type Part struct {
	*Contracts
	Deps service.Deps
}

// Run reacts to facts, and clears away documents that no contract names, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx, p.papers.Run, func(ctx context.Context) error {
		return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.contracts", Topics: []string{catalogue.TopicAccounts, catalogue.TopicLeads}, Types: Types, Handle: p.React})
	})
}

// React does what follows of a fact; done again, it changes nothing.
func (c *Contracts) React(ctx context.Context, e facts.Event) error {
	switch e.Type {
	case (&catalogue.ContractSentFact{}).Kind().Type:
		d, err := facts.Decode[catalogue.ContractSentFact](e)
		return either(err, func() error { return c.write(ctx, d.After, false) })
	case (&catalogue.ContractUrged{}).Kind().Type:
		d, err := facts.Decode[catalogue.ContractUrged](e)
		return either(err, func() error { return c.write(ctx, d.After, true) })
	case (&catalogue.ContractSignedFact{}).Kind().Type:
		d, err := facts.Decode[catalogue.ContractSignedFact](e)
		return either(err, func() error {
			if d.After.Kind != catalogue.ContractRenewal || d.After.Parent == "" {
				return nil
			}
			return c.settle(ctx, d.After)
		})
	case (&catalogue.ContractActivated{}).Kind().Type:
		d, err := facts.Decode[catalogue.ContractActivated](e)
		return either(err, func() error { return c.offer(ctx, d.After.Customer) })
	case (&catalogue.CustomerChanged{}).Kind().Type:
		d, err := facts.Decode[catalogue.CustomerChanged](e)
		return either(err, func() error {
			if d.Before.Tier == d.After.Tier {
				return nil
			}
			return c.offer(ctx, d.After.ID)
		})
	case (&catalogue.OfferPushed{}).Kind().Type:
		d, err := facts.Decode[catalogue.OfferPushed](e)
		return either(err, func() error { return c.mail(ctx, d) })
	case (&catalogue.OwnerChanged{}).Kind().Type:
		d, err := facts.Decode[catalogue.OwnerChanged](e)
		return either(err, func() error { return c.follow(ctx, d.After, e.Version) })
	case (&catalogue.CustomerClaimed{}).Kind().Type:
		d, err := facts.Decode[catalogue.CustomerClaimed](e)
		return either(err, func() error { return c.follow(ctx, d.After, e.Version) })
	case (&catalogue.PaymentRecorded{}).Kind().Type:
		d, err := facts.Decode[catalogue.PaymentRecorded](e)
		return either(err, func() error { return c.paid(ctx, d.After) })
	}
	return nil
}

func either(err error, do func() error) error {
	if err != nil {
		return facts.Final(err)
	}
	return do()
}

// offer pushes what a customer is eligible for by now.
func (c *Contracts) offer(ctx context.Context, customerID string) error {
	_, err := c.Prices.Push(ctx, customerID)
	return err
}

// mail sends an offer that was pushed.
func (c *Contracts) mail(ctx context.Context, o catalogue.OfferPushed) error {
	ask, err := c.Prices.Letter(ctx, o)
	if err != nil || ask.Text.IsZero() {
		return err // it stands no more
	}
	return c.reach(ctx, o.Outreach, ask)
}

// write sends the signing link, or reminds of it, while it is the newest.
func (c *Contracts) write(ctx context.Context, told catalogue.Contract, again bool) error {
	d, err := c.get(ctx, told.ID)
	if err != nil {
		return err
	}
	o := d.Body.Contract
	if o.Status != catalogue.ContractSent || o.Round != told.Round {
		return nil
	}
	address, err := c.SigningAddress(ctx, o)
	if err == nil && address == "" {
		address, err = c.hand(ctx, o)
	}
	if err != nil {
		return err
	}
	id := fmt.Sprintf("contract:%s:%d:%d", o.ID, o.Round, told.Urged)
	subject := lang.T("请签署合同 "+o.Number, "Please sign contract "+o.Number)
	text := lang.T("请打开链接阅读并签署："+address, "Open the link to read and sign it: "+address)
	if again {
		subject = lang.T("提醒：合同 "+o.Number+" 待签署", "Reminder: contract "+o.Number+" waits for your signature")
	}
	return c.reach(ctx, id, effects.ReachCustomer{Customer: o.Customer, Channel: "mail", Purpose: "contract", Department: "sales", Subject: subject, Text: text,
		Uses: []string{"contract/" + o.ID}, For: &catalogue.Subject{Kind: catalogue.KindContract, ID: o.ID}, Until: o.SignBy})
}

// reach sends what the contact budget allows; what a rule refuses stays unsent and is seen in the outreach.
func (c *Contracts) reach(ctx context.Context, id string, ask effects.ReachCustomer) error {
	if c.Reach == nil {
		c.Log.WarnContext(ctx, "nothing is sent to customers", "outreach", id)
		return nil
	}
	err := c.Reach(ctx, id, ask)
	var p *problem.Error
	if errors.As(err, &p) && p.Code == problem.Refused {
		return nil
	}
	return err
}

// paid takes a payment for a contract that another system told of.
func (c *Contracts) paid(ctx context.Context, p catalogue.Payment) error {
	if p.Contract == "" || p.Type != "payment" {
		return nil
	}
	d, err := c.get(ctx, p.Contract)
	var e *problem.Error
	if errors.As(err, &e) && e.Code == problem.NotFound {
		return nil // a contract of another system
	}
	if err != nil {
		return err
	}
	v, now, err := c.view()
	if err != nil {
		return err
	}
	told, err := c.pay(&edit{Contract: &d.Body.Contract, v: v, now: now, ctx: ctx}, catalogue.ContractPayment{ID: p.ID, Amount: p.Amount, PaidAt: p.PaidAt, RecordedBy: p.Source})
	if errors.As(err, &e) || len(told) == 0 {
		return nil // more than is owed, or known already: the payment itself is on the timeline
	}
	_, err = c.commit(ctx, d, "payment:"+p.ID, v, now, told)
	return err
}

// Register adds the operations of contracts and prices.
func (p Part) Register(s *httpx.Server) {
	p.Contracts.Register(s)
	p.Prices.Register(s)
}
