// Package storage declares the collections of services/leads: which documents
// it keeps, under which ids, and which lists can be asked for.
//
// Unique by nature: an ownership's id is the customer's, a person's claims lie
// under the person's id, a web form's key is its id.
package storage

import (
	"context"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"

	"liuke.dev/services/leads/internal/ownership"
	"liuke.dev/services/leads/internal/transfer"
)

// Collections are the typed collections of the service.
type Collections struct {
	Leads         store.Collection[Lead]
	FirstContacts store.Collection[FirstContact]
	ContactKeys   store.Collection[ContactKey]
	Ownerships    store.Collection[Ownership]
	Transfers     store.Collection[Transfer]
	Claims        store.Collection[Claims]
	Forms         store.Collection[Form]
	Departures    store.Collection[Departure]
}

// Lead is a lead with what its lists are asked by.
type Lead struct {
	catalogue.Lead
	Open        bool         `json:"open"`
	NoNextTouch bool         `json:"no_next_touch"` // open, and nobody planned a next touch
	PooledAt    instant.Time `json:"pooled_at,omitempty"`
	PoolReason  string       `json:"pool_reason,omitempty"`
	// InPool lists it in the public pool by itself: a linked lead is listed through its customer.
	InPool bool `json:"in_pool,omitempty"`
	// NeedKey is the need without spelling differences: two open leads of one customer that share it are one.
	NeedKey string `json:"need_key,omitempty"`
}

// FirstContact is a contact with somebody who is not recorded yet.
type FirstContact struct {
	ID        string       `json:"id,omitempty"` // none in the answer to a signal of somebody who has a lead
	Person    string       `json:"person"`
	Channel   string       `json:"channel"`
	ContactAt instant.Time `json:"contact_at"`
	Phone     string       `json:"phone,omitempty"`
	Email     string       `json:"email,omitempty"`
	Lead      string       `json:"lead,omitempty"` // recorded since
	Open      bool         `json:"open"`
	LateAt    instant.Time `json:"late_at,omitempty"`
}

// ContactKey leads from a phone number or mail address, its id, to the newest
// first contact of it. It is asked for with every lead: a get by id, not a list.
type ContactKey struct {
	Contact string `json:"contact"`
}

// Ownership of a customer; its id is the customer's.
type Ownership struct {
	catalogue.Ownership
	Company string `json:"company,omitempty"` // as its first lead named it, for the pool's list
	// Change is why the owner is who it is; leads and deals that follow name it.
	Change string `json:"change,omitempty"`
	// MergedInto is the customer that this one turned out to be.
	MergedInto string `json:"merged_into,omitempty"`
	// Merged is who was responsible when it turned out so, to be given back if that is undone.
	Merged *catalogue.Ownership `json:"merged,omitempty"`
	// ReservedAt is when the transfer in progress took its place.
	ReservedAt instant.Time `json:"reserved_at,omitempty"`
	// Ended is how the newest transfer ended: decided here, in the same commit as
	// the owner, and written to the transfer after it.
	Ended *Ended `json:"ended,omitempty"`
	// Undone is the change that was undone last; leads and deals that go back take their clocks from it.
	Undone *Undone `json:"undone,omitempty"`
}

// Undone is a change of owner that was taken back.
type Undone struct {
	Fact string       `json:"fact"` // id of the change
	At   instant.Time `json:"at"`   // when it was made
	// Since is from when the owner that it was taken back to held the customer; zero: their clocks begin anew.
	Since instant.Time `json:"since,omitempty"`
}

// Ended is the end of a transfer.
type Ended struct {
	Transfer string        `json:"transfer"`
	Step     transfer.Step `json:"step"`
	Remark   string        `json:"remark,omitempty"`
	Command  string        `json:"command,omitempty"`
}

// Transfer of a customer.
type Transfer struct {
	catalogue.Transfer
	Open bool `json:"open"`
}

// Claims is what a person took from the public pool; its id is the person's.
type Claims struct {
	ownership.Taking
}

// Form is a web form on a site; its id is the site key.
type Form struct {
	Key       string       `json:"key"`
	Name      string       `json:"name"`
	Origins   []string     `json:"origins"` // sites that may show it; "*" for any
	Active    bool         `json:"active"`
	CreatedBy string       `json:"created_by"`
	CreatedAt instant.Time `json:"created_at"`
}

// Departure is how far the work of a person who left has been handed over
// its id is the person's.
type Departure struct {
	Person  string       `json:"person"`
	Cause   string       `json:"cause"`
	Open    bool         `json:"open"`
	Handed  int          `json:"handed"`
	At      instant.Time `json:"at"`
	EndedAt instant.Time `json:"ended_at,omitempty"`
}

var (
	// Every index costs each commit of a lead some time: lists that others can
	// serve have none of their own. Leads of an owner without next touch come
	// first in owner_open; the few leads of a customer are told apart by reading them.
	leadSpec = store.Spec{Name: "lead", Indexes: []store.Index{
		{Name: "arrived", Order: "arrived_at"},
		{Name: "owner", Equal: []string{"owner"}, Order: "arrived_at"},
		{Name: "owner_open", Equal: []string{"owner", "open"}, Order: "next_touch_at"},
		{Name: "status", Equal: []string{"status"}, Order: "arrived_at"},
		{Name: "source", Equal: []string{"source"}, Order: "arrived_at"},
		{Name: "no_next_touch", Equal: []string{"no_next_touch"}, Order: "arrived_at", Sparse: true},
		{Name: "in_pool", Equal: []string{"in_pool"}, Order: "pooled_at", Sparse: true},
		{Name: "customer", Equal: []string{"customer"}, Order: "arrived_at", Sparse: true},
		{Name: "phone_open", Equal: []string{"phone", "open"}, Sparse: true},
		{Name: "email_open", Equal: []string{"email", "open"}, Sparse: true},
	}}
	firstContactSpec = store.Spec{Name: "first_contact", Indexes: []store.Index{
		{Name: "person_open", Equal: []string{"person", "open"}, Order: "contact_at"},
	}}
	contactKeySpec = store.Spec{Name: "contact_key"}
	ownershipSpec  = store.Spec{Name: "ownership", Indexes: []store.Index{
		{Name: "owner", Equal: []string{"owner"}, Order: "since"},
		{Name: "window", Equal: []string{"window"}},
		{Name: "decider", Equal: []string{"decider"}},
		{Name: "follower", Equal: []string{"follower"}},
		{Name: "pooled", Equal: []string{"pooled"}, Order: "pooled_at"},
	}}
	transferSpec = store.Spec{Name: "transfer", Indexes: []store.Index{
		{Name: "requested", Order: "requested_at"},
		{Name: "from_open", Equal: []string{"from", "open"}, Order: "requested_at"},
		{Name: "to_open", Equal: []string{"to", "open"}, Order: "requested_at"},
		{Name: "customer", Equal: []string{"customer"}, Order: "requested_at"},
		{Name: "status", Equal: []string{"status"}, Order: "requested_at"},
	}}
	claimsSpec    = store.Spec{Name: "claims"}
	formSpec      = store.Spec{Name: "form", Indexes: []store.Index{{Name: "created", Order: "created_at"}}}
	departureSpec = store.Spec{Name: "departure", Indexes: []store.Index{{Name: "ended", Order: "ended_at"}}}
)

// Open declares the collections on an engine and gives their typed views.
func Open(ctx context.Context, e store.Engine) (Collections, error) {
	err := e.Declare(ctx, leadSpec, firstContactSpec, contactKeySpec, ownershipSpec, transferSpec, claimsSpec, formSpec, departureSpec)
	return Collections{
		Leads: store.Of[Lead](e, leadSpec), FirstContacts: store.Of[FirstContact](e, firstContactSpec),
		ContactKeys: store.Of[ContactKey](e, contactKeySpec), Ownerships: store.Of[Ownership](e, ownershipSpec), Transfers: store.Of[Transfer](e, transferSpec),
		Claims: store.Of[Claims](e, claimsSpec), Forms: store.Of[Form](e, formSpec), Departures: store.Of[Departure](e, departureSpec),
	}, err
}
