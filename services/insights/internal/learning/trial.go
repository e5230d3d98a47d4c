// Package learning owns the health score that learns in the open (D-8, R-104):
// losses label what was recorded, a model that a person can read is fitted to it
// and back-tested against the one in force and against the plain rule, runs in
// shadow, and is approved by a person, who publishes it as a new version of the
// policy book. Scores that were made keep their version.
//
// It keeps no second record: what it looks at are the facts that insights recorded,
// by customer. Back-test and shadow ask the same function of the same facts
// (Looks), so on the same facts they warn at the same instants. A fact counts as
// known from when it says that it happened; what was recorded late is therefore
// known to both a little too early.
package learning

import (
	"cmp"
	"slices"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/services/insights/internal/learning/orders"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/standing"
)

const day = 24 * time.Hour

// every is how often a customer is looked at between facts: the weekly rhythm of the rules.
const every = 7 * day

// Record is what the recorded facts of a customer say, as far as a score looks at it.
type Record struct {
	Customer string
	Sector   string
	History  standing.History
	Losses   []instant.Time // confirmed and not withdrawn: when the customer was lost
	Looked   []instant.Time // when the customer was assessed
	Seen     instant.Time   // newest fact
}

func typeOf(d catalogue.Data) string { return d.Kind().Type }

// Types are the facts that a record is read from.
var Types = []string{typeOf(&catalogue.TimelineRecorded{}), typeOf(&catalogue.ContactChanged{}), typeOf(&catalogue.CustomerCreated{}), typeOf(&catalogue.CustomerChanged{}),
	typeOf(&catalogue.ChurnConfirmed{}), typeOf(&catalogue.ChurnWithdrew{}), typeOf(&catalogue.StandingAssessed{})}

// Read makes the record of a customer from facts, in whatever order they come.
func Read(customer string, list []facts.Event) (Record, error) {
	r := Record{Customer: customer}
	lost := map[string]instant.Time{}
	withdrawn := map[string]bool{}
	sectorAt := int64(0)
	for _, e := range list {
		r.Seen = max(r.Seen, e.Time)
		switch e.Type {
		case Types[0]:
			d, err := facts.Decode[catalogue.TimelineRecorded](e)
			if err != nil {
				return r, err
			}
			r.History.Add(d.After)
		case Types[1]:
			d, err := facts.Decode[catalogue.ContactChanged](e)
			if err != nil {
				return r, err
			}
			r.History.Take(standing.FromContact(e.ID, e.Time, d)...)
		case Types[2], Types[3]:
			d, err := facts.Decode[struct {
				After catalogue.Customer `json:"after"`
			}](e)
			if err != nil {
				return r, err
			}
			if e.Version >= sectorAt {
				sectorAt, r.Sector = e.Version, d.After.Sector
			}
		case Types[4], Types[5]:
			d, err := facts.Decode[struct {
				After catalogue.ChurnReview `json:"after"`
			}](e)
			if err != nil {
				return r, err
			}
			lost[d.After.ID] = d.After.ChurnedOn
			withdrawn[d.After.ID] = withdrawn[d.After.ID] || e.Type == Types[5]
		case Types[6]:
			d, err := facts.Decode[catalogue.StandingAssessed](e)
			if err != nil {
				return r, err
			}
			r.Looked = append(r.Looked, d.After.AsOf)
		}
	}
	for id, at := range lost {
		if !withdrawn[id] {
			r.Losses = append(r.Losses, at)
		}
	}
	slices.Sort(r.Losses)
	slices.Sort(r.Looked)
	r.Looked = slices.Compact(r.Looked)
	return r, nil
}

// Unknown is the score of an input of which the customer has no data.
const Unknown = -1

// Looks gives the input scores of a customer, in the order of policy.HealthInputs,
// at every instant at which it is looked at: when it was assessed, and weekly, from
// the first order, or the first thing known, up to an instant.
func Looks(r Record, probe standing.Settings, until instant.Time) []backtest.Moment {
	begin := cmp.Or(r.History.FirstOrder, r.History.First)
	if begin == 0 {
		return nil
	}
	var at []instant.Time
	for _, t := range r.Looked {
		if t > begin && t <= until {
			at = append(at, t)
		}
	}
	week := instant.Time(every.Milliseconds())
	for t := begin/week*week + week; t <= until; t += week {
		at = append(at, t)
	}
	slices.Sort(at)
	out := make([]backtest.Moment, 0, len(at))
	for _, t := range slices.Compact(at) {
		out = append(out, backtest.Moment{At: t, X: scores(&r.History, &probe, t)})
	}
	return out
}

func scores(h *standing.History, probe *standing.Settings, at instant.Time) []float64 {
	x := make([]float64, len(policy.HealthInputs))
	for i := range x {
		x[i] = Unknown
	}
	_, parts := standing.Scores(h, probe, at)
	for _, p := range parts {
		x[slices.Index(policy.HealthInputs, p.Input)] = float64(p.Score)
	}
	return x
}

// Terms say what counts as a loss, and up to when the record is read.
type Terms struct {
	LostAfter time.Duration
	Until     instant.Time
}

// Episodes cuts a customer's record into the times between orders, each with the
// moments at which the customer was looked at.
func Episodes(r Record, probe standing.Settings, t Terms) []backtest.Episode {
	list := make([]orders.Order, 0, len(r.History.Marks[standing.Orders]))
	gone := r.History.Marks[standing.Cancelled]
	for _, m := range r.History.Marks[standing.Orders] {
		if !slices.ContainsFunc(gone, func(c standing.Mark) bool { return c.ID == m.ID || c.ID == m.Of }) {
			list = append(list, orders.Order{At: m.At})
		}
	}
	if list = orders.Gather(list); len(list) == 0 && r.History.First != 0 && len(r.Losses) > 0 {
		list = []orders.Order{{At: r.History.First}} // lost without ever having ordered
	}
	looks := Looks(r, probe, t.Until)
	var out []backtest.Episode
	for i, o := range list {
		if !o.At.Before(t.Until) {
			break
		}
		e := episode(r, list, i, t)
		from, _ := slices.BinarySearchFunc(looks, e.Start+1, at)
		to, _ := slices.BinarySearchFunc(looks, e.End, at)
		if from < to {
			e.Moments = looks[from:to]
		}
		out = append(out, e)
	}
	return out
}

func at(m backtest.Moment, t instant.Time) int { return cmp.Compare(m.At, t) }

func episode(r Record, list []orders.Order, i int, t Terms) backtest.Episode {
	e := backtest.Episode{Customer: r.Customer, Start: list[i].At, End: list[i].At.Add(t.LostAfter), Outcome: backtest.Lost}
	if i+1 < len(list) && list[i+1].At < e.End && list[i+1].At < t.Until {
		e.End, e.Outcome = list[i+1].At, backtest.Kept
	}
	for _, lost := range r.Losses {
		if lost > e.Start && lost < e.End {
			e.End, e.Outcome = lost, backtest.Lost
			break
		}
	}
	if t.Until < e.End {
		e.End, e.Outcome = t.Until, backtest.Censored
	}
	return e
}

// Plain gives when the plain rule of so many days without an order warns.
func Plain(days int) func(backtest.Episode) (instant.Time, bool) { return orders.Plain(days) }
