// Package orders makes episodes of customers' orders, and says in a few numbers
// what their orders look like at a moment: all that the plain record of a shop
// gives. It is pure.
package orders

import (
	"math"
	"slices"
	"time"

	"liuke.dev/services/insights/internal/learning/backtest"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Order is one order; its amount is in minor units.
type Order struct {
	At    instant.Time `json:"at"`
	Minor int64        `json:"minor,omitempty"`
}

// Customer is somebody with orders, the oldest first; several of one instant are one.
type Customer struct {
	ID     string
	Orders []Order
	// Lost is when a person confirmed that the customer was lost, unset if nobody did.
	Lost instant.Time
}

// Terms say what counts as a loss.
type Terms struct {
	LostAfter time.Duration // without an order
	SeenUntil instant.Time  // where the record ends
	Every     time.Duration // how often a rule looks between orders
}

// Names of the columns that Measure gives.
var Names = []lang.Text{
	lang.T("距上次下单天数", "days since the last order"), lang.T("相对自身下单周期", "time since the last order against the own rhythm"),
	lang.T("仅下过一单", "one order only"), lang.T("下单次数少", "few orders"), lang.T("金额下降", "order amount below the own mean"),
	lang.T("近期放缓", "slower than before"), lang.T("长期未下单", "long silence"),
}

const day = 24 * time.Hour

// Episodes cuts a customer's record into the times between orders.
func Episodes(c Customer, t Terms) []backtest.Episode {
	var out []backtest.Episode
	for i, o := range c.Orders {
		if !o.At.Before(t.SeenUntil) {
			break
		}
		e := backtest.Episode{Customer: c.ID, Start: o.At, End: o.At.Add(t.LostAfter), Outcome: backtest.Lost}
		if i+1 < len(c.Orders) && c.Orders[i+1].At.Before(e.End) && c.Orders[i+1].At.Before(t.SeenUntil) {
			e.End, e.Outcome = c.Orders[i+1].At, backtest.Kept
		}
		if c.Lost > e.Start && c.Lost < e.End {
			e.End, e.Outcome = c.Lost, backtest.Lost
		}
		if t.SeenUntil.Before(e.End) {
			e.End, e.Outcome = t.SeenUntil, backtest.Censored
		}
		for at := e.Start.Add(t.Every); at.Before(e.End); at = at.Add(t.Every) {
			e.Moments = append(e.Moments, backtest.Moment{At: at, X: Measure(c.Orders[:i+1], at)})
		}
		out = append(out, e)
	}
	return out
}

// Measure says what orders look like at an instant after the last of them. Every
// column grows with the danger, and none looks at what comes after the instant.
func Measure(known []Order, at instant.Time) []float64 {
	last, n := known[len(known)-1], len(known)
	since := at.Sub(last.At).Hours() / 24
	single, rhythm, slower := 0.0, 0.0, 0.0
	if n == 1 {
		single = 1
	} else {
		mean := last.At.Sub(known[0].At).Hours() / 24 / float64(n-1)
		rhythm = math.Log1p(since / math.Max(mean, 1))
		slower = slowing(known, mean)
	}
	return []float64{math.Log1p(since), rhythm, single, 1 / float64(n), shrinking(known), slower, since / 100}
}

// slowing compares the newest interval with the mean of those before it.
func slowing(known []Order, mean float64) float64 {
	if len(known) < 3 {
		return 0
	}
	newest := known[len(known)-1].At.Sub(known[len(known)-2].At).Hours() / 24
	before := (mean*float64(len(known)-1) - newest) / float64(len(known)-2)
	return math.Max(-2, math.Min(2, math.Log((newest+1)/(before+1))))
}

// shrinking compares the newest amount with the mean of all.
func shrinking(known []Order) float64 {
	sum := int64(0)
	for _, o := range known {
		sum += o.Minor
	}
	mean := float64(sum) / float64(len(known))
	return math.Max(-2, math.Min(2, math.Log((mean+1)/(float64(known[len(known)-1].Minor)+1))))
}

// Plain is the rule of R-106 without anything learnt: so many days without an order.
func Plain(days int) func(e backtest.Episode) (instant.Time, bool) {
	return func(e backtest.Episode) (instant.Time, bool) {
		at := e.Start.Add(time.Duration(days) * day)
		return at, at.Before(e.End)
	}
}

// Gather orders what was told in any order, each instant once with what it came to.
func Gather(list []Order) []Order {
	slices.SortStableFunc(list, func(a, b Order) int { return int(a.At - b.At) })
	var out []Order
	for _, o := range list {
		if n := len(out); n > 0 && out[n-1].At == o.At {
			out[n-1].Minor += o.Minor
			continue
		}
		out = append(out, o)
	}
	return out
}
