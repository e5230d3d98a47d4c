package contract

import (
	"math"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Pay takes a payment: it goes to the installments in their order. It notes the
// payment cycle of each and the time from signing to payment. A payment
// that is known already changes nothing and gives false.
func Pay(c *catalogue.Contract, p catalogue.ContractPayment, now instant.Time) (bool, error) {
	if slices.ContainsFunc(c.Payments, func(o catalogue.ContractPayment) bool { return o.ID == p.ID }) {
		return false, nil
	}
	if c.Signature == nil {
		return false, problem.Refuse("contract.unsigned", "合同尚未签署，不能登记付款", "the contract is not signed: nothing can be paid for it")
	}
	var wrong []problem.Field
	if p.Amount.Currency != c.Total.Currency {
		wrong = append(wrong, problem.FieldError("amount.currency", "currency", "币种与合同不同："+c.Total.Currency, "is not the contract's, which is "+c.Total.Currency))
	}
	if p.Amount.Minor < 1 || p.Amount.Minor > c.Total.Minor-c.Paid {
		wrong = append(wrong, problem.FieldError("amount.minor", "range", "必须大于零且不超过未付金额", "must be more than nothing and no more than what is still to be paid"))
	}
	if now.Before(p.PaidAt) {
		wrong = append(wrong, problem.FieldError("paid_at", "in_past", "不能晚于现在", "must not lie in the future"))
	}
	if len(c.Payments) >= maxPayments {
		wrong = append(wrong, problem.FieldError("amount", "max_items", "付款笔数过多", "the contract has too many payments"))
	}
	if len(wrong) > 0 {
		return false, problem.InvalidFields(wrong...)
	}
	allot(c, &p)
	c.Payments, c.Paid = append(c.Payments, p), c.Paid+p.Amount.Minor
	if c.Paid == c.Total.Minor {
		for _, o := range c.Payments {
			c.PaidAt = max(c.PaidAt, o.PaidAt)
		}
		c.SigningToPaymentDays = days(c.PaidAt.Sub(c.SignedAt))
	}
	Overdue(c, now)
	return true, nil
}

func allot(c *catalogue.Contract, p *catalogue.ContractPayment) {
	rest := p.Amount.Minor
	for i := range c.Schedule {
		s := &c.Schedule[i]
		part := min(rest, s.Minor-s.Paid)
		if part == 0 {
			continue
		}
		if p.Installment == 0 {
			p.Installment = i + 1
		}
		s.Paid += part
		if rest -= part; s.Paid == s.Minor {
			s.PaidAt, s.Overdue = p.PaidAt, false
			s.CycleDays = days(p.PaidAt.Sub(s.Due))
		}
		if rest == 0 {
			return
		}
	}
}

// Overdue brings up to date which installments are overdue, and tells whether any is.
func Overdue(c *catalogue.Contract, now instant.Time) bool {
	any := false
	for i := range c.Schedule {
		s := &c.Schedule[i]
		s.Overdue = c.Signature != nil && s.Paid < s.Minor && !now.Before(s.Due)
		any = any || s.Overdue
	}
	return any
}

// NextDue gives the earliest installment that is not paid in full, -1 if all are.
func NextDue(c *catalogue.Contract) int {
	next := -1
	for i, s := range c.Schedule {
		if s.Paid < s.Minor && (next < 0 || s.Due < c.Schedule[next].Due) {
			next = i
		}
	}
	return next
}

// days gives whole days, rounded towards the earlier.
func days(d time.Duration) int { return int(math.Floor(d.Hours() / 24)) }
