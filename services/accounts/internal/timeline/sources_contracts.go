package timeline

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// contractSources are the facts of contracts, prices and key accounts.
var contractSources = map[string]Source{
	typeOf(&catalogue.ContractSentFact{}):              of(contractSent),
	typeOf(&catalogue.ContractSignedFact{}):            of(contractSigned),
	typeOf(&catalogue.ContractChanged{}):               of(contractDeclined),
	typeOf(&catalogue.ContractEnded{}):                 of(contractEnded),
	typeOf(&catalogue.ContractMarked{}):                of(contractMarked),
	typeOf(&catalogue.ContractPaid{}):                  of(contractPaid),
	typeOf(&catalogue.ContractRenewalIntentRecorded{}): of(renewalIntent),
	typeOf(&catalogue.QuoteRequested{}):                of(quoteRequested),
	typeOf(&catalogue.QuotesCompared{}):                of(quotesCompared),
	typeOf(&catalogue.OfferPushed{}):                   of(offerPushed),
	typeOf(&catalogue.KeyAccountNoted{}):               of(keyAccountNoted),
	typeOf(&catalogue.CocreationChanged{}):             of(cocreationChanged),
}

func ofContract(c catalogue.Contract, status, direction string, says lang.Text) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryContract, Customer: c.Customer, Direction: direction, Ref: &catalogue.Subject{Kind: catalogue.KindContract, ID: c.ID},
		Says: lang.T("合同 "+c.Number+"："+says.Zh, "Contract "+c.Number+": "+says.En), Data: words("status", status, "contract", c.ID, "kind", c.Kind)}
}

func contractSent(d catalogue.ContractSentFact, _ facts.Event) catalogue.TimelineEntry {
	e := ofContract(d.After, "sent", catalogue.Outbound, lang.T("已发送签署", "sent for signing"))
	e.By, e.OccurredAt = d.After.Owner, d.After.SentAt
	return e
}

// contractSigned tells when the contract ends too: from then on a renewal is looked for.
func contractSigned(d catalogue.ContractSignedFact, _ facts.Event) catalogue.TimelineEntry {
	c := d.After
	e := ofContract(c, "signed", catalogue.Inbound, lang.T("客户已签署", "signed by the customer"))
	e.OccurredAt, e.Amount = c.SignedAt, &c.Total
	if c.Kind != catalogue.ContractAmendment { // additions end with what they add to
		e.Data["ends_at"] = c.Until.String()
	}
	if c.Signature != nil {
		e.Contact = c.Signature.Name
	}
	return e
}

func contractDeclined(d catalogue.ContractChanged, _ facts.Event) catalogue.TimelineEntry {
	if d.Reason != "declined" {
		return catalogue.TimelineEntry{}
	}
	return ofContract(d.After, "declined", catalogue.Inbound, lang.T("客户暂不签署："+d.Says, "the customer does not sign it: "+d.Says))
}

var endings = map[string]lang.Text{catalogue.ContractExpired: lang.T("已到期", "ended"), catalogue.ContractTerminated: lang.T("提前终止", "terminated"),
	catalogue.ContractRenewed: lang.T("已由新合同续签", "renewed by another")}

func contractEnded(d catalogue.ContractEnded, _ facts.Event) catalogue.TimelineEntry {
	c := d.After
	// "renewed" is what the contract that follows says when it is signed.
	status := strings.Replace(c.Status, catalogue.ContractRenewed, "succeeded", 1)
	e := ofContract(c, status, catalogue.Neither, endings[c.Status])
	e.OccurredAt = c.EndedAt
	if c.Status == catalogue.ContractRenewed {
		e.Data["renewal"] = "intended"
	}
	return e
}

// contractMarked keeps the early sign that a renewal is at risk and what is overdue.
func contractMarked(d catalogue.ContractMarked, _ facts.Event) catalogue.TimelineEntry {
	says := map[string]lang.Text{catalogue.MarkRenewalAtRisk: lang.T("临近到期，尚无续约意向", "near its end without intent to renew"),
		catalogue.MarkPaymentOverdue: lang.T("款项逾期", "a payment is overdue")}[d.Mark]
	if !d.Set {
		return catalogue.TimelineEntry{}
	}
	return ofContract(d.After, d.Mark, catalogue.Neither, says)
}

// contractPaid tells how late a payment is; one that an order's system told is on the timeline already.
func contractPaid(d catalogue.ContractPaid, _ facts.Event) catalogue.TimelineEntry {
	if d.Actor.Kind == catalogue.ActorProcess {
		return catalogue.TimelineEntry{}
	}
	p := d.Payment
	e := catalogue.TimelineEntry{Kind: catalogue.EntryPayment, Customer: d.After.Customer, Direction: catalogue.Inbound, OccurredAt: p.PaidAt, By: p.RecordedBy, Amount: &p.Amount,
		Ref: &catalogue.Subject{Kind: catalogue.KindContract, ID: d.After.ID}, Says: lang.T("合同 "+d.After.Number+" 收款 "+p.Amount.String(), "Contract "+d.After.Number+": paid "+p.Amount.String()),
		Data: words("contract", d.After.ID, "type", "payment", "correlation", p.ID), Numbers: map[string]float64{}}
	if i := p.Installment - 1; i >= 0 && i < len(d.After.Schedule) {
		due := d.After.Schedule[i].Due
		e.Data["due_at"], e.Numbers["days_late"] = due.String(), p.PaidAt.Sub(due).Hours()/24
	}
	return e
}

func renewalIntent(d catalogue.ContractRenewalIntentRecorded, _ facts.Event) catalogue.TimelineEntry {
	i := d.After.Renewal
	if i == nil {
		return catalogue.TimelineEntry{}
	}
	says := map[string]lang.Text{catalogue.IntentRenew: lang.T("客户有意续约", "the customer wants to renew"), catalogue.IntentLeave: lang.T("客户表示不再续约", "the customer will not renew"),
		catalogue.IntentUndecided: lang.T("客户尚未决定是否续约", "the customer has not decided about renewing")}[i.Intent]
	e := ofContract(d.After, "renewal_"+i.Intent, catalogue.Inbound, says)
	e.By, e.OccurredAt = i.By, i.At
	switch i.Intent {
	case catalogue.IntentRenew:
		e.Data["renewal"] = "intended"
	case catalogue.IntentLeave:
		e.Data["renewal"] = "declined"
	}
	return e
}

// quoteRequested counts as comparing where the customer says so, or asks again within the window.
func quoteRequested(d catalogue.QuoteRequested, _ facts.Event) catalogue.TimelineEntry {
	r := d.Request
	e := catalogue.TimelineEntry{Kind: catalogue.EntryQuote, Customer: r.Customer, SourceID: "quote_request:" + r.ID, OccurredAt: r.At, Direction: catalogue.Inbound, By: r.By, Amount: &r.Total,
		Says: lang.T("客户询价："+strings.Join(r.Products, "、"), "Asked for prices: "+strings.Join(r.Products, ", ")), Data: words("quote", r.ID, "channel", r.Channel, "compared", r.ComparesWith),
		Numbers: map[string]float64{"in_window": float64(d.InWindow)}}
	if r.ComparesWith != "" || d.InWindow > 1 {
		e.Data["status"] = "compared"
	}
	return e
}

func quotesCompared(d catalogue.QuotesCompared, _ facts.Event) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryQuote, Customer: d.Customer, Direction: catalogue.Neither, Numbers: map[string]float64{"requests": float64(d.Count)},
		Says: says("自 %[2]s 起询价 %[1]d 次，可能在比价", "Asked for prices %[1]d times since %[2]s: probably comparing", d.Count, d.Since.String()[:10]), Data: words("status", "repeated")}
}

func offerPushed(d catalogue.OfferPushed, _ facts.Event) catalogue.TimelineEntry {
	return catalogue.TimelineEntry{Kind: catalogue.EntryQuote, Customer: d.Customer, Direction: catalogue.Neither, Says: lang.T("获得优惠："+d.Name.Zh+"（"+d.Because.Zh+"）", "Got an offer: "+d.Name.En+" ("+d.Because.En+")"),
		Data: words("status", "offered", "offer", d.Offer)}
}

func keyAccountNoted(d catalogue.KeyAccountNoted, _ facts.Event) catalogue.TimelineEntry {
	n := d.Note
	kind := catalogue.EntryNote
	if n.Kind == "need_change" {
		kind = catalogue.EntryNeed
	}
	return catalogue.TimelineEntry{Kind: kind, Customer: n.Customer, OccurredAt: n.At, Direction: catalogue.Neither, By: n.By, Says: lang.T(n.Title, n.Title), Data: words("topic", n.Kind, "source", n.Source)}
}

// cocreationChanged keeps what both sides said: a guest's word is the customer's.
func cocreationChanged(d catalogue.CocreationChanged, _ facts.Event) catalogue.TimelineEntry {
	c := d.After
	e := catalogue.TimelineEntry{Kind: catalogue.EntryEvent, Customer: c.Customer, Direction: catalogue.Neither, Data: words("status", d.What, "item", c.ID, "topic", c.Kind)}
	switch d.What {
	case "opened":
		e.Says = lang.T("共创空间："+c.Title, "Co-creation: "+c.Title)
		side(&e, c.Guest, c.By, c.Name)
	case "comment":
		if len(c.Comments) == 0 {
			return catalogue.TimelineEntry{}
		}
		last := c.Comments[len(c.Comments)-1]
		e.Says = lang.T("共创空间“"+c.Title+"”："+last.Text, "Co-creation \""+c.Title+"\": "+last.Text)
		side(&e, last.Guest, last.By, last.Name)
	default:
		e.Says = lang.T("共创空间“"+c.Title+"”："+d.Before+" → "+c.State, "Co-creation \""+c.Title+"\": "+d.Before+" → "+c.State)
	}
	return e
}

func side(e *catalogue.TimelineEntry, guest bool, by, name string) {
	if guest {
		e.Direction, e.Contact = catalogue.Inbound, name
		return
	}
	e.By = by // an answer in the space is no contact that we wait for a reply to
}
