package orders

import (
	"context"
	"errors"
	"net/http"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
)

const tag = "Orders"

// Register adds the operations.
func (o *Orders) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	batch := func(path, id, summary string) httpx.Op {
		b := op("POST", path, id, summary, "Each item is answered by itself, in order (R-041).")
		b.Status, b.MaxBody = http.StatusOK, 8<<20
		return b
	}
	const told = "Answers 201, or 200 where it was told before under the same source and source_id: nothing changes (R-041)."
	httpx.Handle(s, op("POST", "/v1/orders", "record-order", "Tell an order", told), single(o.RecordOrder, Order.shown))
	httpx.Handle(s, batch("/v1/orders/batch", "record-orders", "Tell many orders"), several(o.RecordOrder, orderID))
	httpx.Handle(s, op("GET", "/v1/orders/{id}", "get-order", "Read an order with its payments", ""), o.get)
	cancel := op("POST", "/v1/orders/{id}/cancellation", "cancel-order", "Cancel an order", "")
	cancel.Status = http.StatusOK
	httpx.Handle(s, cancel, o.cancel)
	httpx.Handle(s, op("POST", "/v1/payments", "record-payment", "Tell a payment or refund", told), single(o.RecordPayment, Payment.shown))
	httpx.Handle(s, batch("/v1/payments/batch", "record-payments", "Tell many payments"), several(o.RecordPayment, paymentID))
	httpx.Handle(s, op("POST", "/v1/usages", "record-usage", "Tell what was used of a product in a period", told), single(o.RecordUsage, Usage.shown))
	httpx.Handle(s, batch("/v1/usages/batch", "record-usages", "Tell many uses"), several(o.RecordUsage, usageID))
	httpx.Handle(s, op("GET", "/v1/customers/{id}/orders", "list-orders", "A customer's orders", "Newest first."), listing(o.Orders, Order.shown))
	httpx.Handle(s, op("GET", "/v1/customers/{id}/payments", "list-payments", "A customer's payments and refunds", "Newest first."), listing(o.Payments, Payment.shown))
	httpx.Handle(s, op("GET", "/v1/customers/{id}/usages", "list-usages", "What a customer used", "Newest first."), listing(o.Usages, Usage.shown))
	httpx.Handle(s, op("GET", "/v1/customers/{id}/payment-cycle", "get-payment-cycle", "How long a customer takes to pay", "Over the newest 200 orders (R-136)."), o.cycle)
}

func (d Order) shown() catalogue.Order     { return d.Order }
func (d Payment) shown() catalogue.Payment { return d.Payment }
func (d Usage) shown() catalogue.Usage     { return d.Usage }

func orderID(d Order) string     { return d.ID }
func paymentID(d Payment) string { return d.ID }
func usageID(d Usage) string     { return d.ID }

type bodyInput[D any] struct{ Body D }

type output[T any] struct {
	Status   int
	Existing string `header:"Liuke-Existing"`
	Body     T
}

// single answers one record.
func single[D, T, V any](record func(context.Context, auth.Principal, D) (T, bool, error), show func(T) V) func(context.Context, *bodyInput[D]) (*output[V], error) {
	return func(ctx context.Context, in *bodyInput[D]) (*output[V], error) {
		body, known, err := record(ctx, auth.From(ctx), in.Body)
		if err != nil {
			return nil, err
		}
		out := &output[V]{Status: http.StatusCreated, Body: show(body)}
		if known {
			out.Status, out.Existing = http.StatusOK, "true"
		}
		return out, nil
	}
}

// Items are many records.
type Items[D any] struct {
	Items []D `json:"items" minItems:"1" maxItems:"500"`
}

// RecordAnswers are in the order of the items.
type RecordAnswers struct {
	Items []RecordAnswer `json:"items"`
}

// RecordAnswer is what became of an item.
type RecordAnswer struct {
	Status string          `json:"status" enum:"recorded,known,refused"`
	ID     string          `json:"id,omitempty"`
	Errors []problem.Field `json:"errors,omitempty"`
	Reason string          `json:"reason,omitempty"`
}

// several answers many records, each by itself.
func several[D, T any](record func(context.Context, auth.Principal, D) (T, bool, error), id func(T) string) func(context.Context, *bodyInput[Items[D]]) (*output[RecordAnswers], error) {
	return func(ctx context.Context, in *bodyInput[Items[D]]) (*output[RecordAnswers], error) {
		p := auth.From(ctx)
		kept, err := many(ctx, in.Body.Items, func(ctx context.Context, d D) (T, bool, error) { return record(ctx, p, d) })
		if err != nil {
			return nil, err
		}
		out := RecordAnswers{Items: make([]RecordAnswer, 0, len(kept))}
		for _, k := range kept {
			a := RecordAnswer{Status: "recorded"}
			var refused *problem.Error
			switch {
			case errors.As(k.Err, &refused):
				a = RecordAnswer{Status: "refused", Errors: refused.Fields, Reason: refused.Text.En}
			case k.Known:
				a.Status = "known"
			}
			if k.Err == nil {
				a.ID = id(k.Body)
			}
			out.Items = append(out.Items, a)
		}
		return &output[RecordAnswers]{Status: http.StatusOK, Body: out}, nil
	}
}

type idInput struct {
	ID string `path:"id" maxLength:"300"`
}

// OrderPaid is an order with its payments.
type OrderPaid struct {
	catalogue.Order
	Payments []catalogue.Payment `json:"payments"`
}

func (o *Orders) get(ctx context.Context, in *idInput) (*output[OrderPaid], error) {
	order, paid, err := o.Order(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	out := OrderPaid{Order: order.Order, Payments: []catalogue.Payment{}}
	for _, p := range paid {
		out.Payments = append(out.Payments, p.Payment)
	}
	return &output[OrderPaid]{Status: http.StatusOK, Body: out}, nil
}

type cancelInput struct {
	ID   string `path:"id" maxLength:"300"`
	Body struct {
		Reason string `json:"reason,omitempty" maxLength:"1000"`
		At     string `json:"at,omitempty" doc:"When it was cancelled; now where nothing is said"`
	}
}

func (o *Orders) cancel(ctx context.Context, in *cancelInput) (*output[catalogue.Order], error) {
	order, err := o.CancelOrder(ctx, auth.From(ctx), in.ID, in.Body.Reason, in.Body.At)
	if err != nil {
		return nil, err
	}
	return &output[catalogue.Order]{Status: http.StatusOK, Body: order.Order}, nil
}

type listInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.PageParams
}

// listing answers a page of a customer's records.
func listing[T, V any](page func(context.Context, auth.Principal, string, int, string) ([]T, string, error), show func(T) V) func(context.Context, *listInput) (*httpx.List[V], error) {
	return func(ctx context.Context, in *listInput) (*httpx.List[V], error) {
		docs, next, err := page(ctx, auth.From(ctx), in.ID, in.Limit, in.After)
		if err != nil {
			return nil, err
		}
		out := make([]V, 0, len(docs))
		for _, d := range docs {
			out = append(out, show(d))
		}
		return httpx.NewList(out, next), nil
	}
}

func (o *Orders) cycle(ctx context.Context, in *idInput) (*output[PaymentCycle], error) {
	c, err := o.PaymentCycle(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &output[PaymentCycle]{Status: http.StatusOK, Body: c}, nil
}
