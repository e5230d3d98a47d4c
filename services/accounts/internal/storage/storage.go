// Package storage declares the collections of accounts and their indexes.
package storage

import (
	"context"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Key says whose a match key is; its id is the key, so it has one holder.
type Key struct {
	Customer string       `json:"customer"`
	At       instant.Time `json:"at"`
}

// Answer is what was answered to match-or-create; its id is that of the asker.
type Answer struct {
	Customer string       `json:"customer"`
	Created  bool         `json:"created,omitempty"`
	By       []string     `json:"by,omitempty"`
	Request  string       `json:"request"` // hash of what was asked
	At       instant.Time `json:"at"`
}

// Owner says who is responsible for a customer, as facts of leads told.
type Owner struct {
	Owner   string `json:"owner,omitempty"`
	Pooled  bool   `json:"pooled,omitempty"`
	Version int64  `json:"version"` // of the ownership
}

// Indexes of customers. Files that were folded into others are listed under
// their winner's id; lists ask for merged_into "".
const (
	BySearch   = "by_search"
	ByCreated  = "by_created"
	ByLoose    = "by_loose"
	Opened     = "opened" // folded ones too
	Unfinished = "unfinished"
)

var (
	customers = store.Spec{Name: "customer", Indexes: []store.Index{
		{Name: BySearch, Equal: []string{"merged_into"}, Order: "search"},
		{Name: ByCreated, Equal: []string{"merged_into"}, Order: "created_at"},
		{Name: ByLoose, Equal: []string{"merged_into", "loose"}},
		{Name: Opened, Order: "created_at"},
		{Name: Unfinished, Equal: []string{"unfinished"}},
	}}
	keys    = store.Spec{Name: "match_key"}
	answers = store.Spec{Name: "match"}
	owners  = store.Spec{Name: "owner"}
)

// Collections of accounts.
type Collections struct {
	Customers store.Collection[customer.File]
	Keys      store.Collection[Key]
	Answers   store.Collection[Answer]
	Owners    store.Collection[Owner]
}

// Open declares the collections.
func Open(ctx context.Context, e store.Engine) (*Collections, error) {
	if err := e.Declare(ctx, customers, keys, answers, owners); err != nil {
		return nil, err
	}
	return &Collections{Customers: store.Of[customer.File](e, customers), Keys: store.Of[Key](e, keys),
		Answers: store.Of[Answer](e, answers), Owners: store.Of[Owner](e, owners)}, nil
}
