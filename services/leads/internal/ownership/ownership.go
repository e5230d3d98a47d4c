// Package ownership holds the rules of who is responsible for a customer: one
// first-responsible person, the public pool, and how much one
// person may take from it. It is pure.
package ownership

import (
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Reasons for another owner, as facts name them.
const (
	Intake        = "intake"
	Rotation      = "rotation"
	Claim         = "claim"
	Transfer      = "transfer"
	OwnerLeft     = "owner_left"
	CustomerOwner = "customer_owner"
	Escalation    = "escalation"
	Recycle       = "recycle"
	Manual        = "manual"
	Undo          = "undo"
)

// Give makes somebody the owner; the outside window follows, a person named to
// decide or to follow stays unless they were the owner before.
func Give(o catalogue.Ownership, to string, now instant.Time) catalogue.Ownership {
	before := o.Owner
	if before == "" {
		before = o.Previous
	}
	for _, role := range []*string{&o.Window, &o.Decider, &o.Follower} {
		if *role == before || *role == "" {
			*role = to
		}
	}
	o.Owner, o.Since = to, now
	o.Pooled, o.PooledAt, o.Reason, o.Previous, o.Transfer = false, 0, "", "", ""
	return o
}

// Replace puts the heir in every place at a customer that somebody who left has
// and is not the owner. Who takes a customer from the pool gets
// the previous owner's places anyhow: nobody has them until then.
func Replace(o catalogue.Ownership, person, heir string) catalogue.Ownership {
	if o.Pooled && person == o.Previous {
		heir = ""
	}
	for _, role := range []*string{&o.Window, &o.Decider, &o.Follower} {
		if *role == person {
			*role = heir
		}
	}
	return o
}

// Named gives everybody who stands at a customer, each once.
func Named(o catalogue.Ownership) []string {
	all := []string{o.Owner, o.Window, o.Decider, o.Follower}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(id string) bool { return id == "" })
}

// Pool puts a customer into the public pool; the reason is kept.
func Pool(o catalogue.Ownership, reason string, now instant.Time) catalogue.Ownership {
	o.Previous, o.Owner, o.Since = o.Owner, "", now
	o.Pooled, o.PooledAt, o.Reason, o.Transfer = true, now, reason, ""
	return o
}

// ErrTaken is the answer to a claim that came too late.
func ErrTaken() error {
	return problem.Refuse("R-047", "已被他人领取", "Somebody else has it: it is not in the public pool")
}

// Limits of one person's claims.
type Limits struct {
	PerDay int
	Hold   int
}

// LimitsOf reads the limits of a policy.
func LimitsOf(v *policy.View) Limits {
	return Limits{PerDay: v.Sections.Ownership.ClaimsPerDay, Hold: v.Sections.Ownership.HoldLimit}
}

// Taking is what a person took from the pool: reserved before the thing itself
// is theirs, so that no race of one person with themselves passes a limit.
type Taking struct {
	Day      string     `json:"day"`
	Taken    []string   `json:"taken,omitempty"`
	InFlight []InFlight `json:"in_flight,omitempty"`
}

// InFlight is a reservation whose claim has not ended.
type InFlight struct {
	Thing string       `json:"thing"`
	At    instant.Time `json:"at"`
}

// RuleHold names the limit of how many customers one person may hold by claiming.
const RuleHold = "ownership.hold_limit"

// inFlightFor bounds how long a claim that crashed keeps its place under the hold limit.
const inFlightFor = time.Minute

// Reserve takes a place for a thing. held is how many customers the person owns
// apart from those in flight. What was taken on an earlier day no longer counts.
func (t Taking) Reserve(thing, day string, held int, l Limits, now instant.Time) (Taking, error) {
	if t.Day != day {
		t.Day, t.Taken = day, nil
	}
	t.InFlight = slices.DeleteFunc(slices.Clone(t.InFlight), func(f InFlight) bool {
		return f.Thing == thing || now.Sub(f.At) > inFlightFor
	})
	if !slices.Contains(t.Taken, thing) {
		if len(t.Taken) >= l.PerDay {
			return t, tooMany("ownership.claims_per_day", "今天已领取到上限", "You have claimed as many as the policy allows for a day")
		}
		t.Taken = append(slices.Clone(t.Taken), thing)
	}
	if held+len(t.InFlight) >= l.Hold {
		return t, tooMany(RuleHold, "持有的客户已到上限", "You hold as many customers as the policy allows")
	}
	t.InFlight = append(t.InFlight, InFlight{thing, now})
	return t, nil
}

// Settle ends a reservation; a claim that failed gives its place back.
func (t Taking) Settle(thing string, got bool) Taking {
	t.InFlight = slices.DeleteFunc(slices.Clone(t.InFlight), func(f InFlight) bool { return f.Thing == thing })
	if !got {
		t.Taken = slices.DeleteFunc(slices.Clone(t.Taken), func(s string) bool { return s == thing })
	}
	return t
}

func tooMany(rule, zh, en string) error {
	return &problem.Error{Code: problem.Refused, Rule: rule, Text: lang.T(zh, en)}
}
