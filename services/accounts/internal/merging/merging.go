// Package merging makes one customer of two because a person says that they are
// one, and undoes it: both come back with their own content, with
// everything that they held, and with what has happened since, split by where it
// came from; what nobody can tell is asked about.
//
// A merge is a document that remembers both files as it found them. Each of its
// steps may be repeated, and a sweep finishes what a crash left half done. What
// the parts of the file hold moves with the fact of the fold, as do leads and
// deals in their own service.
package merging

import (
	"context"
	"log/slog"

	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// Record is the document of a merge.
type Record struct {
	catalogue.Merge
	Winner  catalogue.Customer `json:"winner"` // as the merge found it
	Loser   catalogue.Customer `json:"loser"`
	Version int64              `json:"winner_version"` // of the winner's document that Winner is
	// Unfinished says that a step is still to come, for the sweep.
	Unfinished bool `json:"unfinished,omitempty"`
}

// Lists of merges.
const (
	byFrom       = "by_from"
	byInto       = "by_into"
	byUnfinished = "by_unfinished"
	newest       = "newest"
)

var records = store.Spec{Name: "merge", Indexes: []store.Index{
	{Name: byFrom, Equal: []string{"from"}, Order: "at"},
	{Name: byInto, Equal: []string{"into"}, Order: "at"},
	{Name: byUnfinished, Equal: []string{"unfinished"}, Sparse: true},
	{Name: newest, Order: "at"},
}}

// Line is what merging asks of the timeline.
type Line interface {
	Each(ctx context.Context, customer string, visit func(timeline.Entry) error) error
}

// Config is what merging is made of.
type Config struct {
	Deps     service.Deps
	Accounts *app.Accounts
	Line     Line
	// Holders are the parts of the file whose things move with their customer.
	Holders []holdings.Holder
}

// Merging merges customers and takes merges back.
type Merging struct {
	Config
	engine  store.Engine
	records store.Collection[Record]
	policy  *policy.Holder
	clock   instant.Clock
	log     *slog.Logger
}

// New declares the merges' collection.
func New(ctx context.Context, c Config) (*Merging, error) {
	if err := c.Deps.Store.Declare(ctx, records); err != nil {
		return nil, err
	}
	return &Merging{Config: c, engine: c.Deps.Store, records: store.Of[Record](c.Deps.Store, records), policy: c.Deps.Policy, clock: c.Deps.Clock, log: c.Deps.Log}, nil
}
