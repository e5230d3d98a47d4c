// Package followup holds the rules of a follow-up record, the same for leads
// and deals: what a record must say (R-013, R-014, R-017, R-018, C-13), whether
// it counts, who may talk to the customer, and when
// follow-up is done. It is pure: no clock, no store.
package followup

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Input is what a person, or a system that captures calls and mails, sends.
type Input struct {
	OccurredAt  instant.Time
	Channel     string
	Direction   string
	KeyPoints   string
	NextAction  string
	NextTouchAt instant.Time
	Result      string
	// Objections are nil where nothing was said about them; an empty list says that none were raised.
	Objections     []string
	Question       string
	CustomerType   string
	BudgetBand     string
	KeyPerson      string
	KeyNeed        string
	NotOwnerReason string
	Captured       bool
	Prefilled      []string // fields that a front end filled in, and a person left as they were (C-16)
}

// Directions of a contact.
const (
	Outbound = "outbound"
	Inbound  = "inbound"
)

// Channels of a contact.
var Channels = []string{"phone", "wechat", "mail", "visit", "meeting", "other"}

// Subject is the lead or deal as the rules see it.
type Subject struct {
	Ref   catalogue.Subject
	Open  bool   // false: won deals may still be followed up, without a next touch
	Owner string // empty: in the public pool
	Stage string // stage of a deal, status of a lead
	Trail Trail
}

// Trail is what the follow-ups of a lead or deal left behind on it.
type Trail struct {
	CustomerType  string
	BudgetBand    string
	KeyPerson     string
	KeyNeed       string
	Objections    []string
	LastContactAt instant.Time
	NextTouchAt   instant.Time
	NextAction    string
	LastResult    string
	FollowUps     int // counting ones
	Done          bool
	Missing       []string
}

// TrailOfLead reads the trail of a lead.
func TrailOfLead(l catalogue.Lead) Trail {
	return Trail{CustomerType: l.CustomerType, BudgetBand: l.BudgetBand, KeyPerson: l.KeyPerson, KeyNeed: l.KeyNeed, Objections: l.Objections,
		LastContactAt: l.LastContactAt, NextTouchAt: l.NextTouchAt, NextAction: l.NextAction, LastResult: l.LastResult, FollowUps: l.FollowUps,
		Done: l.Done, Missing: l.Missing}
}

// IntoLead writes the trail onto a lead.
func (t Trail) IntoLead(l *catalogue.Lead) {
	l.CustomerType, l.BudgetBand, l.KeyPerson, l.KeyNeed, l.Objections = t.CustomerType, t.BudgetBand, t.KeyPerson, t.KeyNeed, t.Objections
	l.LastContactAt, l.NextTouchAt, l.NextAction, l.LastResult, l.FollowUps = t.LastContactAt, t.NextTouchAt, t.NextAction, t.LastResult, t.FollowUps
	l.Done, l.Missing = t.Done, t.Missing
}

// TrailOfDeal reads the trail of a deal.
func TrailOfDeal(d catalogue.Deal) Trail {
	return Trail{CustomerType: d.CustomerType, BudgetBand: d.BudgetBand, KeyPerson: d.KeyPerson, KeyNeed: d.KeyNeed, Objections: d.Objections,
		LastContactAt: d.LastContactAt, NextTouchAt: d.NextTouchAt, NextAction: d.NextAction, LastResult: d.LastResult, FollowUps: d.FollowUps,
		Done: d.Done, Missing: d.Missing}
}

// IntoDeal writes the trail onto a deal.
func (t Trail) IntoDeal(d *catalogue.Deal) {
	d.CustomerType, d.BudgetBand, d.KeyPerson, d.KeyNeed, d.Objections = t.CustomerType, t.BudgetBand, t.KeyPerson, t.KeyNeed, t.Objections
	d.LastContactAt, d.NextTouchAt, d.NextAction, d.LastResult, d.FollowUps = t.LastContactAt, t.NextTouchAt, t.NextAction, t.LastResult, t.FollowUps
	d.Done, d.Missing = t.Done, t.Missing
}
