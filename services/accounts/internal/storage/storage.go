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

// Customers names the collection of customers.
const Customers = "customer"

// Indexes of customers. Files that were folded into others are listed under
// their winner's id; lists ask for merged_into "".
const (
	BySearch   = "by_search"
	ByCreated  = "by_created"
	ByLoose    = "by_loose"
	Opened     = "opened" // folded ones too
	Unfinished = "unfinished"
	ByTier     = "by_tier"
	ByType     = "by_type"
)

// ByOwner lists owned customers, in the order in which their files were opened.
const ByOwner = "by_owner"

// Indexes of labels.
const (
	ByLabel  = "by_label"
	LabelsOf = "labels_of"
)

// Label says that a file carries a tag: an entry of the list by that tag, since an
// index holds one value of a document.
type Label struct {
	Label  string `json:"label"`  // tag:vip, product:service, need:cost
	File   string `json:"file"`   // the customer
	Search string `json:"search"` // name as it is searched
}

var (
	customers = store.Spec{Name: Customers, Indexes: []store.Index{
		{Name: BySearch, Equal: []string{"merged_into"}, Order: "search"},
		{Name: ByCreated, Equal: []string{"merged_into"}, Order: "created_at"},
		{Name: ByLoose, Equal: []string{"merged_into", "loose"}},
		{Name: Opened, Order: "created_at"},
		{Name: Unfinished, Equal: []string{"unfinished"}},
		{Name: ByTier, Equal: []string{"tier", "merged_into"}, Order: "search", Sparse: true},
		{Name: ByType, Equal: []string{"type", "merged_into"}, Order: "search", Sparse: true},
	}}
	keys    = store.Spec{Name: "match_key"}
	answers = store.Spec{Name: "match"}
	owners  = store.Spec{Name: "owner", Indexes: []store.Index{{Name: ByOwner, Equal: []string{"owner"}, Sparse: true}}}
	labels  = store.Spec{Name: "customer_label", Indexes: []store.Index{
		{Name: ByLabel, Equal: []string{"label"}, Order: "search", Sparse: true},
		{Name: LabelsOf, Equal: []string{"file"}, Sparse: true},
	}}
)

// Collections of accounts.
type Collections struct {
	Customers store.Collection[customer.File]
	Keys      store.Collection[Key]
	Answers   store.Collection[Answer]
	Owners    store.Collection[Owner]
	Labels    store.Collection[Label]
}

// Open declares the collections.
func Open(ctx context.Context, e store.Engine) (*Collections, error) {
	if err := e.Declare(ctx, customers, keys, answers, owners, labels); err != nil {
		return nil, err
	}
	return &Collections{Customers: store.Of[customer.File](e, customers), Keys: store.Of[Key](e, keys),
		Answers: store.Of[Answer](e, answers), Owners: store.Of[Owner](e, owners), Labels: store.Of[Label](e, labels)}, nil
}
