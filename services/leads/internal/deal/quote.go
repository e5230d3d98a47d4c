package deal

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// QuoteInput is a quote that was sent.
type QuoteInput struct {
	ID     string
	Amount money.Amount
	SentAt instant.Time // zero: now
	Remark string
}

// SendQuote records a quote that was sent to the customer. It changes
// no stage: the quoted stage is entered by a stage change and its gate alone.
func SendQuote(d catalogue.Deal, in QuoteInput, by string, now instant.Time) (Change, error) {
	if err := mustBeOpen(d); err != nil {
		return Change{}, err
	}
	if len(d.Quotes) >= MaxQuotes {
		return Change{}, problem.Refuse("max_quotes", "报价数量已达上限", fmt.Sprintf("A deal holds at most %d quotes", MaxQuotes))
	}
	if in.SentAt.IsZero() {
		in.SentAt = now
	}
	in.Remark = strings.TrimSpace(in.Remark)
	var c checks
	c.amount("amount", &in.Amount)
	c.text("remark", in.Remark, longText)
	if in.SentAt > now {
		c.add("sent_at", "in_future", "发送时间不能在未来", "must not be in the future")
	}
	if in.SentAt < d.OpenedAt {
		c.add("sent_at", "before_deal", "发送时间不能早于商机开始", "must not be before the deal began")
	}
	if err := problem.InvalidFields(c...); err != nil {
		return Change{}, err
	}
	q := catalogue.Quote{ID: in.ID, Amount: in.Amount, SentAt: in.SentAt, By: by, Remark: in.Remark}
	d.Quotes = append(slices.Clone(d.Quotes), q)
	return changed(d, &catalogue.QuoteSent{Deal: d.ID, Quote: q, Owner: d.Owner}), nil
}

// ConfirmQuote records that the customer confirmed receipt and understanding of
// a quote; a quote that is confirmed already stays as it is.
func ConfirmQuote(d catalogue.Deal, id string, at, now instant.Time) (Change, error) {
	i := slices.IndexFunc(d.Quotes, func(q catalogue.Quote) bool { return q.ID == id })
	if i < 0 {
		return Change{}, problem.Missing("报价", "quote", id)
	}
	if !d.Quotes[i].ConfirmedAt.IsZero() {
		return unchanged(d), nil
	}
	if at.IsZero() {
		at = now
	}
	var c checks
	if at > now {
		c.add("at", "in_future", "确认时间不能在未来", "must not be in the future")
	}
	if at < d.Quotes[i].SentAt {
		c.add("at", "before_quote", "确认时间不能早于报价", "must not be before the quote was sent")
	}
	if err := problem.InvalidFields(c...); err != nil {
		return Change{}, err
	}
	d.Quotes = slices.Clone(d.Quotes)
	d.Quotes[i].ConfirmedAt = at
	return changed(d, &catalogue.QuoteConfirmed{Deal: d.ID, Quote: id, At: at}), nil
}
