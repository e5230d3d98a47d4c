package orders

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Kept is what became of a record: the document, and whether it was told before.
type Kept[T any] struct {
	Body  T
	Known bool
	Err   error
}

// RecordOrder keeps an order.
func (o *Orders) RecordOrder(ctx context.Context, p auth.Principal, d OrderDraft) (Order, bool, error) {
	c, err := o.checks()
	if err != nil {
		return Order{}, false, err
	}
	order := c.order(d)
	if order.Customer, err = o.allowed(ctx, p, c, d.RecordHead); err != nil {
		return Order{}, false, err
	}
	return once(ctx, o.orders, order.ID, order.Customer, c.now, Order{Order: order}, &catalogue.OrderRecorded{After: order})
}

// RecordPayment keeps a payment or a refund; what its order says of when it was due
// holds where the payment says nothing.
func (o *Orders) RecordPayment(ctx context.Context, p auth.Principal, d PaymentDraft) (Payment, bool, error) {
	c, err := o.checks()
	if err != nil {
		return Payment{}, false, err
	}
	payment := c.payment(d)
	if payment.Customer, err = o.allowed(ctx, p, c, d.RecordHead); err != nil {
		return Payment{}, false, err
	}
	if payment.Order != "" {
		of, err := o.orders.Get(ctx, payment.Order)
		switch {
		case errors.Is(err, store.ErrNotFound): // it may be told later
		case err != nil:
			return Payment{}, false, err
		case of.Body.Customer != payment.Customer:
			return Payment{}, false, problem.InvalidFields(problem.FieldError("order", "other_customer", "是另一个客户的订单", "is another customer's order"))
		case payment.DueAt == 0:
			payment.DueAt = of.Body.DueAt
		}
	}
	return once(ctx, o.payments, payment.ID, payment.Customer, c.now, Payment{Payment: payment}, &catalogue.PaymentRecorded{After: payment})
}

// RecordUsage keeps what a customer used of a product in a period.
func (o *Orders) RecordUsage(ctx context.Context, p auth.Principal, d UsageDraft) (Usage, bool, error) {
	c, err := o.checks()
	if err != nil {
		return Usage{}, false, err
	}
	usage := c.usage(d)
	if usage.Customer, err = o.allowed(ctx, p, c, d.RecordHead); err != nil {
		return Usage{}, false, err
	}
	return once(ctx, o.usages, usage.ID, usage.Customer, c.now, Usage{Usage: usage}, &catalogue.UsageRecorded{After: usage})
}

// CancelOrder ends an order that was placed; cancelling it again changes nothing.
func (o *Orders) CancelOrder(ctx context.Context, p auth.Principal, id, reason, at string) (Order, error) {
	c, err := o.checks()
	if err != nil {
		return Order{}, err
	}
	when := c.at("at", at, false, true)
	if reason == "" {
		c.wrong = append(c.wrong, problem.Required("reason"))
	}
	if err := problem.InvalidFields(c.wrong...); err != nil {
		return Order{}, err
	}
	if when == 0 {
		when = c.now
	}
	for {
		d, err := o.orders.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return Order{}, problem.Missing("订单", "order", id)
		}
		if err != nil {
			return Order{}, err
		}
		if _, _, err := o.Files.Permitted(ctx, p, access.OrderRecord, d.Body.Customer); err != nil {
			return Order{}, err
		}
		if d.Body.Status == catalogue.OrderCancelled {
			return d.Body, nil
		}
		if when < d.Body.PlacedAt {
			return Order{}, problem.InvalidFields(problem.FieldError("at", "before_placed", "早于下单时间", "is before the order was placed"))
		}
		before := d.Body.Order
		d.Body.Status, d.Body.CancelledAt, d.Body.Reason = catalogue.OrderCancelled, when, reason
		err = change(ctx, o.orders, d, d.Body.Customer, c.now, &catalogue.OrderEnded{Before: before, After: d.Body.Order})
		if !errors.Is(err, store.ErrConflict) {
			return d.Body, err
		}
	}
}

// allowed says all that is wrong, and then whose the record is.
func (o *Orders) allowed(ctx context.Context, p auth.Principal, c *checks, h RecordHead) (string, error) {
	if err := o.Guard.MayAtAll(p, access.OrderRecord); err != nil {
		return "", err
	}
	if err := problem.InvalidFields(c.wrong...); err != nil {
		return "", err
	}
	return o.whose(ctx, p, h.Customer, h.Match)
}

func (o *Orders) checks() (*checks, error) {
	now := o.Clock()
	v, err := o.Policy.At(now)
	if err != nil {
		return nil, problem.Away(fmt.Errorf("policy: %w", err))
	}
	return &checks{now: now, tolerance: v.Sections.Timeline.FutureTolerance.Elapsed()}, nil
}

// atOnce is how many of a batch are stored side by side: the store's one writer groups them.
const atOnce = 16

// many records each item by itself.
func many[D, T any](ctx context.Context, list []D, record func(context.Context, D) (T, bool, error)) ([]Kept[T], error) {
	out := make([]Kept[T], len(list))
	var g errgroup.Group
	g.SetLimit(atOnce)
	for i, d := range list {
		g.Go(func() error {
			body, known, err := record(ctx, d)
			out[i] = Kept[T]{body, known, err}
			var refused *problem.Error
			if err == nil || errors.As(err, &refused) && refused.Status() < 500 {
				return nil
			}
			return err
		})
	}
	return out, g.Wait()
}
