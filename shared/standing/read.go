package standing

import (
	"math"
	"strconv"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// talks are the kinds of entries by which people talk with one another.
var talks = map[string]bool{catalogue.EntryCall: true, catalogue.EntryMail: true, catalogue.EntryWeChat: true, catalogue.EntryVisit: true,
	catalogue.EntryMeeting: true, catalogue.EntryFollowUp: true, catalogue.EntryInquiry: true}

// silentKinds say nothing about how a customer stands: some of them are told
// because of how it stands.
var silentKinds = map[string]bool{catalogue.EntryStanding: true, catalogue.EntryTask: true, catalogue.EntryOwnership: true, catalogue.EntryNote: true,
	catalogue.EntryReview: true, catalogue.EntryIntervention: true}

// Read gives what a timeline entry says about how a customer stands. What
// another source told before, and kinds that it does not know, say nothing.
//
// Besides kind, direction and amount it reads, where they are told: data
// "status" (won, signed, renewed, closed, resolved, pressed, compared, cancelled),
// "objections" (price), "feature", "scale" (nps is kept apart, C-07), "ends_at",
// "due_at" and "type" of a payment, "renewal" (intended, declined), "contract", "quote"; numbers "normalised" or
// "score" with "max", "days_late", "units", "core_used" with "core"; and the lines of an order.
func Read(e catalogue.TimelineEntry) []Classed {
	if e.SameAs != "" || silentKinds[e.Kind] || e.OccurredAt == 0 {
		return nil
	}
	r := reading{e: e}
	r.direction()
	switch e.Kind {
	case catalogue.EntryOrder:
		r.order()
	case catalogue.EntryPayment:
		r.payment()
	case catalogue.EntryQuote:
		r.quote()
	case catalogue.EntryDeal:
		if e.Data["status"] == catalogue.DealWon {
			r.add(Wins, Mark{Kind: e.Kind})
		}
	case catalogue.EntryLogin:
		r.add(Logins, Mark{})
	case catalogue.EntryUsage:
		r.usage()
	case catalogue.EntryComplaint:
		r.complaint()
	case catalogue.EntryCase:
		r.settled()
	case catalogue.EntryContract:
		r.contract()
	}
	r.rating()
	r.price()
	if f := e.Data["feature"]; f != "" && e.Kind != catalogue.EntryUsage && (e.Direction == catalogue.Inbound || e.Kind == catalogue.EntryCase) {
		r.add(Remarks, Mark{Of: f})
	}
	return r.out
}

type reading struct {
	e   catalogue.TimelineEntry
	out []Classed
}

func (r *reading) add(c Class, m Mark) {
	m.At, m.ID = r.e.OccurredAt, r.e.ID
	r.out = append(r.out, Classed{c, m})
}

// direction keeps what either side did. A visit or a meeting without direction is
// both; an order is the customer's whatever direction is told.
func (r *reading) direction() {
	e := r.e
	m := Mark{Kind: e.Kind, Of: e.Contact}
	met := e.Direction == catalogue.Neither && (e.Kind == catalogue.EntryVisit || e.Kind == catalogue.EntryMeeting)
	switch {
	case e.Kind == catalogue.EntryLogin, e.Kind == catalogue.EntryUsage, e.Kind == catalogue.EntryOrder:
		// they have classes of their own
	case met:
		r.add(Inbound, m)
		r.add(Outbound, m)
	case e.Direction == catalogue.Inbound:
		r.add(Inbound, m)
	case e.Direction == catalogue.Outbound:
		r.add(Outbound, m)
	}
}

func (r *reading) order() {
	if r.e.Data["status"] == catalogue.OrderCancelled {
		id := r.e.ID
		if r.e.Ref != nil && r.e.Ref.Kind == catalogue.KindOrder {
			id = r.e.Ref.ID
		}
		r.out = append(r.out, Classed{Cancelled, Mark{At: r.e.OccurredAt, ID: id}})
		return
	}
	m := Mark{Units: r.whole("units")}
	if r.e.Amount != nil {
		m.Kind, m.Amount = r.e.Amount.Currency, r.e.Amount.Minor
	}
	if r.e.Ref != nil && r.e.Ref.Kind == catalogue.KindOrder {
		m.Of = r.e.Ref.ID
	}
	r.add(Orders, m)
	r.lines()
}

func (r *reading) payment() {
	if r.e.Data["type"] == catalogue.PaymentRefund {
		return
	}
	if due, err := instant.Parse(r.e.Data["due_at"]); err == nil {
		r.add(Payments, Mark{Amount: int64(math.Floor(float64(r.e.OccurredAt-due) / dayLength))})
	} else if days, told := r.e.Numbers["days_late"]; told {
		r.add(Payments, Mark{Amount: int64(math.Round(days))})
	}
}

func (r *reading) quote() {
	if r.e.Direction == catalogue.Outbound {
		r.add(Quotes, Mark{Of: r.e.Data["quote"]})
	}
}

func (r *reading) usage() {
	r.add(Logins, Mark{Kind: r.e.Kind})
	if core := r.whole("core"); core > 0 {
		r.add(Usages, Mark{Of: r.e.Data["product"], Amount: r.whole("core_used"), Units: core})
	}
}

func (r *reading) complaint() {
	if r.over() {
		r.settled()
		return
	}
	r.add(Complaints, Mark{Of: r.about()})
}

// over tells whether the entry says that something was settled.
func (r *reading) over() bool {
	switch r.e.Data["status"] {
	case "closed", "resolved", "settled", "cancelled", "withdrawn":
		return true
	}
	return false
}

func (r *reading) settled() {
	if about := r.about(); about != "" && r.over() {
		r.add(Settled, Mark{Of: about})
	}
}

// about names the complaint that an entry belongs to.
func (r *reading) about() string {
	if r.e.Ref != nil && r.e.Ref.Kind == catalogue.KindCase {
		return r.e.Ref.ID
	}
	return ""
}

func (r *reading) contract() {
	id := r.e.Data["contract"]
	if id == "" && r.e.Ref != nil && r.e.Ref.Kind == catalogue.KindContract {
		id = r.e.Ref.ID
	}
	switch r.e.Data["status"] {
	case "signed", "active", "renewed", "accepted":
		r.add(Wins, Mark{Kind: r.e.Kind})
	}
	if end, err := instant.Parse(r.e.Data["ends_at"]); err == nil {
		r.add(Contracts, Mark{Of: id, Amount: int64(end)})
	}
	if intent := r.e.Data["renewal"]; intent != "" {
		r.add(Renewals, Mark{Of: id, Kind: intent})
	}
}

// rating keeps a rating on the scale of 100; NPS has another meaning (C-07).
func (r *reading) rating() {
	if strings.EqualFold(r.e.Data["scale"], "nps") || strings.EqualFold(r.e.Data["kind"], "nps") {
		return
	}
	if v, told := r.e.Numbers["normalised"]; told {
		r.rate(v)
		return
	}
	score, told := r.e.Numbers["score"]
	top := r.e.Numbers["max"]
	if scale, err := strconv.ParseFloat(r.e.Data["scale"], 64); err == nil && top == 0 {
		top = scale
	}
	if told && top > 0 {
		r.rate(score / top * 100)
	}
}

func (r *reading) rate(v float64) {
	if v >= 0 && v <= 100 {
		r.add(Ratings, Mark{Kind: r.e.Kind, Amount: int64(math.Round(v))})
	}
}

// price keeps what a customer did about the price.
func (r *reading) price() {
	status := r.e.Data["status"]
	for o := range strings.SplitSeq(r.e.Data["objections"], ",") {
		if o == "price" && status != "pressed" {
			r.add(Presses, Mark{Kind: r.e.Kind})
		}
	}
	switch {
	case status == "pressed":
		r.add(Presses, Mark{Kind: r.e.Kind})
	case status == "compared" || r.e.Data["compared"] != "":
		r.add(Compared, Mark{Of: r.e.Data["compared"]})
	}
}

func (r *reading) whole(name string) int64 { return int64(math.Round(r.e.Numbers[name])) }
