package standing

import (
	"cmp"
	"slices"

	"liuke.dev/shared/instant"
)

// Mark is what a History keeps of one thing that happened. Its names in JSON are
// short: a customer's document holds hundreds.
type Mark struct {
	At     instant.Time `json:"t"`
	ID     string       `json:"i"`           // the timeline entry's, or the fact's
	Kind   string       `json:"k,omitempty"` // of the entry, or what the class says
	Of     string       `json:"o,omitempty"` // contact, feature, contract or order, as the class says
	Amount int64        `json:"a,omitempty"` // minor units, a score, days, …, as the class says
	Units  int64        `json:"u,omitempty"`
}

// Class is a kind of marks that rules look at together.
type Class string

// The classes.
const (
	Orders     Class = "order"     // Kind currency, Amount minor units, Units pieces
	Lines      Class = "line"      // Of product, Kind currency, Amount minor units, Units pieces; ID the order's entry
	Cancelled  Class = "cancelled" // ID the order's
	Wins       Class = "win"       // won deals and signed contracts: the customer is one
	Inbound    Class = "in"        // Kind of entry, Of contact
	Outbound   Class = "out"       // Kind of entry, Of contact
	Logins     Class = "login"
	Usages     Class = "usage"     // Of product, Amount core features used, Units core features
	Payments   Class = "payment"   // Amount days late, negative: early
	Complaints Class = "complaint" // Of what it is about, a case's id where it has one
	Settled    Class = "settled"   // Of the complaint's Of
	Ratings    Class = "rating"    // Amount of 100
	Remarks    Class = "remark"    // Of feature
	Quotes     Class = "quote"     // quotes and samples that went out
	Presses    Class = "press"     // the customer pressed the price
	Compared   Class = "compared"  // the customer compared our price with others
	Contacts   Class = "contact"   // Of contact, Kind left, moved, successor
	Contracts  Class = "contract"  // Of contract, Amount its end in ms
	Renewals   Class = "renewal"   // Of contract, Kind intended, declined
	Losses     Class = "loss"      // churn was confirmed
	Regained   Class = "regained"  // a confirmed churn turned out to be none; ID the loss's
	Links      Class = "link"      // Of post-sale link
)

// most is how many marks of a class are kept, the newest. The newest n of a set
// are the same in whatever order and however often its members are told.
var most = map[Class]int{
	Orders: 500, Lines: 300, Inbound: 500, Outbound: 500, Logins: 400, Usages: 100, Payments: 200, Complaints: 200, Settled: 200, Ratings: 100, Remarks: 100,
	Quotes: 100, Presses: 50, Compared: 50, Contacts: 50, Contracts: 50, Renewals: 50, Losses: 20, Regained: 20, Links: 50, Cancelled: 200, Wins: 50,
}

func order(a, b Mark) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Of, b.Of),
		cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Units, b.Units))
}

// insert puts a mark into a sorted list, once, and keeps its newest; it tells
// whether the list changed.
func insert(list []Mark, m Mark, most int) ([]Mark, bool) {
	i, known := slices.BinarySearchFunc(list, m, order)
	if known || len(list) >= most && i == 0 {
		return list, false
	}
	list = slices.Insert(list, i, m)
	if len(list) > most {
		list = slices.Delete(list, 0, 1)
	}
	return list, true
}
