// Package timeline owns the one behaviour timeline of every customer: what
// happened between a customer and us, whichever department or system tells it, by
// the interface, by Kafka, or by the facts of Liuke's own services. It serves
// besides.
//
// An entry is told by a source under the source's own id for it; both make the
// entry's id, so that telling it again changes nothing. When something occurred
// and when it was recorded are two instants: entries may arrive late and in any
// order. What belongs to nobody known is kept aside, can be seen, and finds its
// place by itself once the customer is known (unmatched.go).
//
// Facts become entries by pure functions: one file sources_<part>.go for each
// part of Liuke, one function for each fact type.
package timeline

import (
	"context"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// Entry is the document of an entry. It has the shape of holdings.Belonging at its top.
type Entry struct {
	catalogue.TimelineEntry
	// Origins are the customers it belonged to before merges moved it, oldest first.
	Origins []string `json:"origins,omitempty"`
}

// Files is what the timeline asks of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
	Find(ctx context.Context, k matching.Known, external string) (string, error)
}

// Lists of the timeline, newest last; every page is asked for from its end.
const (
	byKind  = "by_kind"
	byWaits = "by_waits"
	bySince = "by_since"
)

// Few indexes, as every entry pays for each of them.
var (
	entries = store.Spec{Name: "timeline", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "occurred_at"},
		{Name: byKind, Equal: []string{"customer", "kind"}, Order: "occurred_at"},
	}}
	correlations = store.Spec{Name: "timeline_correlation", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}}}}
	unmatched    = store.Spec{Name: "timeline_unmatched", Indexes: []store.Index{
		{Name: byWaits, Equal: []string{"waits"}, Sparse: true},
		{Name: bySince, Order: "since"},
	}}
)

// Config is what a timeline is made of.
type Config struct {
	Engine store.Engine
	Files  Files
	Guard  access.Guard
	Policy *policy.Holder
	Clock  instant.Clock
	Log    *slog.Logger
}

// Timeline keeps entries.
type Timeline struct {
	Config
	entries      store.Collection[Entry]
	correlations store.Collection[correlation]
	unmatched    store.Collection[UnmatchedEntry]
}

// New declares the timeline's collections.
func New(ctx context.Context, c Config) (*Timeline, error) {
	if err := c.Engine.Declare(ctx, entries, correlations, unmatched); err != nil {
		return nil, err
	}
	return &Timeline{Config: c, entries: store.Of[Entry](c.Engine, entries), correlations: store.Of[correlation](c.Engine, correlations),
		unmatched: store.Of[UnmatchedEntry](c.Engine, unmatched)}, nil
}
