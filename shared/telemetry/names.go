package telemetry

import (
	"context"
	"sync/atomic"
)

// Names say what work is about. Log lines and spans carry those that are known.
type Names struct {
	Request string // id of the request, which the caller gets as X-Request-Id
	Person  string // who asked
	Fact    string // that is handled
	Journey string // kind/id
	Effect  string // id
	// Customer is known at once for facts, and for requests once they recorded something.
	Customer string
}

type namesKey struct{}

// named holds names. The customer of a request turns up while it is carried out,
// under contexts that stem from the one that is logged with.
type named struct {
	Names
	about atomic.Pointer[string]
}

// With adds names to those that ctx has.
func With(ctx context.Context, n Names) context.Context {
	all := &named{Names: NamesOf(ctx)}
	put(&all.Request, n.Request)
	put(&all.Person, n.Person)
	put(&all.Fact, n.Fact)
	put(&all.Journey, n.Journey)
	put(&all.Effect, n.Effect)
	put(&all.Customer, n.Customer)
	return context.WithValue(ctx, namesKey{}, all)
}

func put(old *string, value string) {
	if value != "" {
		*old = value
	}
}

// NamesOf gives the names that ctx has.
func NamesOf(ctx context.Context) Names {
	n, _ := ctx.Value(namesKey{}).(*named)
	if n == nil {
		return Names{}
	}
	out := n.Names
	if customer := n.about.Load(); customer != nil {
		out.Customer = *customer
	}
	return out
}

// Identify says who asks, once that is known and before the context is handed on:
// it changes the names in place, so that a request needs them once.
func Identify(ctx context.Context, person string) {
	if n, _ := ctx.Value(namesKey{}).(*named); n != nil {
		n.Person = person
	}
}

// About says which customer the work turns out to be about.
func About(ctx context.Context, customer string) {
	if customer == "" {
		return
	}
	if n, _ := ctx.Value(namesKey{}).(*named); n != nil && n.Customer != customer {
		n.about.CompareAndSwap(nil, &customer)
	}
}
