package holdings

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Split says how what a customer holds is divided when a merge is undone.
type Split struct {
	From, Into string
	// Given is what was recorded since the merge and goes to From.
	Given []catalogue.Thing
}

// Gives tells whether a thing that was recorded since the merge goes to the customer that is back.
func (s Split) Gives(kind, id string) bool {
	return slices.Contains(s.Given, catalogue.Thing{Kind: kind, ID: id})
}

// Holder is a part of the file that holds things of customers. All of it may be
// repeated, and goes on where a crash has left it.
type Holder interface {
	// Kind names what it holds.
	Kind() string
	// Count says how many things a customer has here.
	Count(ctx context.Context, customer string) (int64, error)
	// Fold lets what was From's be Into's.
	Fold(ctx context.Context, from, into string) error
	// Unfold gives back to From what was its own, and what the split gives it.
	Unfold(ctx context.Context, s Split) error
}

// Of makes a holder of a collection with an index by customer. at gives the two
// fields of a document; also, if any, tells what else goes back to From.
func Of[T any](kind string, c store.Collection[T], at func(*T) (customer *string, origins *[]string), also func(*store.Doc[T], Split) bool) Holder {
	return holder[T]{kind, c, at, also, nil}
}

// WithJourney makes a holder of things that have journeys of their own: each tells its
// journey, by a fact of its own, at once whose it is.
func WithJourney[T any](kind string, c store.Collection[T], at func(*T) (customer *string, origins *[]string), also func(*store.Doc[T], Split) bool, clock instant.Clock) Holder {
	return holder[T]{kind, c, at, also, clock}
}

type holder[T any] struct {
	kind  string
	docs  store.Collection[T]
	at    func(*T) (*string, *[]string)
	also  func(*store.Doc[T], Split) bool
	clock instant.Clock // nil: nobody is told
}

func (h holder[T]) Kind() string { return h.kind }

func (h holder[T]) Count(ctx context.Context, customer string) (int64, error) {
	return h.docs.Count(ctx, store.Query{Index: Index, Equal: []any{customer}})
}

func (h holder[T]) Fold(ctx context.Context, from, into string) error {
	return h.each(ctx, from, func(d *store.Doc[T]) bool {
		customer, origins := h.at(&d.Body)
		*customer, *origins = into, append(slices.Clone(*origins), from)
		return true
	})
}

func (h holder[T]) Unfold(ctx context.Context, s Split) error {
	return h.each(ctx, s.Into, func(d *store.Doc[T]) bool {
		customer, origins := h.at(&d.Body)
		if n := len(*origins); n > 0 && (*origins)[n-1] == s.From {
			*customer, *origins = s.From, slices.Clone((*origins)[:n-1])
			return true
		}
		if s.Gives(h.kind, d.ID) || h.also != nil && h.also(d, s) {
			*customer = s.From
			return true
		}
		return false
	})
}

const page = 200

// each changes what a customer holds; what somebody else changes meanwhile is looked at again.
func (h holder[T]) each(ctx context.Context, customer string, change func(*store.Doc[T]) bool) error {
	q := store.Query{Index: Index, Equal: []any{customer}, Limit: page}
	for {
		found, err := h.docs.Page(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range found.Docs {
			if err := h.one(ctx, d, customer, change); err != nil {
				return err
			}
		}
		if q.After = found.Next; q.After == "" {
			return nil
		}
	}
}

func (h holder[T]) one(ctx context.Context, d *store.Doc[T], of string, change func(*store.Doc[T]) bool) (err error) {
	for id := d.ID; ; {
		if customer, _ := h.at(&d.Body); *customer != of || !change(d) {
			return nil
		}
		moved, err := h.moved(ctx, d, of)
		if err != nil {
			return err
		}
		if err = h.docs.Commit(ctx, d, "", moved...); !errors.Is(err, store.ErrConflict) {
			return err
		}
		if d, err = h.docs.Get(ctx, id); err != nil {
			return err
		}
	}
}

// moved is the fact by which a journey learns whose its thing is now.
func (h holder[T]) moved(ctx context.Context, d *store.Doc[T], from string) ([]store.Fact, error) {
	if h.clock == nil {
		return nil, nil
	}
	into, _ := h.at(&d.Body)
	return facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: h.clock(), Customer: *into}, d.Version+1,
		&catalogue.HoldingMoved{Thing: catalogue.Thing{Kind: h.kind, ID: d.ID}, From: from, Into: *into})
}
