// Package backtest says how early and how well a rule would have warned of losses
// on what was recorded (D-8). It is pure: episodes in, figures out.
//
// An episode is the time from one order of a customer to the next. It is lost when
// no order came for so long that the policy counts the customer as lost, or when a
// person confirmed the loss; it is kept when an order came; and it is censored
// when the record ends before either could be seen. Censored episodes are counted
// and say nothing else: to take them for losses would praise every warning.
package backtest

import (
	"math"
	"slices"
	"time"

	"liuke.dev/shared/instant"
)

// Outcome of an episode.
type Outcome int

// The outcomes.
const (
	Censored Outcome = iota
	Kept
	Lost
)

// Moment is when a rule looks at a customer, and what it sees.
type Moment struct {
	At instant.Time
	X  []float64
}

// Episode is the time from one order to the next, or to the loss.
type Episode struct {
	Customer string
	Start    instant.Time
	// End is the next order of a kept episode and the instant of the loss of a lost one.
	End     instant.Time
	Outcome Outcome
	Moments []Moment // in order of time, all before End
}

// Board says how a rule would have done.
type Board struct {
	Name     string `json:"name"`
	Episodes int    `json:"episodes" doc:"Times between orders whose outcome is known"`
	Censored int    `json:"censored" doc:"Those whose outcome is not known: left out"`
	Losses   int    `json:"losses"`
	Warned   int    `json:"warned" doc:"Episodes in which it would have warned"`
	Hits     int    `json:"hits" doc:"Of these, losses"`
	// LeadDays are from the warning to the loss, of the losses that it would have warned of.
	LeadDays     float64 `json:"lead_days" doc:"Median days from the warning to the loss, of the losses warned of"`
	LeadQuarter  float64 `json:"lead_quarter" doc:"A quarter of the losses was warned of with fewer days than this"`
	LeadThreeQ   float64 `json:"lead_three_quarters" doc:"A quarter of the losses was warned of with more days than this"`
	Recall       float64 `json:"recall" doc:"Share of the losses that it would have warned of"`
	Precision    float64 `json:"precision" doc:"Share of its warnings that were losses"`
	FalseAlarms  float64 `json:"false_alarms" doc:"Share of its warnings that were none: 1 - precision"`
	KeptWarned   float64 `json:"kept_warned" doc:"Share of the kept episodes in which it would have warned"`
	ThirtyBefore float64 `json:"thirty_before" doc:"Share of the losses warned of 30 days or more before"`
	HundredTwo   float64 `json:"hundred_twenty_before" doc:"Share of the losses warned of 120 days or more before"`
}

// Rule tells whether it warns by what it sees.
type Rule func(m Moment) bool

// First gives the first moment at which a rule warns, false if it never does.
func First(e Episode, r Rule) (instant.Time, bool) {
	for _, m := range e.Moments {
		if r(m) {
			return m.At, true
		}
	}
	return 0, false
}

// Score runs a rule over episodes.
func Score(name string, episodes []Episode, r Rule) Board {
	return Timed(name, episodes, func(e Episode) (instant.Time, bool) { return First(e, r) })
}

// Timed runs a rule that knows by itself when it warns of an episode.
func Timed(name string, episodes []Episode, first func(Episode) (instant.Time, bool)) Board {
	b := Board{Name: name}
	var lead []float64
	for _, e := range episodes {
		if e.Outcome == Censored {
			b.Censored++
			continue
		}
		b.Episodes++
		at, warned := first(e)
		if e.Outcome == Lost {
			b.Losses++
		}
		if !warned {
			continue
		}
		b.Warned++
		if e.Outcome == Lost {
			b.Hits++
			lead = append(lead, e.End.Sub(at).Hours()/24)
		}
	}
	b.figures(lead)
	return b
}

func (b *Board) figures(lead []float64) {
	b.Recall, b.Precision = share(b.Hits, b.Losses), share(b.Hits, b.Warned)
	if b.Warned > 0 {
		b.FalseAlarms = 1 - b.Precision
	}
	b.KeptWarned = share(b.Warned-b.Hits, b.Episodes-b.Losses)
	slices.Sort(lead)
	b.LeadDays, b.LeadQuarter, b.LeadThreeQ = quantile(lead, 0.5), quantile(lead, 0.25), quantile(lead, 0.75)
	early := func(days float64) int {
		i, _ := slices.BinarySearch(lead, days)
		return len(lead) - i
	}
	b.ThirtyBefore, b.HundredTwo = share(early(30), b.Losses), share(early(120), b.Losses)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// quantile of a sorted list, between neighbours where it falls between them.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := q * float64(len(sorted)-1)
	i := int(math.Floor(at))
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Split parts episodes by time: what a model may learn from is what was known at
// the instant, so an episode is for training if its outcome could be known by then
// whichever way it went; for testing if it began at the instant or later and its
// outcome could be known, whichever way, when the record ended. Taking those that
// happened to be kept early and leaving out their censored likes would make every
// rule look worse than it is. Those between belong to neither.
func Split(episodes []Episode, at, until instant.Time, lostAfter time.Duration) (train, test []Episode) {
	for _, e := range episodes {
		known := e.Start.Add(lostAfter) // whichever way it went
		switch {
		case until.Before(known):
		case !e.Start.Before(at):
			test = append(test, e)
		case !at.Before(known):
			train = append(train, e)
		}
	}
	return train, test
}

// Recent gives those of the episodes that began last, a share of them: what a
// threshold is set on, because customers of long ago were others.
func Recent(episodes []Episode, of float64) []Episode {
	sorted := slices.Clone(episodes)
	slices.SortStableFunc(sorted, func(a, b Episode) int { return int(a.Start - b.Start) })
	return sorted[len(sorted)-int(of*float64(len(sorted))):]
}
