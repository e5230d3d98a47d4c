package orders

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Order gives one order with its payments to whoever may read its customer.
func (o *Orders) Order(ctx context.Context, p auth.Principal, id string) (Order, []Payment, error) {
	d, err := o.orders.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Order{}, nil, problem.Missing("订单", "order", id)
	}
	if err != nil {
		return Order{}, nil, err
	}
	if _, _, err := o.Files.Permitted(ctx, p, access.Read, d.Body.Customer); err != nil {
		return Order{}, nil, err
	}
	paid, err := o.payments.Page(ctx, store.Query{Index: byOrder, Equal: []any{id}, Limit: 200})
	return d.Body, bodies(paid.Docs), err
}

// Orders gives a page of a customer's orders, newest first.
func (o *Orders) Orders(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]Order, string, error) {
	return list(ctx, o, o.orders, p, customer, limit, after)
}

// Placed gives when an order was placed; zero if there is no such order.
func (o *Orders) Placed(ctx context.Context, id string) (instant.Time, error) {
	d, err := o.orders.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return d.Body.PlacedAt, nil
}

// NewestPlaced gives when the newest of those orders of a customer was placed that
// counts; zero if none does.
func (o *Orders) NewestPlaced(ctx context.Context, customer string, counts func(id string) bool) (instant.Time, error) {
	for after := ""; ; {
		page, err := o.orders.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customer}, Desc: true, Limit: 50, After: after})
		if err != nil {
			return 0, err
		}
		for _, d := range page.Docs {
			if counts(d.ID) {
				return d.Body.PlacedAt, nil
			}
		}
		if after = page.Next; after == "" {
			return 0, nil
		}
	}
}

// Payments gives a page of a customer's payments and refunds, newest first.
func (o *Orders) Payments(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]Payment, string, error) {
	return list(ctx, o, o.payments, p, customer, limit, after)
}

// Usages gives a page of what a customer used, newest first.
func (o *Orders) Usages(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]Usage, string, error) {
	return list(ctx, o, o.usages, p, customer, limit, after)
}

func list[T any](ctx context.Context, o *Orders, c store.Collection[T], p auth.Principal, customer string, limit int, after string) ([]T, string, error) {
	f, _, err := o.Files.Permitted(ctx, p, access.Read, customer)
	if err != nil {
		return nil, "", err
	}
	page, err := c.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{f.ID}, Desc: true, Limit: limit, After: after})
	return bodies(page.Docs), page.Next, err
}

func bodies[T any](docs []*store.Doc[T]) []T {
	out := make([]T, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Body)
	}
	return out
}

// mostCycled is how many of the newest orders and payments the cycle is made of.
const mostCycled = 200

// PaymentCycle gives how long a customer takes to pay.
func (o *Orders) PaymentCycle(ctx context.Context, p auth.Principal, customer string) (PaymentCycle, error) {
	placed, _, err := o.Orders(ctx, p, customer, mostCycled, "")
	if err != nil {
		return PaymentCycle{}, err
	}
	paid, _, err := o.Payments(ctx, p, customer, mostCycled, "")
	if err != nil {
		return PaymentCycle{}, err
	}
	return CycleOf(placed, paid, o.Clock()), nil
}
