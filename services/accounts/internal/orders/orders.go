// Package orders owns what customers bought, paid and used, as typed records of the
// systems that took them: orders with their lines, payments and refunds, and the
// use of products. They give the signals of money and use their data
// and the payment cycle its.
//
// A record is told by a source under the source's own number; both make its id, so
// that telling it again changes nothing. Each is also on the customer's timeline:
// that is made from its fact (timeline/sources_orders.go).
package orders

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Order is the document of an order. The documents have the shape of
// holdings.Belonging at their top.
type Order struct {
	catalogue.Order
	Origins []string `json:"origins,omitempty"`
}

// Payment is the document of a payment or refund.
type Payment struct {
	catalogue.Payment
	Origins []string `json:"origins,omitempty"`
}

// Usage is the document of the use of a product in a period.
type Usage struct {
	catalogue.Usage
	Origins []string `json:"origins,omitempty"`
}

const byOrder = "by_order"

var (
	orders = store.Spec{Name: "order", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "placed_at"}}}
	// Payments of an order are asked for when one wants to know whether it is paid.
	payments = store.Spec{Name: "payment", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "paid_at"},
		{Name: byOrder, Equal: []string{"order"}, Order: "paid_at", Sparse: true}}}
	usages = store.Spec{Name: "usage", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}, Order: "to"}}}
)

// Files is what orders ask of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
	Find(ctx context.Context, k matching.Known, external string) (string, error)
}

// Config is what orders are made of.
type Config struct {
	Engine store.Engine
	Files  Files
	Guard  access.Guard
	Policy *policy.Holder
	Clock  instant.Clock
}

// Orders keeps orders, payments and usage.
type Orders struct {
	Config
	orders   store.Collection[Order]
	payments store.Collection[Payment]
	usages   store.Collection[Usage]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Orders, error) {
	if err := c.Engine.Declare(ctx, orders, payments, usages); err != nil {
		return nil, err
	}
	return &Orders{Config: c, orders: store.Of[Order](c.Engine, orders), payments: store.Of[Payment](c.Engine, payments), usages: store.Of[Usage](c.Engine, usages)}, nil
}

// Run has nothing to do: what is told is on the timeline by its facts.
func (o *Orders) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// once stores a new document with its fact; it gives the one that is there if it was told before.
func once[T any](ctx context.Context, c store.Collection[T], id, customer string, at instant.Time, body T, data catalogue.Data) (T, bool, error) {
	fact, err := facts.Record(ctx, stamp(customer, at), 1, data)
	if err != nil {
		return body, false, err
	}
	err = c.Commit(ctx, store.New(id, body), "", fact)
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		d, err := c.Get(ctx, id)
		if err != nil {
			return body, false, err
		}
		return d.Body, true, nil
	}
	return body, false, err
}

// stamp puts all facts of a customer into one partition, in the order of recording.
func stamp(customer string, at instant.Time) facts.Stamp {
	return facts.Stamp{Source: "liuke/accounts", At: at, Customer: customer, Key: "customer/" + customer}
}

// whose gives the customer that a record is of, to whoever may record for them.
func (o *Orders) whose(ctx context.Context, p auth.Principal, id string, k *timeline.CustomerKeys) (string, error) {
	if id == "" && k != nil {
		found, err := o.Files.Find(ctx, k.Known(), k.External)
		if err != nil {
			return "", err
		}
		if id = found; id == "" {
			return "", problem.InvalidFields(problem.FieldError("match", "no_customer", "没有客户持有这些信息", "no customer has these keys"))
		}
	}
	if o.Guard.Everywhere(p, access.OrderRecord) {
		f, err := o.Files.Root(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return "", noCustomer(id)
		}
		return f.ID, err
	}
	f, _, err := o.Files.Permitted(ctx, p, access.OrderRecord, id)
	var missing *problem.Error
	if errors.As(err, &missing) && missing.Code == problem.NotFound {
		return "", noCustomer(id)
	}
	return f.ID, err
}

func noCustomer(id string) error {
	return problem.InvalidFields(problem.FieldError("customer", "no_customer", "没有这个客户："+id, "there is no customer "+id))
}

// change stores a changed document with its fact.
func change[T any](ctx context.Context, c store.Collection[T], d *store.Doc[T], customer string, at instant.Time, data catalogue.Data) error {
	fact, err := facts.Record(ctx, stamp(customer, at), d.Version+1, data)
	if err != nil {
		return err
	}
	return c.Commit(ctx, d, "", fact)
}
