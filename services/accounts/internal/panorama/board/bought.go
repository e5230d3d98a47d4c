package board

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// boughtFolds are the facts of what happened and what was bought.
var boughtFolds = map[string]Fold{
	typeOf(&catalogue.TimelineRecorded{}): on(entry),
	typeOf(&catalogue.OrderRecorded{}): on(func(b *Board, d catalogue.OrderRecorded, _ facts.Event) {
		b.fulfil(d.After.Deal, d.After.PlacedAt, Key(subject(catalogue.KindOrder, d.After.ID)))
	}),
	typeOf(&catalogue.PaymentRecorded{}): on(func(b *Board, d catalogue.PaymentRecorded, _ facts.Event) {
		b.fulfil("", d.After.PaidAt, "payment/"+d.After.ID)
	}),
	typeOf(&catalogue.ContractSignedFact{}): on(func(b *Board, d catalogue.ContractSignedFact, _ facts.Event) {
		b.contract(d.After)
		b.fulfil(d.After.Deal, d.After.SignedAt, Key(subject(catalogue.KindContract, d.After.ID)))
	}),
}

// entry keeps the newest entry of each kind and direction.
func entry(b *Board, d catalogue.TimelineRecorded, _ facts.Event) {
	t := d.After
	key := t.Kind + "/" + t.Direction
	if known, ok := b.Touches[key]; ok && known.At >= t.OccurredAt {
		return
	}
	if b.Touches == nil {
		b.Touches = map[string]Touch{}
	}
	b.Touches[key] = Touch{Entry: t.ID, At: t.OccurredAt, By: t.By, Says: brief(t.Says)}
	if t.Kind == catalogue.EntryOrder && t.Data["status"] == "" {
		b.fulfil("", t.OccurredAt, t.ID)
	}
}

// fulfil notes on won deals what came of them: what names the deal, or else
// whatever came after it was opened.
func (b *Board) fulfil(deal string, at instant.Time, by string) {
	for i, w := range b.Won {
		if w.Fulfilled == "" && (w.Deal == deal || deal == "" && at >= w.Opened) {
			b.Won[i].Fulfilled = by
		}
	}
}

// fulfilled gives what came of a deal before its win was known.
func (b *Board) fulfilled(w Ended) string {
	for _, kind := range []string{catalogue.EntryOrder, catalogue.EntryPayment} {
		if t, ok := b.Touches[kind+"/"+catalogue.Inbound]; ok && t.At >= w.Opened {
			return t.Entry
		}
	}
	for key, r := range b.Running {
		if r.Subject.Kind == catalogue.KindContract && r.Begun >= w.Opened && signed[r.Status] {
			return key
		}
	}
	return ""
}

var signed = map[string]bool{catalogue.ContractSigned: true, catalogue.ContractActive: true}
