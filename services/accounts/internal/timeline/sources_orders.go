package timeline

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// orderSources are the facts of what customers bought, paid and used.
var orderSources = map[string]Source{
	typeOf(&catalogue.OrderRecorded{}):   of(orderRecorded),
	typeOf(&catalogue.OrderEnded{}):      of(orderEnded),
	typeOf(&catalogue.PaymentRecorded{}): of(paymentRecorded),
	typeOf(&catalogue.UsageRecorded{}):   of(usageRecorded),
}

// recordOf is the key under which a source's typed record and what the source tells
// of it by itself are one thing.
func recordOf(kind, source, id string) string { return kind + ":" + source + ":" + id }

func order(id string) *catalogue.Subject {
	return &catalogue.Subject{Kind: catalogue.KindOrder, ID: id}
}

// mostLines is how many lines of an order its entry has; the record has them all.
const mostLines = 50

func orderRecorded(d catalogue.OrderRecorded, _ facts.Event) catalogue.TimelineEntry {
	o := d.After
	var products []string
	for _, l := range o.Lines {
		if len(products) < 10 {
			products = append(products, l.Product)
		}
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryOrder, Customer: o.Customer, OccurredAt: o.PlacedAt, RecordedAt: o.RecordedAt, Direction: catalogue.Inbound, By: o.By,
		Contact: o.Contact, Amount: &o.Amount, Ref: order(o.ID), Lines: o.Lines[:min(len(o.Lines), mostLines)], Correlation: recordOf(catalogue.EntryOrder, o.Source, o.SourceID), Says: says("下单 %s", "Ordered %s", o.Amount),
		Data: words("channel", o.Channel, "products", strings.Join(products, ", ")), Numbers: map[string]float64{"units": float64(o.Units), "lines": float64(len(o.Lines))}}
}

func orderEnded(d catalogue.OrderEnded, _ facts.Event) catalogue.TimelineEntry {
	o := d.After
	return catalogue.TimelineEntry{Kind: catalogue.EntryOrder, Customer: o.Customer, OccurredAt: o.CancelledAt, Direction: catalogue.Neither, Amount: &o.Amount, Ref: order(o.ID),
		Says: lang.T("订单取消："+o.Reason, "Order cancelled: "+o.Reason), Data: words("status", o.Status, "reason", o.Reason)}
}

func paymentRecorded(d catalogue.PaymentRecorded, _ facts.Event) catalogue.TimelineEntry {
	p := d.After
	e := catalogue.TimelineEntry{Kind: catalogue.EntryPayment, Customer: p.Customer, OccurredAt: p.PaidAt, RecordedAt: p.RecordedAt, Direction: catalogue.Inbound, Amount: &p.Amount,
		Correlation: recordOf(catalogue.EntryPayment, p.Source, p.SourceID), Says: says("付款 %s", "Paid %s", p.Amount),
		Data: words("type", p.Type, "order", p.Order, "contract", p.Contract, "method", p.Method, "due_at", p.DueAt.String())}
	if p.Type == catalogue.PaymentRefund {
		e.Direction, e.Says = catalogue.Outbound, says("退款 %s", "Refunded %s", p.Amount)
	}
	if p.Order != "" {
		e.Ref = order(p.Order)
	}
	return e
}

func usageRecorded(d catalogue.UsageRecorded, _ facts.Event) catalogue.TimelineEntry {
	u := d.After
	core := 0
	for _, f := range u.Core {
		for _, used := range u.Features {
			if f == used {
				core++
			}
		}
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryUsage, Customer: u.Customer, OccurredAt: u.To, RecordedAt: u.RecordedAt, Direction: catalogue.Inbound,
		Correlation: recordOf(catalogue.EntryUsage, u.Source, u.SourceID),
		Says:        says("使用 %s：%d 项功能，核心功能 %d/%d", "Used %[1]s: %[2]d features, %[3]d of %[4]d core features", u.Product, len(u.Features), core, len(u.Core)),
		Data:        words("product", u.Product, "from", u.From.String(), "to", u.To.String()),
		Numbers:     map[string]float64{"features": float64(len(u.Features)), "core_used": float64(core), "core": float64(len(u.Core)), "logins": float64(u.Logins), "users": float64(u.Users)}}
}
